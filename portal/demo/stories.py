"""Loans in every state, so that no screen of the demo is empty: played through the same use-cases as real life.

Each story happens at its own dates, with the clock held; the charters are really printed, signed with a drawn code and
sealed. What the worker would have announced in the past is not announced again today.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from portal.charter import handlers as charter_office
from portal.charter import queries as signatures
from portal.charter import services as charter
from portal.charter.events import CharterPresented, CharterSealed, CharterSigned, CodeAsked, SignatureInvited
from portal.demo import distribution
from portal.demo.people import Town
from portal.distribution.events import LaptopHandedOver
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.loans import queries as loan_queries
from portal.loans import services as loans
from portal.loans.events import (
    LoanApproved,
    LoanReceived,
    LoanRefused,
    LoanSent,
    LoanSetAside,
    LoanWaitlisted,
    TrackingNumberKnown,
)
from portal.loans.states import Delivery
from portal.platform import outbox
from portal.platform.actor import Signature, acting
from portal.platform.work import unit_of_work
from portal.policy import Role
from portal.recalls import services as recalls
from portal.shipping import queries as parcels
from portal.shipping import services as shipping
from portal.shipping.rules import Bench, Trio
from portal.stock import queries as stock
from portal.stock.states import DeviceKind, DeviceState, Pool

SESSION = "demo"
NO_DELAY = 0
TO_PACK, PACKED = 27, 3
"""Loans for homes that wait at the bench: thirty parcels in all, one collection of the carrier's."""

TRACKING = ("6A15984040331", "6A18987970674", "6A15602676300", "6A15602683841", "8L20524752032", "8L01234567895")
"""Published sample numbers whose key is right (La Poste documentation and public test suites)."""

PAST_NEWS = (
    CharterPresented, CharterSealed, CharterSigned, CodeAsked, LaptopHandedOver, LoanApproved, LoanReceived, LoanRefused, LoanSent,
    LoanSetAside, LoanWaitlisted, TrackingNumberKnown,
)  # fmt: skip
"""What families were told long ago. Requests, invitations and deposit slips are left to the worker, which does them."""


@dataclass(frozen=True, slots=True)
class School:
    """One lycée's people, for the stories."""

    id: int
    head: int
    manager: int
    students: dict[str, int]
    accounts: dict[int, int]
    town: Town

    def ordinary(self) -> Iterator[int]:
        """The students of the crowd whose family has an account."""
        return (
            student for source, student in self.students.items() if source[1:].isdigit() and student in self.accounts
        )


def play(schools: Iterable[School]) -> str:
    """Every story; returns one line for the console."""
    first, second, third = schools
    _metz(first)
    _small(second, waiting=5, lent=1)
    _small(third, waiting=3, lent=1)
    with unit_of_work():
        outbox.settle(PAST_NEWS, before=clock.after(days=-2))
    return "loans in every state"


def _metz(school: School) -> None:
    """The lycée whose head and manager one can be: everything happens here."""
    take = _Taker(school.ordinary())
    _tablets(school, take)
    ended = take(5)
    for days, student, ending in zip((80, 78, 76, 74, 72), ended, ENDINGS, strict=True):
        ending(school, _lent(school, student, days=days))
    _lent(school, school.students["ines"], days=40)
    _on_the_road(school, take(2))
    _urgent(school, take(2))
    _at_the_bench(school, take(TO_PACK), packed=take(PACKED), to_collect=take(2))
    for days, student in enumerate(take(3)):
        _signed_request(school, student, days=days + 1)
    for days, student in enumerate(take(9)):
        _request(school, student, days=days + 1, delivery=Delivery.HOME if days % 4 else Delivery.SCHOOL)
    _request(school, school.students["leo"], days=1)
    _decided(school, take(3))
    _drafts(school, take(2))
    distribution.play(school, take(5), approved=_approved)


def _small(school: School, *, waiting: int, lent: int) -> None:
    """A quieter lycée."""
    take = _Taker(school.ordinary())
    for days, student in enumerate(take(lent)):
        _lent(school, student, days=30 + days)
    for days, student in enumerate(take(waiting)):
        _request(school, student, days=days + 1)
    if "lina" in school.students:
        loan = _prepared(school, school.students["lina"], days=6)
        _handed_over(school, [loan], days=2, numbers=TRACKING[5:])


class _Taker:
    """Hands out students who have no story yet."""

    def __init__(self, students: Iterable[int]) -> None:
        self._students = iter(students)

    def __call__(self, count: int) -> list[int]:
        return list(islice(self._students, count))


@contextmanager
def _on(days: float, *, by: int, role: Role) -> Iterator[None]:
    """Some days ago, as somebody."""
    with clock.frozen(clock.now() - timedelta(days=days)), acting(Signature("account", by, role)):
        yield


def _request(
    school: School,
    student: int,
    *,
    days: float,
    kind: DeviceKind = DeviceKind.LAPTOP,
    delivery: Delivery = Delivery.HOME,
) -> int:
    """A family asks; those who must sign are invited by the worker, at its start."""
    family = school.accounts[student]
    with _on(days, by=family, role=Role.FAMILY):
        loan = loans.start(student_id=student, account_id=family, kind=kind)
        loans.save_delivery(loan.id, delivery=delivery)
        address = PostalAddress(
            recipient=f"Famille {loan_queries.by_id(loan.id).student.family_name}",
            street=f"{3 + student % 90} rue des Tilleuls",
            postcode=school.town.postcode,
            city=school.town.name,
        )
        loans.save_address(loan.id, address=address, confirmed=student % 7 != 0)
        loans.save_contact(loan.id, email=f"famille.{student}@example.org", mobile=None, note=None)
        loans.submit(loan.id)
    return loan.id


def _signed_request(school: School, student: int, *, days: float, delivery: Delivery = Delivery.HOME) -> int:
    loan, family = _request(school, student, days=days, delivery=delivery), school.accounts[student]
    with _on(days - 0.1, by=family, role=Role.FAMILY):
        _sign(loan, school, by=family)
    return loan


def _sign(loan_id: int, school: School, *, by: int) -> None:
    """The way of every signature: printed, read, a code asked, drawn and typed, sealed."""
    (signature_id,) = (one for one in charter.invite(loan_id) if signatures.file_of(one).signature.account_id == by)
    about: dict[str, Any] = {"school_id": school.id, "signature_id": signature_id, "loan_id": loan_id}
    charter_office.present(SignatureInvited(**about), SESSION)
    charter.confirm_reading(signature_id, by=by, language="fr")
    person = signatures.file_of(signature_id)
    charter.ask_code(signature_id, channel="email" if person.email else "sms", session=SESSION)
    drawn = charter.draw_code(signature_id)
    if drawn is None:
        raise RuntimeError("the demo's code was not drawn")
    name = person.signature.name_on_record
    refusals = charter.sign(signature_id, name=name, consent=True, code=drawn.code, session=SESSION)
    if refusals:
        raise RuntimeError(f"the demo's signature was refused: {refusals}")
    charter_office.seal(CharterSigned(**about), SESSION)


def _approved(school: School, students: Sequence[int], *, days: float, delivery: Delivery = Delivery.HOME) -> list[int]:
    asked = [_signed_request(school, student, days=days, delivery=delivery) for student in students]
    with _on(days - 0.5, by=school.head, role=Role.HEAD):
        loans.approve(asked, by=school.head, undo_seconds=NO_DELAY)
        for loan in asked:
            loans.note_told(loan)
    return asked


def _prepared(school: School, student: int, *, days: float, delivery: Delivery = Delivery.HOME) -> int:
    (loan,) = _approved(school, [student], days=days, delivery=delivery)
    with _on(days - 1, by=school.manager, role=Role.MANAGER):
        tag = stock.of_loans([loan])[loan].asset_tag
        shipping.scan(tag, bench=Bench(), school_id=school.id, by=school.manager)
    return loan


def _handed_over(school: School, on_the_bench: list[int], *, days: float, numbers: Iterable[str] = ()) -> None:
    """Slips printed, numbers stuck on, the batch given to the carrier."""
    with _on(days, by=school.manager, role=Role.MANAGER):
        boxes = [parcels.live_parcel(loan) for loan in on_the_bench]
        waiting = [box for box in boxes if box is not None]
        shipping.mark_printed([box.id for box in waiting])
        for box, number in zip(waiting, numbers, strict=False):
            shipping.note_tracking(box.public_id, text=number, confirmed=False, by=school.manager)
        for box in waiting:
            _checked(school, box.public_id)
        shipping.hand_over([box.public_id for box in waiting], school_id=school.id)


def _checked(school: School, public_id: str) -> None:
    """Device, slip and loan scanned; the slip once more when the box is closed."""
    line, trio = parcels.of_parcel(public_id), Trio()
    for code in (line.asset_tag or "", line.code or "", line.reference, line.code or ""):
        trio = shipping.check(code, trio=trio, school_id=school.id, by=school.manager).trio


def _lent(school: School, student: int, *, days: float) -> int:
    loan = _prepared(school, student, days=days)
    _handed_over(school, [loan], days=days - 2)
    with _on(days - 4, by=school.accounts[student], role=Role.FAMILY):
        loans.receive(loan)
        shipping.note_delivered(loan)
    return loan


def _returning(_school: School, loan: int) -> None:
    with clock.frozen(clock.after(days=-3)):
        loans.turn_back(loan)


def _closed(_school: School, loan: int) -> None:
    with clock.frozen(clock.after(days=-20)):
        loans.turn_back(loan)
        loans.close(loan)


def _kept(_school: School, loan: int) -> None:
    with clock.frozen(clock.after(days=-15)):
        loans.keep(loan)


def _stolen(_school: School, loan: int) -> None:
    with clock.frozen(clock.after(days=-12)):
        loans.write_off(loan, device="declare_stolen")


def _broken_then_asked_again(school: School, loan: int) -> None:
    """An earlier breakage: the head will see it beside the new request."""
    student = loan_queries.by_id(loan).student_id
    with clock.frozen(clock.after(days=-10)):
        loans.write_off(loan, device="declare_broken")
    _request(school, student, days=3)


ENDINGS = (_returning, _closed, _kept, _stolen, _broken_then_asked_again)


def _tablets(school: School, take: _Taker) -> None:
    """Six families want a tablet, the lycée has four: two wait."""
    asked = [_request(school, student, days=9, kind=DeviceKind.TABLET, delivery=Delivery.SCHOOL) for student in take(6)]
    with _on(8, by=school.head, role=Role.HEAD):
        decision = loans.approve(asked, by=school.head, undo_seconds=NO_DELAY)
        for loan in (*decision.approved, *decision.waitlisted):
            loans.note_told(loan)


def _on_the_road(school: School, students: list[int]) -> None:
    """Parcels with the carrier, and their numbers."""
    loans_sent = [_prepared(school, student, days=7) for student in students]
    _handed_over(school, loans_sent, days=3, numbers=TRACKING)


def _urgent(school: School, students: list[int]) -> None:
    """Two devices of the emergency pool: one should be back, the other soon."""
    spare = stock.ids({"dotation": Pool.EMERGENCY, "etat": DeviceState.IN_STOCK, "recherche": "GE1-"}, most=2)
    for days, student, (tag, _) in zip((44, 26), students, stock.to_label(spare), strict=True):
        (loan,) = _approved(school, [student], days=days + 1, delivery=Delivery.SCHOOL)
        with _on(days, by=school.manager, role=Role.MANAGER):
            loans.hand_over(loan, asset_tag=tag)
            recalls.expect_back(loan)


def _at_the_bench(school: School, to_pack: list[int], *, packed: list[int], to_collect: list[int]) -> None:
    """Approved and waiting on the shelf, a whole collection of the carrier's; packed; set aside for the student."""
    _approved(school, to_pack, days=4)
    for student in packed:
        _prepared(school, student, days=5)
    for student in to_collect:
        _prepared(school, student, days=5, delivery=Delivery.SCHOOL)


def _decided(school: School, students: list[int]) -> None:
    """One refused, one withdrawn, one approved without a signature."""
    refused, withdrawn, unsigned = (_request(school, student, days=12) for student in students)
    with _on(11, by=school.head, role=Role.HEAD):
        reason = "L’élève dispose déjà d’un ordinateur prêté par son ancien lycée."
        loans.refuse([refused], reason=reason, by=school.head, undo_seconds=NO_DELAY)
        loans.approve([unsigned], by=school.head, undo_seconds=NO_DELAY)
        for loan in (refused, unsigned):
            loans.note_told(loan)
    with _on(10, by=school.accounts[students[1]], role=Role.FAMILY):
        loans.withdraw(withdrawn)


def _drafts(school: School, students: list[int]) -> None:
    """Two families stopped half-way."""
    for student in students:
        family = school.accounts[student]
        with _on(2, by=family, role=Role.FAMILY):
            loan = loans.start(student_id=student, account_id=family)
            loans.save_delivery(loan.id, delivery=Delivery.HOME)
