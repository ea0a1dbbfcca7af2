"""The scan: the fastest path, the wrong order, the refusals, the desk, the undo; on both engines."""

import pytest

from portal.kernel.errors import DomainError
from portal.loans.errors import NotSigned
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import scope
from portal.shipping import queries, services
from portal.shipping.models import Parcel
from portal.shipping.rules import Bench, Refused
from portal.shipping.states import ParcelState
from portal.stock.states import DeviceKind, DeviceState
from tests import factories as make

NOTHING = Bench()
SIGNED = {"charter": CharterGate.SIGNED}


@pytest.fixture
def desk(db):
    """A scan at the school's bench: `desk("FP-000012")`, or `desk("…", bench)` after another."""
    school, clerk = make.school(), make.manager()

    def scan(code, bench=NOTHING):
        with scope.schools(school.id):
            return services.scan(code, bench=bench, school_id=school.id, by=clerk.account_id)

    scan.school, scan.clerk = school, clerk
    return scan


def approved(**values):
    return make.loan(**{"state": LoanState.APPROVED, **SIGNED, **values})


def test_scanning_the_device_set_aside_makes_the_parcel_of_its_loan(desk):
    loan = approved()
    tag = make.device_of(loan).asset_tag
    scan = desk(tag)
    (parcel,) = make.every(Parcel)
    assert (scan.verdict.tone, scan.verdict.word) == ("done", "Prêt")
    assert parcel.code in scan.verdict.text
    assert scan.bench == Bench()
    assert make.fresh(loan).state is LoanState.PREPARING
    assert (parcel.loan_id, parcel.state, parcel.weight) == (loan.id, ParcelState.DRAFT, 2450)
    assert (parcel.recipient, parcel.street, parcel.city) == (loan.recipient, loan.street, loan.city)


@pytest.mark.parametrize("suffix", ["\r\n", "\n", "\r", "\t", "  "])
def test_what_a_scanner_adds_at_the_end_is_understood(desk, suffix):
    loan = approved()
    assert desk(f" {make.device_of(loan).asset_tag.lower()}{suffix}").verdict.word == "Prêt"


def test_a_tag_that_only_begins_the_same_is_refused(desk):
    loan = approved()
    with pytest.raises(Refused, match="Rien dans votre lycée"):
        desk(make.device_of(loan).asset_tag[:-1])
    assert make.fresh(loan).state is LoanState.APPROVED


def test_the_same_scan_again_changes_nothing_and_says_so(desk):
    loan = approved()
    tag = make.device_of(loan).asset_tag
    desk(tag)
    assert desk(tag).verdict.word == "Déjà préparé"
    assert len(make.every(Parcel)) == 1


def test_a_loan_then_a_device_exchanges_what_was_set_aside(desk):
    mine, other = approved(), approved()
    before, wanted = make.device_of(mine), make.device_of(other)
    chosen = desk(mine.reference)
    assert chosen.bench.loan == mine.public_id
    assert before.asset_tag in chosen.verdict.text
    scan = desk(wanted.asset_tag, chosen.bench)
    assert scan.verdict.word == "Prêt"
    assert "autre dossier" in scan.verdict.text
    assert make.device_of(mine).id == wanted.id
    assert make.device_of(other).id == before.id


def test_a_free_device_first_then_the_loan_is_the_same(desk):
    loan, free = approved(with_device=False), make.device()
    first = desk(free.asset_tag)
    assert (first.verdict.word, first.bench.tag) == ("Pour qui ?", free.asset_tag)
    assert desk(loan.reference, first.bench).verdict.word == "Prêt"
    assert make.device_of(loan).id == free.id


def test_a_device_packed_for_somebody_else_is_refused_with_the_loan_named(desk):
    taken, mine = approved(), approved()
    tag = make.device_of(taken).asset_tag
    desk(tag)
    with pytest.raises(Refused, match=taken.reference):
        desk(tag, Bench(loan=mine.public_id))
    assert make.fresh(mine).state is LoanState.APPROVED


def test_another_kind_of_device_is_refused(desk):
    loan = approved()
    tablet = make.device(model=make.device_model(kind=DeviceKind.TABLET))
    with pytest.raises(Refused, match="type de matériel"):
        desk(tablet.asset_tag, Bench(loan=loan.public_id))


@pytest.mark.parametrize("state", [DeviceState.STOLEN, DeviceState.IN_REPAIR, DeviceState.TO_CHECK_IN])
def test_a_device_that_is_not_on_the_shelf_is_refused_with_its_reason(desk, state):
    device = make.device(state=state)
    with pytest.raises(Refused, match="Cet appareil"):
        desk(device.asset_tag)


def test_a_second_device_for_a_loan_already_packed_is_refused(desk):
    loan, other = approved(), make.device()
    tag = make.device_of(loan).asset_tag
    desk(tag)
    with pytest.raises(Refused, match=tag):
        desk(other.asset_tag, Bench(loan=loan.public_id))


def test_a_device_of_another_school_is_unknown(desk):
    elsewhere = make.device(make.school())
    with pytest.raises(Refused, match="Rien dans votre lycée"):
        desk(elsewhere.asset_tag)


def test_an_empty_scan_is_refused_in_words(desk):
    with pytest.raises(Refused, match="vide"):
        desk("\r\n")


@pytest.mark.parametrize("gate", [CharterGate.TO_SIGN, CharterGate.DECLINED, CharterGate.OPPOSED])
def test_without_a_signature_it_is_packed_with_a_warning_and_does_not_leave(desk, gate):
    loan = approved(charter=gate, charter_signed_at=None)
    scan = desk(make.device_of(loan).asset_tag)
    assert (scan.verdict.tone, scan.verdict.word, scan.verdict.fine) == ("waiting", "Charte à signer", False)
    assert make.fresh(loan).state is LoanState.PREPARING


def test_an_address_that_cannot_be_printed_is_told_at_once(desk):
    loan = approved(street="", locality="")
    scan = desk(make.device_of(loan).asset_tag)
    assert scan.verdict.word == "Adresse à corriger"
    assert "rue" in scan.verdict.text


def test_a_kit_for_the_desk_is_set_aside_then_handed_over_by_its_very_device(desk):
    loan, other = approved(delivery=Delivery.SCHOOL), make.device()
    tag = make.device_of(loan).asset_tag
    assert desk(tag).verdict.word == "Mis de côté"
    assert make.every(Parcel) == []
    assert "LoanSetAside" in make.trail(f"loan:{loan.id}")
    assert desk(tag).verdict.word == "Déjà mis de côté"
    assert make.fresh(loan).state is LoanState.AWAITING_PICKUP
    chosen = desk(loan.reference)
    assert tag in chosen.verdict.text
    with pytest.raises(Refused, match=tag):
        desk(other.asset_tag, chosen.bench)
    assert desk(tag, chosen.bench).verdict.word == "Remis"
    assert make.fresh(loan).state is LoanState.LENT
    assert make.device_of(loan).state is DeviceState.LENT


def test_at_the_desk_nothing_is_handed_over_without_a_signature(desk):
    loan = approved(delivery=Delivery.SCHOOL, charter=CharterGate.TO_SIGN)
    tag = make.device_of(loan).asset_tag
    desk(tag)
    chosen = desk(loan.reference)
    assert chosen.verdict.word == "Charte non signée"
    with pytest.raises(Refused, match=NotSigned.message[:20]):
        desk(tag, Bench(loan=loan.public_id))
    assert make.fresh(loan).state is LoanState.AWAITING_PICKUP


def test_undo_cancels_the_parcel_frees_its_number_and_keeps_the_device(desk):
    loan = approved()
    tag = make.device_of(loan).asset_tag
    desk(tag)
    parcel = make.every(Parcel)[0]
    desk("6A15984040331", Bench(loan=loan.public_id))
    for _ in range(2):
        with scope.schools(desk.school.id):
            assert services.unpack(loan.public_id, school_id=desk.school.id).word == "Annulé"
    assert make.fresh(loan).state is LoanState.APPROVED
    assert make.fresh(loan).tracking_number is None
    assert (make.fresh(parcel).state, make.fresh(parcel).tracking_number) == (ParcelState.CANCELLED, None)
    assert make.device_of(loan).asset_tag == tag
    assert desk(tag).verdict.word == "Prêt"


def test_what_has_left_can_no_longer_be_undone(desk):
    parcel = make.parcel(state=ParcelState.HANDED_OVER)
    loan = next(loan for loan in make.every(type(make.loan())) if loan.id == parcel.loan_id)
    with scope.schools(desk.school.id), pytest.raises(DomainError):
        services.unpack(loan.public_id, school_id=desk.school.id)
    assert make.fresh(parcel).state is ParcelState.HANDED_OVER


def test_a_parcel_then_its_sticker_notes_the_tracking_number(desk):
    loan = approved()
    desk(make.device_of(loan).asset_tag)
    parcel = make.every(Parcel)[0]
    chosen = desk(f"{parcel.code}\r\n")
    assert chosen.bench.loan == loan.public_id
    assert desk("6A 15984 04033 1", chosen.bench).verdict.word == "Suivi noté"
    assert make.fresh(parcel).tracking_number == "6A15984040331"
    assert make.fresh(loan).tracking_number == "6A15984040331"


def test_a_number_with_a_wrong_key_is_kept_when_scanned_twice_with_who_confirmed(desk):
    loan = approved()
    desk(make.device_of(loan).asset_tag)
    parcel = make.every(Parcel)[0]
    doubt = desk("6A15984040332", Bench(loan=loan.public_id))
    assert doubt.verdict.word == "Vérifiez"
    assert make.fresh(parcel).tracking_number is None
    assert desk("6A15984040332", doubt.bench).verdict.word == "Suivi noté"
    assert make.fresh(parcel).key_confirmed_by == desk.clerk.account_id


def test_the_bench_is_in_shelf_order_by_natural_numbers_with_its_lanes_counted(desk):
    places = ("B1", "A10", "A2", "")
    for place in places:
        loan = approved(with_device=False)
        make.device(loan=loan, location=place)
    approved(with_device=False)
    make.loan(state=LoanState.AWAITING_PICKUP)
    make.parcel(state=ParcelState.READY)
    make.parcel(state=ParcelState.HANDED_OVER)
    make.loan(state=LoanState.LENT, delivery=Delivery.SCHOOL)
    with scope.schools(desk.school.id):
        board = queries.board(queries.Lane.TO_PREPARE, school_id=desk.school.id)
    assert [line.location for line in board.page.rows] == ["A2", "A10", "B1", "", None]
    assert list(board.counts.values()) == [5, 1, 1, 2]


def test_the_bench_takes_two_statements_and_a_scan_a_constant_number(desk, count_statements):
    counts = []
    for number in (5, 30):
        for _ in range(number):
            approved()
        with scope.schools(desk.school.id), count_statements() as sql:
            queries.board(queries.Lane.TO_PREPARE, school_id=desk.school.id)
        assert sql.count == 2, sql
        tag = make.device_of(approved()).asset_tag
        with count_statements() as sql:
            desk(tag)
        counts.append(sql.count)
    assert counts[0] == counts[1] <= 12, counts
