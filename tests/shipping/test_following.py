"""Where parcels are: asked slowly, kept once, told once; what staff must look at; what the family reads."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from portal.kernel import clock as time
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import outbox, scope
from portal.platform.jobs import Job
from portal.shipping import following, journey, services, sync
from portal.shipping.carriers.reports import Missing, Report, Seen
from portal.shipping.contracts import Service, Verdict
from portal.shipping.events import BatchHandedOver, LabelsAsked
from portal.shipping.following import Worklist
from portal.shipping.journey import Phase
from portal.shipping.models import CarrierContract, Handover, Journey, LabelAttempt, Parcel, TrackingEvent
from portal.shipping.services.following import Asked
from portal.shipping.states import ParcelState
from portal.stock.models import Device
from portal.stock.states import DeviceState
from tests import factories as make
from tests.pages import Page
from tests.shipping.buying import draft
from tests.shipping.conftest import give_contract

NUMBER = "6A15984040331"
CLOSED = {
    "state": ParcelState.READY,
    "sealed_at": datetime(2026, 9, 8, 8, tzinfo=UTC),
    "checklist": ["Appareil éteint"],
}


def seen(code, hours, label="a"):
    return Seen(code=code, at=time.now() + timedelta(hours=hours), rank=0, label_hash=label)


def sent(**values):
    return make.parcel(state=ParcelState.HANDED_OVER, tracking_number=NUMBER, **values)


def told(parcel, *events, place="", missing=None):
    """La Poste answers this about a parcel."""
    services_asked = services.following.take_due(limit=100)
    mine = [one for one in services_asked if one.parcel_id == parcel.id] or [
        Asked(parcel.id, parcel.school_id, parcel.tracking_number)
    ]
    report = Report(tuple(events), place, missing)
    services.following.note(mine, dict.fromkeys([one.number for one in mine], report), pace=1, pickup_days=14)
    return make.fresh(parcel)


def kinds():
    return [row.kind for row in make.outbox() if row.kind.startswith("Parcel")]


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        ("DI1", Phase.DELIVERED),
        ("DI2", Phase.RETURNED),
        ("DI3", Phase.MOVING),
        ("AG1", Phase.PICKUP),
        ("MD2", Phase.OUT),
    ],
)
def test_a_code_means_what_the_table_says_and_never_its_first_letters(code, phase):
    assert journey.phase_of(code) is phase


def test_an_unknown_code_changes_nothing_and_the_list_is_sorted_before_it_is_read(clock):
    events = [seen("MD2", 3), seen("ET1", 1), seen("AN1", 9), seen("PC1", 0)]
    assert journey.standing(events).meaning.phase is Phase.OUT
    assert journey.standing([seen("AN1", 1)]) is None


def test_events_are_kept_once_and_an_old_one_that_comes_late_moves_nothing(db, school):
    parcel = sent()
    assert told(parcel, seen("PC1", -9), seen("MD2", -1)).state is ParcelState.OUT_FOR_DELIVERY
    assert told(parcel, seen("MD2", -1), seen("ET1", -5), seen("PC1", -9)).state is ParcelState.OUT_FOR_DELIVERY
    assert len(make.every(TrackingEvent)) == 3


def test_the_family_is_told_of_each_change_that_matters_once(db, school):
    parcel = sent()
    told(parcel, seen("PC1", -9))
    assert kinds() == []
    told(parcel, seen("AG1", -5), place="BUREAU CENTRE")
    told(parcel, seen("ET1", -4))
    assert told(parcel, seen("AG1", -3)).state is ParcelState.AT_PICKUP_POINT
    news = following.news(make.every(Loan, id=parcel.loan_id)[0].public_id)
    assert (news.waits, news.until) == (True, (time.now() + timedelta(days=14, hours=-3)).date())
    assert told(parcel, seen("DI1", -1)).state is ParcelState.DELIVERED
    assert sorted(kinds()) == ["ParcelAtPickup", "ParcelDelivered"]
    loan = make.every(Loan, id=parcel.loan_id)[0]
    assert (loan.state, loan.can("receive")) == (LoanState.IN_TRANSIT, True)
    assert [row.line.parcel_id for row in following.worklists()[Worklist.UNCONFIRMED]] == [parcel.id]


def test_the_one_timeline_of_the_loan_says_what_the_carrier_says(app, as_user, school):
    family = make.family()
    loan = make.loan(state=LoanState.IN_TRANSIT, student=family.student)
    parcel, parent = sent(loan=loan), as_user(family)

    def read():
        home, page = Page(parent.get("/mes-dossiers")), Page(parent.get(f"/mes-dossiers/{loan.public_id}"))
        tag = page.text(".standing .tag")
        assert tag in home.text("main")
        return tag, page.text(".thread__step--current .thread__title").rpartition(":")[2].strip()

    assert read() == ("En route", "Colis en route")
    told(parcel, seen("AG1", -5))
    assert read() == ("À retirer", "Colis à retirer")
    told(parcel, seen("DI1", -1))
    assert read() == ("À confirmer", "Colis livré")


def test_a_parcel_brought_back_waits_to_be_checked_in(db, school):
    parcel = sent()
    device = make.every(Device, id=parcel.device_id)[0]
    make.change(device, loan_id=parcel.loan_id, student_id=parcel.student_id, state=DeviceState.LENT)
    assert told(parcel, seen("RE1", -9)).state is ParcelState.RETURNING
    assert make.every(Loan, id=parcel.loan_id)[0].state is LoanState.RETURNING
    assert told(parcel, seen("DI2", -1)).state is ParcelState.RETURNED
    assert make.every(Loan, id=parcel.loan_id)[0].state is LoanState.CLOSED
    assert make.fresh(device).state is DeviceState.TO_CHECK_IN
    assert kinds() == ["ParcelReturning"]


def test_how_often_and_when_it_stops(db, school, clock):
    parcel = sent()
    told(parcel, seen("PC1", -1))
    (row,) = make.every(Journey)
    assert row.due_at == time.now() + timedelta(hours=2)
    assert services.following.take_due(limit=10) == []
    clock.forward(hours=2)
    told(parcel, missing=Missing.LATER)
    assert make.every(Journey)[0].due_at == time.now() + timedelta(hours=4)
    clock.forward(days=50)
    told(parcel, missing=Missing.NOT_YET)
    assert make.every(Journey)[0].stopped == "old"
    make.change(row, stopped=None)
    told(parcel, missing=Missing.MALFORMED)
    assert make.every(Journey)[0].stopped == "malformed"


def test_each_work_list_has_what_belongs_to_it(app, school, clock):
    def follow(code, state, **values):
        parcel = make.parcel(state=state)
        make.journey(parcel, code, **values)
        return parcel.id

    old = time.now() - timedelta(days=5)
    wanted = {
        Worklist.NEVER: make.parcel(state=ParcelState.HANDED_OVER, handed_over_at=old).id,
        Worklist.STUCK: follow("ET1", ParcelState.IN_TRANSIT, last_at=old),
        Worklist.EXPIRING: follow("AG1", ParcelState.AT_PICKUP_POINT, keep_until=time.today() + timedelta(days=2)),
        Worklist.RETURNING: follow("RE1", ParcelState.RETURNING),
        Worklist.UNNUMBERED: make.parcel(state=ParcelState.HANDED_OVER, tracking_number=None).id,
        Worklist.DOUBT: make.attempt(draft()).parcel_id,
    }
    never = next(row for row in make.every(Parcel) if row.id == wanted[Worklist.NEVER])
    make.journey(never, "DR1")
    follow("MD2", ParcelState.OUT_FOR_DELIVERY)
    found = following.worklists()
    assert {kind: [row.line.parcel_id for row in rows] for kind, rows in found.items() if rows} == {
        kind: [parcel] for kind, parcel in wanted.items()
    }


def undone(school):
    """A parcel whose label was made, then undone."""
    parcel = draft()
    services.ask_labels((), school_id=school.id)
    work(LabelsAsked)
    services.unpack(make.every(Loan, id=parcel.loan_id)[0].public_id, school_id=school.id)
    return parcel, make.every(LabelAttempt, parcel_id=parcel.id)[0].number


def test_a_label_undone_that_la_poste_scans_raises_an_alarm_until_somebody_has_looked(app, school, as_user, la_poste):
    (parcel, number), (_announced, quiet) = undone(school), undone(school)
    la_poste.set(journeys={number: "still", quiet: "none"}, age_hours=9)
    assert run().asked == 2
    for row in make.every(Journey):
        make.change(row, due_at=time.now())
    assert run().asked == 1
    assert make.fresh(parcel).state is ParcelState.CANCELLED
    assert kinds() == []
    clerk = as_user(make.manager())
    page = Page(clerk.get("/preparation/suivi"))
    (row,) = page.rows("Étiquettes annulées, pourtant parties")
    assert row["Étiquette annulée"].replace(" ", "") == number
    (settle,) = [words for words in page.buttons() if words.startswith("C’est réglé")]
    assert "n’est plus signalée" in Page(page.submit(clerk, settle)).text(".flashed")
    assert following.worklists()[Worklist.UNDONE] == []
    assert make.trail()[-2:] == ["UndoneLabelScanned", "UndoneLabelSettled"]


def test_a_key_that_comes_late_is_used_at_once(app, la_poste, clock):
    place = make.school()
    with scope.schools(place.id):
        sent()
    for _ in range(8):
        run()
        clock.forward(hours=12)
    assert make.every(Journey)[0].misses == 8
    give_contract(place)
    (row,) = make.every(Journey)
    assert (row.due_at, row.misses, run().calls) == (time.now(), 0, 1)


def test_without_a_known_delay_no_last_day_at_the_point_is_told(db, school, la_poste):
    parcel = sent()
    report = {NUMBER: Report((seen("AG1", -1),))}
    services.following.note(services.following.take_due(limit=1), report, pace=1, pickup_days=0)
    assert make.fresh(parcel).state is ParcelState.AT_PICKUP_POINT
    assert make.every(Journey)[0].keep_until is None


def test_a_refused_key_stops_the_line_until_it_is_corrected_and_patience_is_kept(db, school, la_poste):
    parcels = [make.parcel(state=ParcelState.HANDED_OVER, tracking_number=f"6A{n:010d}0") for n in range(12)]
    la_poste.set(suivi={"next": ["limit"]})
    assert (run().later, len(make.every(TrackingEvent))) == (10, 0)
    assert {(row.misses, row.polled_at) for row in make.every(Journey)} == {(1, None)}  # asked, and nothing heard
    for row in make.every(Journey):
        make.change(row, due_at=time.now())
    la_poste.set(suivi={"always": "key"})
    assert run().stopped
    (contract,) = make.every(CarrierContract, service=Service.SUIVI)
    assert contract.verdict is Verdict.REFUSED
    for row in make.every(Journey):
        make.change(row, due_at=time.now())
    assert (run().calls, len(parcels)) == (0, 12)


def run():
    return sync.run(pause=lambda _: None)


def work(kind):
    for row in make.outbox(kind=kind.__name__):
        for handler in outbox.HANDLERS[kind]:
            if handler.name.startswith("portal.shipping"):
                handler.run(kind(**row.payload), row.key)


def test_thirty_parcels_from_one_button_to_delivered(app, school, la_poste, clock):
    """Labels, deposit slip with the carrier's own, then Suivi; the command says what it did."""
    for _ in range(30):
        draft(**CLOSED)
    services.ask_labels((), school_id=school.id)
    work(LabelsAsked)
    assert make.every(Job)[0].done == 30
    services.hand_over([row.public_id for row in make.every(Parcel)], school_id=school.id)
    work(BatchHandedOver)
    assert make.every(Handover)[0].carrier_numbers
    la_poste.set(age_hours=40)
    told = app.test_cli_runner().invoke(args=["tracking", "sync"])
    counts = json.loads(told.output.splitlines()[-1])
    assert (counts["asked"], counts["calls"]) == (30, 3)
    states = {row.state for row in make.every(Parcel)}
    assert states <= {ParcelState.DELIVERED, ParcelState.OUT_FOR_DELIVERY, ParcelState.IN_TRANSIT}
    assert ParcelState.DELIVERED in states


def test_by_hand_nothing_leaves_the_machine(app, clock):
    """No contract, no network: the number is typed, the slip is ours, tracking asks nobody."""
    place = make.school()
    with scope.schools(place.id):
        parcel = draft(**CLOSED)
        with pytest.raises(services.labels.NoContract):
            services.ask_labels((), school_id=place.id)
        services.note_tracking(parcel.public_id, text=NUMBER, confirmed=False, by=make.manager().account_id)
        services.hand_over([parcel.public_id], school_id=place.id)
        work(BatchHandedOver)
    assert sync.run().calls == 0
    assert make.every(Handover)[0].file_key
