"""Devices of the emergency pool: lent until a day, reminded on open days, called for, given back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.distribution.events import LaptopHandedOver, PoolReserved
from portal.kernel import clock as now
from portal.kernel.errors import DomainError
from portal.loans.events import LoanReceived, LoanSent
from portal.loans.rules import Calendar
from portal.loans.states import Delivery, LoanState
from portal.notifications import handlers as messages
from portal.notifications.models import Message
from portal.platform import scope
from portal.recalls import handlers, rules, services
from portal.recalls.events import ReturnMoved, ReturnReminded
from portal.recalls.models import Recall
from portal.recalls.states import Unfit
from portal.schools.emergency import EmergencyRules
from portal.schools.models import Campaign
from portal.stock.states import Condition, DeviceState, Pool
from tests import factories as make
from tests.factories import people
from tests.pages import Page

METZ = Calendar.of("57000", [["2026-12-19", "2027-01-03"]])


def test_a_day_of_return_is_an_open_day_of_the_lycee():
    saturday = date(2026, 10, 10)
    assert rules.return_day(saturday - timedelta(days=30), days=30, calendar=METZ) == date(2026, 10, 12)
    assert rules.return_day(date(2026, 11, 20), days=30, calendar=METZ) == date(2027, 1, 4), "the holidays are skipped"
    assert METZ.opening(date(2027, 3, 26)) == date(2027, 3, 30), "Good Friday and Easter Monday too, in Moselle"


@pytest.mark.parametrize(("gap", "reached"), [(-8, 0), (-7, 1), (-1, 2), (0, 2), (1, 3), (6, 3), (7, 4), (30, 5)])
def test_reminders_come_before_and_after_the_day(gap, reached):
    due = date(2026, 10, 12)
    assert rules.reached(due, due + timedelta(days=gap)) == reached


@pytest.fixture
def home(app):
    """A student and the parent who answers for them."""
    return make.family()


@pytest.fixture
def lent(home):
    """A device of the emergency pool is at the family's since this morning."""
    loan = make.loan(student=home.student, state=LoanState.LENT, delivery=Delivery.SCHOOL, received_at=now.now())
    make.change(make.device_of(loan), pool=Pool.EMERGENCY)
    return loan


def told(event, handler):
    with scope.schools(event.school_id):
        handler(event, f"{type(event).__name__}-{event.loan_id}")


def received(loan):
    told(LoanReceived(school_id=loan.school_id, loan_id=loan.id), handlers.expect_after_reception)


def recall_of(loan):
    (found,) = make.every(Recall, loan_id=loan.id)
    return found


def test_a_device_of_the_pool_that_leaves_is_expected_back_and_no_other(app, lent):
    usual = make.loan(state=LoanState.LENT)
    for loan in (lent, usual, lent):
        received(loan)
    told(LaptopHandedOver(school_id=lent.school_id, loan_id=lent.id), handlers.expect_after_the_day)
    (recall,) = make.every(Recall)
    assert recall.loan_id == lent.id
    assert recall.due_on == date(2026, 10, 8), "thirty days, as usual"


def test_a_device_is_lent_for_the_days_of_the_loans_own_campaign(app, lent):
    short = make.campaign(
        name="Été", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30), emergency=EmergencyRules(days=10)
    )
    make.change(lent, campaign_id=short.id)
    received(lent)
    assert recall_of(lent).due_on == date(2026, 9, 18)


def test_a_parcel_on_its_way_keeps_its_day_whatever_the_region_decides_meanwhile(app, lent):
    sent = make.change(lent, sent_at=now.now(), delivery=Delivery.HOME, **people.address(1, "Famille"))
    told(LoanSent(school_id=sent.school_id, loan_id=sent.id), handlers.expect_after_sending)
    make.change(make.every(Campaign)[0], emergency=EmergencyRules(days=10))
    received(sent)
    assert recall_of(sent).due_on == date(2026, 10, 8)


def test_an_absent_served_from_the_pool_keeps_the_device_as_the_others_do(app, lent):
    with scope.schools(lent.school_id):
        event = PoolReserved(school_id=lent.school_id, session_id=1, loan_ids=[lent.id])
        handlers.keep_for_the_campaign(event, "k")
    received(lent)
    assert recall_of(lent).due_on is None


def test_each_reminder_leaves_once_on_an_open_day_and_names_the_day(app, clock, lent):
    clock.set(datetime(2026, 10, 10, 9, tzinfo=UTC))  # a Saturday
    make.recall(lent, due_on=date(2026, 10, 9), reminders=2)
    assert services.remind_all() == 0
    clock.set(datetime(2026, 10, 12, 9, tzinfo=UTC))
    assert [services.remind_all(), services.remind_all()] == [1, 0]
    assert make.trail(f"loan:{lent.id}")[-1] == "ReturnReminded"
    told(ReturnReminded(school_id=lent.school_id, loan_id=lent.id, late=True), messages.remind_return)
    assert {row.template for row in make.every(Message)} == {"return_late"}
    assert recall_of(lent).reminders == 3


def test_a_family_that_gave_it_back_meanwhile_is_told_nothing(app, lent):
    make.recall(lent, due_on=now.today())
    with scope.schools(lent.school_id):
        services.check_in(lent.public_id, found=Unfit.UNSEEN)
        with pytest.raises(DomainError):
            services.check_in(lent.public_id, found=Unfit.UNSEEN)
    told(ReturnReminded(school_id=lent.school_id, loan_id=lent.id, late=False), messages.remind_return)
    assert make.every(Message) == []


@pytest.mark.parametrize(
    ("found", "state", "condition"),
    [
        (Condition.MARKED, DeviceState.IN_STOCK, Condition.MARKED),
        (Unfit.UNSEEN, DeviceState.TO_CHECK_IN, None),
        (Unfit.BROKEN, DeviceState.IN_REPAIR, None),
    ],
)
def test_a_device_that_comes_back_goes_where_what_was_found_says(app, lent, found, state, condition):
    make.recall(lent, due_on=now.today())
    device = make.device_of(lent)
    with scope.schools(lent.school_id):
        services.check_in(lent.public_id, found=found)
    assert make.fresh(lent).state is LoanState.CLOSED
    back = make.fresh(device)
    assert (back.state, back.pool, back.loan_id, back.condition) == (state, Pool.EMERGENCY, None, condition)


def test_the_desk_calls_moves_the_day_and_notes_the_return(as_user, home, lent, count_statements):
    make.recall(lent, due_on=now.today() - timedelta(days=3))
    desk, family, name = as_user(make.manager()), as_user(home), home.student.name
    with count_statements() as sql:
        page = Page(desk.get("/fonds-urgence/prets"))
    assert sql.count <= 4, sql
    (row,) = page.rows("En retard")
    assert "3 jours de retard" in row["À rendre le"]
    assert lent.contact_email in row["Joignable par"]
    assert name in row["Élève"]
    page = Page(page.submit(desk, f"Noter un appel {name}"))
    page = Page(page.submit(desk, f"Annuler l’appel {name}"))
    assert make.trail(f"loan:{lent.id}")[-2:] == ["FamilyCalled", "CallTakenBack"]
    assert "attendu depuis le" in Page(family.get(f"/mes-dossiers/{lent.public_id}")).text("main")
    file = desk.get("/fonds-urgence/prets/export.csv?liste=retard").get_data(as_text=True)
    assert lent.reference in file
    for words in (name, make.device_of(lent).asset_tag.lower()):
        page = Page(desk.get("/fonds-urgence/prets", query_string={"liste": "sans-date", "recherche": words}))
        (row,) = page.rows("Prêts trouvés")
        assert name in row["Élève"], "whatever the list"
        assert lent.reference in desk.get(page.href("Télécharger cette liste")).get_data(as_text=True)
    assert Page(desk.get("/fonds-urgence/prets?recherche=personne")).has(".empty")
    url = f"/fonds-urgence/prets/{lent.public_id}"
    page = Page(desk.get(url))
    refused = Page(page.submit(desk, "Changer la date", retour=str(now.today())), status=422)
    assert refused.errors() == ["Choisissez un jour à venir.", "Dites pourquoi, en une phrase."]
    page.submit(desk, "Changer la date", retour=str(now.today() + timedelta(days=20)), motif="Réparation plus longue.")
    assert (recall_of(lent).due_on - now.today()).days >= 20
    told(ReturnMoved(school_id=lent.school_id, loan_id=lent.id), messages.tell_return)
    assert {row.template for row in make.every(Message)} == {"return_moved"}
    assert Page(Page(desk.get(url)).submit(desk, "Noter le retour"), status=422).errors()
    Page(desk.get(url)).submit(desk, "Noter le retour", etat="good")
    assert make.fresh(lent).state is LoanState.CLOSED
    assert desk.get(url).status_code == 404
