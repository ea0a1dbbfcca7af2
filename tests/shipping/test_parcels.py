"""Printing, tracking numbers, handing over, arrival: the services and the worker's handlers, on both engines."""

import threading
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from portal.kernel import clock as time
from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.loans import services as loans
from portal.loans.models import Loan
from portal.loans.states import CharterGate, LoanState
from portal.platform import files, jobs, outbox, scope
from portal.platform.jobs import Job, JobState
from portal.shipping import handlers, queries, rules, services, sheets
from portal.shipping.events import BatchHandedOver, SlipsAsked
from portal.shipping.models import Handover, Parcel
from portal.shipping.rules import Bench, Paper
from portal.shipping.services.handover import Emptied, NothingToHandOver, NotReady, Unsigned
from portal.shipping.services.printing import NothingToPrint
from portal.shipping.states import ParcelState
from portal.stock.states import DeviceState
from tests import factories as make
from tests.visitor import apart


@pytest.fixture
def school(db):
    """The test's school, in scope."""
    place = make.school()
    with scope.schools(place.id):
        yield place


def signed_loan(**values):
    return make.loan(state=LoanState.PREPARING, charter=CharterGate.SIGNED, **values)


def draft(place="A1", **values):
    loan = signed_loan(with_device=False)
    device = make.device(loan=loan, location=place)
    return make.parcel(loan, device_id=device.id, **values)


def ready(place="A1", **values):
    return draft(place, state=ParcelState.READY, **values)


def ids(parcels):
    return [parcel.public_id for parcel in parcels]


def act(kind):
    """What the worker does with the last event of a kind, in the event's own scope."""
    rows = [row for row in make.outbox() if row.kind == kind.__name__]
    row = max(rows, key=lambda row: row.payload["job_id"])
    event = kind(**row.payload)
    for handler in outbox.HANDLERS[kind]:
        if handler.name.startswith("portal.shipping"):
            handler.run(event, row.key)


def test_printing_slips_makes_one_file_in_shelf_order_and_parcels_ready(school):
    parcels = [draft(place) for place in ("C3", "A10", "A2")]
    asked = services.ask(Paper.SLIPS, (), school_id=school.id)
    assert make.every(Job)[0].state is JobState.WAITING
    act(SlipsAsked)
    job = make.every(Job)[0]
    assert (job.public_id, job.state, job.done, job.total) == (asked.job_public_id, JobState.DONE, 3, 3)
    assert {make.fresh(parcel).state for parcel in parcels} == {ParcelState.READY}
    assert files.read(job.file_key).startswith(b"%PDF")
    order = [line.parcel_public_id for line in queries.to_print(())]
    assert order == ids([parcels[2], parcels[1], parcels[0]])


def test_printing_again_gives_the_same_file_even_after_the_parcel_has_left(school):
    parcel = draft()
    services.ask(Paper.SLIPS, ids([parcel]), school_id=school.id)
    act(SlipsAsked)
    services.seal_unscanned(parcel.public_id, reason="Scanner en panne", by=make.manager().account_id)
    services.hand_over(ids([parcel]), school_id=school.id)
    services.ask(Paper.SLIPS, ids([parcel]), school_id=school.id)
    act(SlipsAsked)
    first, _deposit, second = make.every(Job)
    assert first.file_key == second.file_key
    assert make.fresh(parcel).state is ParcelState.HANDED_OVER


def test_labels_change_no_state(school):
    parcel = draft()
    services.ask(Paper.LABELS, (), school_id=school.id)
    act(SlipsAsked)
    assert make.every(Job)[0].state is JobState.DONE
    assert make.fresh(parcel).state is ParcelState.DRAFT


def test_the_same_batch_asked_twice_at_once_is_printed_once(school):
    draft()
    first = services.ask(Paper.SLIPS, (), school_id=school.id)
    assert services.ask(Paper.SLIPS, (), school_id=school.id).job_public_id == first.job_public_id
    assert services.ask(Paper.LABELS, (), school_id=school.id).job_public_id != first.job_public_id


def test_the_worker_that_comes_back_after_a_crash_prints_the_same(school):
    draft()
    services.ask(Paper.SLIPS, (), school_id=school.id)
    jobs.start(make.every(Job)[0].id)
    act(SlipsAsked)
    done = make.every(Job)[0]
    act(SlipsAsked)
    assert make.every(Job)[0].file_key == done.file_key


def test_a_bad_address_stops_its_own_parcel_and_no_other(school):
    good, bad = draft("A1"), draft("A2", street="", locality="")
    asked = services.ask(Paper.SLIPS, (), school_id=school.id)
    assert [line.code for line in asked.blocked] == [bad.code]
    act(SlipsAsked)
    assert make.fresh(good).state is ParcelState.READY
    assert make.fresh(bad).state is ParcelState.DRAFT
    with pytest.raises(NothingToPrint):
        services.ask(Paper.SLIPS, ids([bad]), school_id=school.id)
    home = PostalAddress(recipient="Mme Weber", street="4 rue Haute", postcode="57000", city="Metz")
    services.correct_address(bad.public_id, address=home)
    assert services.ask(Paper.SLIPS, ids([bad]), school_id=school.id).blocked == []


def test_a_parcel_cancelled_before_the_printing_is_told_in_words(school):
    parcel = draft()
    services.ask(Paper.SLIPS, (), school_id=school.id)
    loan = next(loan for loan in make.every(Loan) if loan.id == parcel.loan_id)
    services.unpack(loan.public_id, school_id=school.id)
    act(SlipsAsked)
    job = make.every(Job)[0]
    assert (job.state, job.sentence) == (JobState.FAILED, sheets.NothingLeft.message)


def test_a_fault_is_told_in_french_and_left_to_the_worker_to_try_again(school, monkeypatch):
    draft()
    services.ask(Paper.SLIPS, (), school_id=school.id)
    monkeypatch.setattr(files, "keep", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        act(SlipsAsked)
    assert make.every(Job)[0].sentence == jobs.FAILED
    monkeypatch.undo()
    act(SlipsAsked)
    assert (make.every(Job)[0].state, make.every(Job)[0].sentence) == (JobState.DONE, None)


def test_handing_over_moves_parcels_loans_and_devices_and_lists_them(school):
    parcels = [ready(place) for place in ("A2", "A1")]
    handed = services.hand_over(ids(parcels), school_id=school.id)
    assert handed.number == f"BD-{school.uai}-0001"
    for parcel in map(make.fresh, parcels):
        assert (parcel.state, parcel.handover_id) == (ParcelState.HANDED_OVER, handed.id)
    assert {loan.state for loan in make.every(Loan)} == {LoanState.IN_TRANSIT}
    assert {make.device_of(loan).state for loan in make.every(Loan)} == {DeviceState.LENT}
    act(BatchHandedOver)
    (batch,), (job,) = make.every(Handover), make.every(Job)
    assert (job.state, job.file_key, batch.parcels) == (JobState.DONE, batch.file_key, 2)
    assert files.read(batch.file_key).startswith(b"%PDF")
    with_job = queries.handover_with_job(handed.public_id)
    assert [row.id for row in with_job] == [batch.id, job.id]


def test_the_same_batch_sent_twice_leaves_once(school):
    parcels = [ready(), ready()]
    first = services.hand_over(ids(parcels), school_id=school.id)
    assert services.hand_over(ids(parcels), school_id=school.id).id == first.id
    assert len(make.every(Handover)) == 1


def test_one_unsigned_charter_keeps_the_whole_batch_and_is_named(school):
    parcels = [ready(), ready()]
    loans.note_charter(parcels[0].loan_id, gate=CharterGate.OPPOSED)
    with pytest.raises(Unsigned) as refusal:
        services.hand_over(ids(parcels), school_id=school.id)
    assert [line.code for line in refusal.value.lines] == [parcels[0].code]
    assert {make.fresh(parcel).state for parcel in parcels} == {ParcelState.READY}
    assert make.every(Handover) == []
    services.hand_over(ids(parcels[1:]), school_id=school.id)
    assert make.fresh(parcels[1]).state is ParcelState.HANDED_OVER


def test_a_device_stolen_after_it_was_packed_keeps_its_parcel_at_school(school):
    parcel = ready()
    device = make.device_of(make.every(Loan, id=parcel.loan_id)[0])
    make.change(device, state=DeviceState.STOLEN, loan_id=None, student_id=None)
    with pytest.raises(Emptied):
        services.hand_over(ids([parcel]), school_id=school.id)
    assert make.fresh(parcel).state is ParcelState.READY
    assert make.every(Loan, id=parcel.loan_id)[0].state is LoanState.PREPARING


def test_nothing_or_a_parcel_without_its_slip_is_not_handed_over(school):
    with pytest.raises(NothingToHandOver):
        services.hand_over([], school_id=school.id)
    with pytest.raises(NotReady):
        services.hand_over(ids([ready(), draft()]), school_id=school.id)


def test_a_batch_takes_a_constant_number_of_statements(school, count_statements):
    counts = {"ask": [], "hand_over": [], "note_printed": []}
    for number in (5, 30):
        parcels = [ready(f"A{rank}") for rank in range(number)]
        with count_statements() as sql:
            services.ask(Paper.SLIPS, ids(parcels), school_id=school.id)
        counts["ask"].append(sql.count)
        job = make.every(Job)[-1]
        jobs.start(job.id)
        with count_statements() as sql:
            services.note_printed(job.id, file_key=f"x/{number}", parcel_ids=[parcel.id for parcel in parcels])
        counts["note_printed"].append(sql.count)
        with count_statements() as sql:
            services.hand_over(ids(parcels), school_id=school.id)
        counts["hand_over"].append(sql.count)
    assert all(few == many for few, many in counts.values()), counts


@pytest.mark.parametrize("state", [ParcelState.DRAFT, ParcelState.HANDED_OVER])
def test_a_tracking_number_is_kept_before_and_after_the_parcel_has_left(school, state):
    parcel = make.parcel(state=state, tracking_number=None)
    services.note_tracking(parcel.public_id, text="6a 15984-04033 1", confirmed=False, by=1)
    assert make.fresh(parcel).tracking_number == "6A15984040331"
    assert ("TrackingNumberKnown" in make.trail()) is (state is ParcelState.HANDED_OVER)
    services.erase_tracking(parcel.public_id)
    assert make.fresh(parcel).tracking_number is None


@pytest.mark.parametrize("text", ["6A123456789", "EW112720413F", "RB123456785XX", "bonjour"])
def test_what_is_no_tracking_number_is_refused(school, text):
    with pytest.raises(rules.NotANumber):
        services.note_tracking(draft().public_id, text=text, confirmed=True, by=1)


def test_a_wrong_key_asks_for_confirmation_and_keeps_who_gave_it(school):
    parcel, clerk = draft(), make.manager()
    with pytest.raises(rules.KeyDoubt):
        services.note_tracking(parcel.public_id, text="6A15984040332", confirmed=False, by=clerk.account_id)
    services.note_tracking(parcel.public_id, text="6A15984040332", confirmed=True, by=clerk.account_id)
    assert make.fresh(parcel).key_confirmed_by == clerk.account_id
    services.note_tracking(parcel.public_id, text="6A15984040331", confirmed=True, by=clerk.account_id)
    assert make.fresh(parcel).key_confirmed_by is None


def test_two_parcels_never_share_a_number_and_the_other_is_named(school):
    first, second = draft(), draft()
    services.note_tracking(first.public_id, text="6A15984040331", confirmed=False, by=1)
    services.note_tracking(first.public_id, text="6A15984040331", confirmed=False, by=1)
    with pytest.raises(services.NumberTaken, match=first.code):
        services.note_tracking(second.public_id, text="6A15984040331", confirmed=False, by=1)


def test_a_number_of_another_school_is_refused_without_saying_whose(school):
    elsewhere = make.loan(state=LoanState.PREPARING, student=make.student(make.school()))
    other = make.parcel(elsewhere, tracking_number="6A15984040331")
    with pytest.raises(services.NumberTaken) as refusal:
        services.note_tracking(draft().public_id, text="6A15984040331", confirmed=False, by=1)
    assert other.code not in str(refusal.value)


def test_the_family_confirms_and_the_parcel_has_arrived(school):
    parcel = make.parcel(state=ParcelState.HANDED_OVER)
    loans.receive(parcel.loan_id)
    handler = next(each for each in outbox.HANDLERS[handlers.LoanReceived] if each.run is handlers.note_delivered)
    for _ in range(2):
        handler.run(handlers.LoanReceived(school_id=school.id, loan_id=parcel.loan_id), "key")
    assert make.fresh(parcel).state is ParcelState.DELIVERED
    assert make.fresh(parcel).delivered_at == time.now()


def test_a_weight_and_an_address_are_corrected_until_the_parcel_has_left(school):
    parcel, gone = draft(), make.parcel(state=ParcelState.HANDED_OVER)
    services.weigh(parcel.public_id, grams=1990)
    assert make.fresh(parcel).weight == 1990
    with pytest.raises(DomainError, match="déjà parti"):
        services.correct_address(gone.public_id, address=PostalAddress(recipient="A", postcode="57000", city="Metz"))


def at_once(app, school, codes):
    """Clerks who pull their triggers in the same instant; returns the words they see."""
    said, gate = [], threading.Barrier(len(codes))

    def clerk(code, chosen):
        with ExitStack() as stack:
            stack.enter_context(app.app_context())
            stack.enter_context(scope.schools(school.id))
            gate.wait()
            try:
                said.append(services.scan(code, bench=Bench(loan=chosen), school_id=school.id, by=1).verdict.word)
            except DomainError as refusal:
                said.append(refusal.message)

    threads = [threading.Thread(target=apart, args=(clerk, code, chosen)) for code, chosen in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_of_two_clerks_with_the_same_device_one_wins_and_the_other_is_told(app, school):
    one, two = (make.loan(state=LoanState.APPROVED, charter=CharterGate.SIGNED, with_device=False) for _ in range(2))
    device = make.device()
    said = at_once(app, school, [(device.asset_tag, one.public_id), (device.asset_tag, two.public_id)])
    assert said[1] == "Prêt"
    assert said[0].startswith("Cet appareil est déjà préparé pour le dossier FP-")
    assert len(make.every(Parcel)) == 1


def test_of_two_clerks_with_the_same_loan_one_wins_and_the_other_is_told(app, school):
    loan = make.loan(state=LoanState.APPROVED, charter=CharterGate.SIGNED, with_device=False)
    tags = [device.asset_tag for device in make.devices(2)]
    said = at_once(app, school, [(tag, loan.public_id) for tag in tags])
    assert "Prêt" in said
    assert any("a déjà l’appareil" in sentence for sentence in said)
    assert len(make.every(Parcel)) == 1


def test_two_clerks_who_exchange_devices_crosswise_do_not_block_each_other(app, school):
    one, two = (make.loan(state=LoanState.APPROVED, charter=CharterGate.SIGNED) for _ in range(2))
    said = at_once(
        app, school, [(make.device_of(two).asset_tag, one.public_id), (make.device_of(one).asset_tag, two.public_id)]
    )
    assert said == ["Prêt", "Prêt"]
    assert len(make.every(Parcel)) == 2


def test_a_parcel_of_another_school_does_not_exist(school, db):
    elsewhere = make.loan(state=LoanState.PREPARING, student=make.student(make.school()))
    other = make.parcel(elsewhere)
    assert queries.to_print([other.public_id]) == []
    assert db.session.scalars(select(Parcel)).all() == []
