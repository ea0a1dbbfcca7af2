"""Reminders: when, to whom, once, and what is said to whoever asks for their message again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal.charter import services
from portal.charter.events import ReminderDue, ResendAsked
from portal.charter.handlers import send_again
from portal.charter.models import CharterSignature
from portal.charter.states import SignatureState
from portal.kernel import clock as time
from portal.loans.models import Loan
from portal.loans.rules import Calendar
from portal.loans.states import CharterGate, LoanState
from portal.notifications import gsm, handlers, letters
from portal.notifications import services as messages
from portal.notifications.letters import Facts
from portal.notifications.models import Message
from portal.platform import scope
from portal.schools.models import School
from portal.schools.reminders import UnreadableDays, read_days, reminder_days
from tests import factories as make
from tests.charter import flow
from tests.pages import Page

MONDAY = datetime(2026, 9, 14, 9, 12, tzinfo=UTC)


@pytest.fixture
def about(app, clock):
    clock.set(MONDAY)
    return flow.asked()


def later(clock, days):
    clock.set(MONDAY + timedelta(days=days))


def run():
    return flow.job(services.remind_all)


def events():
    return [row for row in make.outbox() if row.kind == "ReminderDue"]


def deliver(row=None):
    """What the worker does with a reminder; returns the messages queued."""
    row = row or events()[-1]
    flow.job(handlers.remind_to_sign, ReminderDue(**row.payload), row.key)
    return make.every(Message, template="charter_reminder")


# --- the schedule ---------------------------------------------------------------------------------------------------


def test_the_days_are_data_and_week_ends_and_closings_are_left_alone():
    assert reminder_days(None, {}) == (3, 7, 14)
    assert reminder_days(None, {"reminder_days": [10, 2]}) == (2, 10)
    assert reminder_days([5], {"reminder_days": [10, 2]}) == (5,)
    nancy, metz = Calendar.of("54000"), Calendar.of("57000")
    assert nancy.opens(date(2026, 9, 14))
    assert not nancy.opens(date(2026, 9, 19))
    assert not Calendar.of("54000", [["2026-12-19", "2027-01-03"]]).opens(date(2026, 12, 21))
    assert not nancy.opens(date(2027, 5, 17)), "Whit Monday is a holiday everywhere"
    good_friday = date(2027, 3, 26)
    assert nancy.opens(good_friday)
    assert not metz.opens(good_friday)


@pytest.mark.parametrize("typed", ["trois", "0, 3", "3, 70", "1 2 3 4 5 6 7", "3;-7"])
def test_what_says_no_days_is_refused_and_days_are_put_in_order(typed):
    with pytest.raises(UnreadableDays):
        read_days(typed)
    assert (read_days("14, 3 ; 7"), read_days("  ")) == ([3, 7, 14], None)


def test_a_lycee_and_its_region_choose_their_days_where_they_set_the_rest(about, clock, as_user):
    region = as_user(make.region_agent())
    page = Page(region.get("/textes-de-charte")).follow(region, "Changer ces jours 2026-2027")
    assert Page(page.submit(region, "Enregistrer", days="bientôt"), status=422).errors()
    assert "2, 9 jours après" in Page(page.submit(region, "Enregistrer", days="9, 2")).text("main")
    later(clock, 1)
    assert run() == 0
    head = as_user(make.head())
    page = Page(head.get("/etablissement/signatures"))
    assert "1, 20 jours après" in Page(page.submit(head, "Enregistrer", reminders="20, 1")).text("main")
    assert run() == 1


@pytest.mark.both
def test_each_date_reminds_once_and_a_second_run_changes_nothing(about, clock):
    sent = {}
    for day in (1, 3, 3, 4, 7, 14, 15, 30):
        later(clock, day)
        sent[day] = sent.get(day, 0) + run()
    assert sent == {1: 0, 3: 1, 4: 0, 7: 1, 14: 1, 15: 0, 30: 0}


def test_a_date_on_a_closed_day_waits_for_the_next_open_one(about, clock):
    make.change(make.every(School)[0], closings=[["2026-09-17", "2026-09-20"]])
    later(clock, 3)
    assert run() == 0
    later(clock, 7)
    assert run() == 1
    assert about.signature.reminders == 2


@pytest.mark.parametrize("end", ["signed", "declined", "closed"])
def test_nobody_is_reminded_after_signing_declining_or_the_end(about, clock, end):
    if end == "signed":
        flow.read(about)
        flow.sign(about, flow.code_for(about))
    elif end == "declined":
        flow.as_family(about.family, services.decline, about.id)
    else:
        make.change(make.fresh(about.loan), state=LoanState.WITHDRAWN)
    later(clock, 8)
    assert run() == 0


def test_one_message_for_a_parent_of_two_children(about, clock):
    sibling = make.student()
    flow.asked(make.family(sibling, guardian=make.fresh(about.family.guardian)))
    later(clock, 3)
    assert run() == 1
    [message] = deliver()
    assert len(events()[0].payload["signature_ids"]) == 2
    assert message.to == about.family.account.email
    with pytest.raises(IntegrityError):
        deliver()


def test_a_reminder_that_waited_says_nothing_once_it_is_signed(about, clock):
    later(clock, 3)
    run()
    make.change(make.fresh(about.loan), charter=CharterGate.SIGNED, charter_signed_at=time.now())
    assert deliver() == []


# --- by hand, and by the family -------------------------------------------------------------------------------------


def by_hand(about, channel):
    def inside():
        with scope.schools(about.loan.school_id):
            return services.remind([about.loan.public_id], channel=channel)

    return flow.job(inside)


def test_the_school_reminds_by_the_way_it_chose_once_a_day(about, clock):
    assert by_hand(about, "sms") == (1, 0, 0)
    assert [message.channel for message in deliver()] == ["sms"]
    assert by_hand(about, "email") == (0, 1, 0)
    later(clock, 1)
    assert by_hand(about, "email") == (1, 0, 0)
    assert about.signature.reminders == 0


def test_a_way_that_leads_nowhere_is_counted_apart(app, clock):
    clock.set(MONDAY)
    about = flow.asked(make.family(guardian=make.guardian(mobile=None)))
    assert by_hand(about, "sms") == (0, 0, 1)


@pytest.mark.both
def test_the_answer_is_the_same_for_a_contact_that_nobody_has(about, client):
    said = []
    for contact in (about.family.guardian.email, "personne@example.org"):
        page = Page(Page(client.get("/charte-message")).submit(client, "Renvoyer le message", contact=contact))
        said.append(page.text("main"))
    assert said[0] == said[1]
    asked = [row for row in make.outbox() if row.kind == "ResendAsked"]
    assert all("@" not in row.payload["sealed_contact"] for row in asked)
    for row in asked:
        flow.job(send_again, ResendAsked(**row.payload), row.key)
    assert len(events()) == 1
    assert [message.to for message in deliver()] == [about.family.account.email]


def test_the_fourth_message_within_the_hour_waits(about, client):
    page = Page(client.get("/charte-message"))
    for _ in range(3):
        page.submit(client, "Renvoyer le message", contact="a@example.org")
    assert page.submit(client, "Renvoyer le message", contact="a@example.org").status_code == 429


def test_a_student_has_the_message_sent_again_to_the_parents(about, as_user):
    student = as_user(make.signed_in_student(about.family.student))
    page = Page(student.get(f"/charte/{about.loan.public_id}"))
    Page(page.submit(student, "Renvoyer le message"))
    Page(page.submit(student, "Renvoyer le message"))
    assert len(events()) == 1


# --- who is not reached ---------------------------------------------------------------------------------------------


def test_a_message_that_will_never_arrive_puts_the_family_on_the_schools_list(about, clock, as_user):
    later(clock, 3)
    run()
    [message] = deliver()
    flow.job(messages.note_failed, message.id, error="MailboxUnknown")
    clerk = as_user(make.manager(make.every(School)[0]))
    make.change(make.every(Loan)[0], submitted_at=MONDAY)
    [row] = Page(clerk.get("/chartes?etat=injoignable")).rows("Dossiers")
    assert row["Charte"] == "Injoignable"
    assert "message refusé" in row["Qui signe"]
    flow.job(messages.note_sent, message.id)
    assert make.fresh(about.signature).undelivered_at is None
    assert make.every(CharterSignature)[0].state is SignatureState.INVITED


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("lang", ["fr", "en", "ar"])
def test_a_reminder_by_sms_is_one_sms_in_every_language(app, lang, count):
    facts = Facts(
        link="https://pret.example.org/charte/abcdefghijklmnopqrstuv/suite", first_name="Marie-Antoinette", count=count
    )
    assert gsm.fits(letters.text_message("charter_reminder", facts, lang=lang))
