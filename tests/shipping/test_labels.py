"""No label bought twice: whatever La Poste's service does, and whatever becomes of the worker."""

import os
import signal
import time
from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy.exc import IntegrityError

from portal.extensions import db as database
from portal.loans.models import Loan
from portal.platform import files, scope
from portal.platform.jobs import Job, JobState
from portal.platform.work import unit_of_work
from portal.roster.models import Student
from portal.shipping import purchase, services
from portal.shipping.carriers.base import Created, Refused, Uncertain
from portal.shipping.carriers.colissimo import Colissimo
from portal.shipping.chosen import way_of
from portal.shipping.models import LabelAttempt
from portal.shipping.services import labels
from portal.shipping.services.parcels import Labelled
from portal.shipping.states import AttemptState, ParcelState
from tests import factories as make
from tests.pages import Page
from tests.shipping.buying import asked, buy, draft, work
from tests.visitor import apart


def test_a_click_makes_one_document_in_picking_order_and_asked_again_it_buys_nothing(db, school, la_poste):
    parcels = [draft(), draft(), draft()]
    services.ask_labels((), school_id=school.id)
    work()
    (job,) = make.every(Job)
    assert (job.state, job.done, job.sentence) == (JobState.DONE, 3, None)
    bought = la_poste.bought()
    for parcel in map(make.fresh, parcels):
        assert bought[f"{parcel.code}-1"] == [parcel.tracking_number]
        assert make.every(Loan, id=parcel.loan_id)[0].tracking_number == parcel.tracking_number
    first = files.read(job.file_key)
    services.ask_labels((), school_id=school.id)
    work()
    assert files.read(make.every(Job)[1].file_key) == first
    assert la_poste.bought() == bought


def test_ten_clicks_at_once_make_one_attempt_one_work_and_one_label(db, app, school, la_poste):
    parcel = draft()

    def click():
        with app.app_context(), scope.schools(school.id):
            services.ask_labels([parcel.public_id], school_id=school.id)
            database.session.remove()

    together(click, 10)
    assert (len(make.every(LabelAttempt)), len(make.every(Job))) == (1, 1)
    work()
    assert len(la_poste.bought(parcel.code)[f"{parcel.code}-1"]) == 1


def together(run, times):
    threads = [Thread(target=apart, args=(run,)) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("fault", ["cut_after", "html_after", "broken", "slow:1", "html_before", "reset_before"])
def test_a_lost_answer_is_uncertain_and_never_repeated_by_itself(app, school, la_poste, monkeypatch, fault):
    monkeypatch.setattr(
        Colissimo.__init__, "__kwdefaults__", {**Colissimo.__init__.__kwdefaults__, "read_seconds": 0.3}
    )
    parcel = draft()
    (attempt_id,) = asked(school, parcel)
    la_poste.set(sls={"next": [fault]})
    assert isinstance(buy(school, attempt_id), Uncertain)
    for _ in range(3):
        assert buy(school, attempt_id) is None
        with pytest.raises(labels.NothingToLabel):
            services.ask_labels([parcel.public_id], school_id=school.id)
    work()
    assert [row.state for row in make.every(LabelAttempt)] == [AttemptState.UNCERTAIN]
    assert len(la_poste.bought(parcel.code)) == (0 if fault.endswith("before") else 1)
    assert make.fresh(parcel).tracking_number is None


@pytest.mark.parametrize("fault", ["cut_middle", "no_label", "bad_label"])
def test_a_number_that_came_without_its_label_is_kept_and_the_label_is_fetched_again(app, school, la_poste, fault):
    parcel = draft()
    (attempt_id,) = asked(school, parcel)
    la_poste.set(sls={"next": [fault]})
    assert isinstance(buy(school, attempt_id), Created)
    (row,) = make.every(LabelAttempt)
    assert la_poste.bought(parcel.code) == {row.order_number: [row.number]}
    assert files.read(row.file_key).startswith(b"%PDF")
    assert make.fresh(parcel).tracking_number == row.number


def test_a_worker_killed_between_the_call_and_the_commit_leaves_a_doubt_and_no_second_label(
    db, app, school, la_poste, clock
):
    parcel = draft()
    (attempt_id,) = asked(school, parcel)
    la_poste.set(sls={"next": ["slow:30"]})
    database.session.remove()
    worker = os.fork()
    if worker == 0:
        with app.app_context(), scope.schools(school.id):
            database.engine.dispose(close=False)
            buy(school, attempt_id)
        os._exit(0)
    while not la_poste.bought(parcel.code):
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    work()
    assert make.every(LabelAttempt)[0].state is AttemptState.SENT
    clock.forward(minutes=3)
    assert labels.doubt_forgotten() == 1
    work()
    assert make.every(LabelAttempt)[0].state is AttemptState.UNCERTAIN
    assert len(la_poste.bought(parcel.code)[f"{parcel.code}-1"]) == 1


def test_a_server_that_nobody_reaches_costs_nothing_and_the_next_click_tries_again(app, school, la_poste):
    parcel = draft()
    asked(school, parcel)
    right = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(right, sls_url="http://127.0.0.1:9")
    work()
    assert make.every(Job)[0].sentence == purchase.DOWN
    assert make.every(LabelAttempt)[0].state is AttemptState.ABANDONED
    app.config["SETTINGS"] = right
    (second,) = asked(school, parcel)
    assert isinstance(buy(school, second), Created)
    assert list(la_poste.bought(parcel.code)) == [f"{parcel.code}-2"]


def test_a_refusal_names_its_cause_and_is_asked_again_once_corrected(app, school, la_poste):
    parcel = draft()
    (attempt_id,) = asked(school, parcel)
    la_poste.set(sls={"next": ["refuse:30211"]})
    answer = buy(school, attempt_id)
    assert (answer.code, answer.who) == ("30211", "family")
    assert "code postal" in answer.sentence
    (second,) = asked(school, parcel)
    assert isinstance(buy(school, second), Created)


def test_a_contract_that_is_refused_stops_the_whole_batch(app, school, la_poste):
    parcels = [draft() for _ in range(4)]
    ids = asked(school, *parcels)
    la_poste.set(sls={"next": ["refuse:30000"]})
    calls = la_poste.state["calls"].get("generateLabel", 0)
    (refused,) = purchase.buy_all(ids, school_id=school.id, progress=lambda _: None)
    assert isinstance(refused, Refused)
    assert la_poste.state["calls"]["generateLabel"] == calls + 1
    states = [row.state for row in make.every(LabelAttempt)]
    assert states == [AttemptState.REFUSED, *[AttemptState.ABANDONED] * 3]


def test_the_two_ways_out_of_a_doubt(app, school, la_poste):
    parcel, by = draft(), make.manager().account_id
    for found in (False, True):
        (attempt_id,) = asked(school, parcel)
        la_poste.set(sls={"next": ["cut_after" if found else "html_before"]})
        assert isinstance(buy(school, attempt_id), Uncertain)
        row = make.every(LabelAttempt)[-1]
        if not found:
            services.settle_none(row.public_id, by=by)
            with pytest.raises(labels.AlreadySettled):
                services.settle_none(row.public_id, by=by)
            continue
        ((number,),) = la_poste.bought(row.order_number).values()
        services.settle_found(row.public_id, text=number, confirmed=False, by=by)
    services.ask_labels([parcel.public_id], school_id=school.id)
    work()
    assert make.fresh(parcel).tracking_number == number
    assert la_poste.bought(parcel.code) == {f"{parcel.code}-2": [number]}
    assert make.every(Job)[-1].state is JobState.DONE


def test_the_database_refuses_a_second_attempt_and_a_number_on_two_parcels(db, school):
    parcel, other = draft(), draft()
    asked(school, parcel, other)
    first, second = sorted(make.every(LabelAttempt), key=lambda row: row.parcel_id != parcel.id)
    twin = {"school_id": school.id, "parcel_id": parcel.id, "prepared_at": first.prepared_at}
    with pytest.raises(IntegrityError), unit_of_work():
        database.session.add(LabelAttempt(**twin, order_number="encore"))
    for attempt in (first, second):
        labels.begin(attempt.id, sender=way_of(school.id).sender, signature=False)
    assert labels.succeed(first.id, number="6A15984040331", routing="", file_key=None)
    assert not labels.succeed(second.id, number="6A15984040331", routing="", file_key=None)
    assert make.fresh(second).state is AttemptState.UNCERTAIN
    assert make.fresh(other).tracking_number is None


def test_a_parcel_that_is_undone_keeps_its_label_out_of_use(app, school, la_poste):
    parcel = draft()
    services.ask_labels((), school_id=school.id)
    work()
    loan = make.every(Loan, id=parcel.loan_id)[0]
    services.unpack(loan.public_id, school_id=school.id)
    assert make.every(LabelAttempt)[0].voided_at is not None
    assert make.fresh(parcel).tracking_number is None


def test_a_parcel_with_a_label_has_the_number_of_its_label_and_no_other(app, school, la_poste):
    parcel, by = draft(), make.manager().account_id
    services.ask_labels((), school_id=school.id)
    work()
    number = make.fresh(parcel).tracking_number
    with pytest.raises(Labelled):
        services.note_tracking(parcel.public_id, text="6A15984040331", confirmed=False, by=by)
    with pytest.raises(Labelled):
        services.erase_tracking(parcel.public_id)
    services.note_tracking(parcel.public_id, text=number, confirmed=False, by=by)
    assert make.fresh(parcel).tracking_number == number


def test_exactly_the_allowed_fields_go_to_the_carrier(app, school, la_poste):
    parcel = draft(
        recipient="Mme Nadia Benali",
        line2="Étage 2",
        line3="",
        street="8 rue des Tilleuls",
        postcode="57000",
        city="Metz",
        locality="",
    )
    student = make.every(Student, id=parcel.student_id)[0]
    student = make.change(student, family_name="Zéphyrin", given_name="Maëlys", class_name="2DE 9")
    (attempt_id,) = asked(school, parcel)
    buy(school, attempt_id)
    sent = la_poste.asked("generateLabel")[-1]["body"]
    sender = sent["letter"]["sender"].pop("address")
    assert set(sender) <= {"companyName", "line0", "line1", "line2", "line3", "zipCode", "city", "countryCode"}
    assert sent == {
        "outputFormat": {"x": 0, "y": 0, "outputPrintingType": "PDF_10x15_300dpi"},
        "letter": {
            "service": {
                "productCode": "DOM", "depositDate": "2026-09-08", "orderNumber": f"{parcel.code}-1",
                "commercialName": sender["companyName"],
            },
            "parcel": {"weight": 2.45},
            "sender": {"senderParcelRef": parcel.code},
            "addressee": {
                "address": {
                    "lastName": "Benali", "firstName": "Nadia", "line0": "Étage 2", "line2": "8 RUE DES TILLEULS",
                    "zipCode": "57000", "city": "METZ", "countryCode": "FR",
                }
            },
        },
    }  # fmt: skip
    told = str([sent, sender]).casefold()
    for secret in ("ordinateur", "portable", student.class_name, student.family_name, student.given_name):
        assert secret.casefold() not in told


def test_parcels_at_the_school_only(app, school):
    with pytest.raises(labels.NothingToLabel):
        services.ask_labels((), school_id=school.id)
    sent = make.parcel(state=ParcelState.HANDED_OVER)
    with pytest.raises(labels.NothingToLabel):
        services.ask_labels([sent.public_id], school_id=school.id)


def test_a_parcel_through_customs_is_left_to_the_counter_with_a_clear_sentence_and_its_list(
    app, school, as_user, la_poste
):
    near, far = draft(), draft(postcode="97400", city="Saint-Denis")
    asked_for = services.ask_labels((), school_id=school.id)
    assert (asked_for.blocked, asked_for.customs) == (0, 1)
    work()
    assert (len(la_poste.bought(near.code)), la_poste.bought(far.code)) == (1, {})
    with pytest.raises(labels.ThroughCustoms, match="Colis qui passent la douane"):
        services.ask_labels([far.public_id], school_id=school.id)
    (row,) = Page(as_user(make.manager()).get("/preparation/douane")).rows("Vers un autre territoire")
    assert far.code in row["Colis"]
