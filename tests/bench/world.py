"""A whole region of invented people, school by school, as plain rows: the same for the same size, seed and day.

Names, streets and towns are the factories'; loans go through the life cycle's own table, so that a new move or a new
date column is met here first. Three lycées are special, for the benchmarks: one whose head has 200 requests to decide,
one where everybody asks at once, one whose bench has 300 kits to prepare.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Any

from portal.charter.states import SignatureState
from portal.kernel.values.references import new_opaque_code, new_reference
from portal.kernel.values.uai import check_letter
from portal.loans.states import ENDED, CharterGate, Delivery, LoanState
from portal.policy import Role
from portal.shipping.states import ParcelState
from portal.stock.states import Condition, DeviceKind, DeviceState, Pool
from tests.factories import people
from tests.factories.loans import DATES, NEEDS_SIGNATURE, WITH_DEVICE, moves_to

Row = dict[str, Any]
S = LoanState
MIX: dict[LoanState | None, float] = {
    S.LENT: 0.60, None: 0.10, S.SUBMITTED: 0.06, S.APPROVED: 0.06, S.PREPARING: 0.03, S.IN_TRANSIT: 0.03, S.DRAFT: 0.02,
    S.WAITLISTED: 0.02, S.AWAITING_PICKUP: 0.02, S.REFUSED: 0.02, S.CLOSED: 0.02, S.WITHDRAWN: 0.01, S.RETURNING: 0.01,
}  # fmt: skip
"""What has become of a school's students in November."""

QUEUE, RUSH, BENCH = 1, 2, 3
"""The special schools: 200 requests wait in the first, everybody asks in the second, 300 kits wait in the third."""

WAITING, TO_PREPARE = 200, 300
TOLD = {
    "submit": "LoanSubmitted", "approve": "LoanApproved", "refuse": "LoanRefused", "waitlist": "LoanWaitlisted",
    "withdraw": "LoanWithdrawn", "prepare": "LoanPrepared", "set_aside": "LoanSetAside", "send": "LoanSent",
    "receive": "LoanReceived", "collect": "LoanReceived",
}  # fmt: skip
STOCK_MOVES = {"approve": "reserve", "send": "lend", "collect": "lend"}
LOOKS = (*Condition, None)
CLASSES = [
    (f"{level} {letter}", level, age) for level, age in (("2DE", 15), ("1RE", 16), ("TLE", 17)) for letter in "ABCDEF"
]


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each; the default is the programme's own scale (design.md, section 5)."""

    schools: int = 355
    students: int = 200_000
    guardians: int = 300_000
    devices: int = 220_000

    @classmethod
    def scaled(cls, scale: float) -> "Size":
        """A region that many times as large: fewer lycées, each as big as a real one, but never fewer than three."""
        whole = cls()
        return cls(
            max(BENCH, round(whole.schools * scale)),
            *(max(BENCH, round(count * scale)) for count in (whole.students, whole.guardians, whole.devices)),
        )

    def share(self, total: int, school: int) -> range:
        """The numbers, from 1, that this school has of a total: shares differ by one at most."""
        return range(total * (school - 1) // self.schools + 1, total * school // self.schools + 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What exists before the schools: the region, its campaign, its charter and its models."""

    region_id: int
    campaign_id: int
    version_id: int
    model_ids: dict[DeviceKind, int]


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in, and with which grant."""

    account_id: int
    grant_id: int


REGION = Door(1, 1)


def head(school: int) -> Door:
    """The head of a lycée."""
    return Door(2 * school, 2 * school)


def manager(school: int) -> Door:
    """The manager of a lycée, who is its technician too, under the next grants."""
    return Door(2 * school + 1, 2 * school + 1)


class Digits:
    """Chance for a reference: the symbols that a number stands for, spread so that neighbours do not look alike."""

    SPREAD = 0x9E3779B97F4A7C15 | 1
    """Odd: two numbers below 2³⁵ never get the same seven symbols."""

    def __init__(self, number: int) -> None:
        self.left = number * self.SPREAD

    def choice(self, seq: Sequence[str], /) -> str:
        self.left, place = divmod(self.left, len(seq))
        return seq[place]


def session_key(door: Door) -> str:
    """The cookie of a person's browser, known to the benchmarks."""
    return f"bench-{door.account_id}-{door.grant_id}"


@cache
def way(state: LoanState, delivery: Delivery) -> tuple[str, ...]:
    return tuple(moves_to(state, delivery))


@dataclass
class World:
    """Rows of every table, one school at a time; ids are given here, so that rows can name one another."""

    size: Size
    ground: Ground
    now: datetime
    seed: int = 40
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.movements = self.audits = self.parcels = 0

    def public_id(self) -> str:
        return urlsafe_b64encode(self.rng.randbytes(16)).rstrip(b"=").decode()

    def add(self, table: str, **values: Any) -> Row:
        self.rows.setdefault(table, []).append(values)
        return values

    def region(self) -> dict[str, list[Row]]:
        """The directory, the lycées and those who work there."""
        self.rows = {}
        self._door(REGION, "Région", Role.REGION, None)
        for number in range(1, self.size.schools + 1):
            self._school(number)
            self._door(head(number), people.full_name(number), Role.HEAD, number)
            self._door(manager(number), people.full_name(number + 5), Role.MANAGER, number)
            tour = Door(manager(number).account_id, 2 * self.size.schools + 1 + number)
            self.add(
                "role_grant", id=tour.grant_id, public_id=self.public_id(), **self._grant(tour, Role.TECHNICIAN, number)
            )
            self._session(tour)
        return self.rows

    def school(self, number: int) -> dict[str, list[Row]]:
        """A lycée's students, their families, its devices and its loans, in an order that respects references."""
        self.rows = {}
        students = self.size.share(self.size.students, number)
        guardians = iter(self.size.share(self.size.guardians, number))
        spare = len(self.size.share(self.size.guardians, number)) - len(students)
        devices = iter(self.size.share(self.size.devices, number))
        self.handover = self.add(
            "handover", id=number, public_id=self.public_id(), school_id=number, number=f"BD-{number:04d}-0001",
            at=self.now - timedelta(days=9), by=manager(number).account_id, parcels=0,
        )  # fmt: skip
        for place, student in enumerate(students):
            count = 1 + ((place + 1) * spare // len(students) - place * spare // len(students))
            asking = self._family(number, student, place, [next(guardians) for _ in range(min(count, 2))])
            state = self._fate(number, place)
            if state is not None:
                self._loan(number, student, asking, state, devices)
        for device in devices:
            self._device(number, device)
        return self.rows

    def _fate(self, school: int, place: int) -> LoanState | None:
        if school == RUSH or (school == QUEUE and place < WAITING):
            return S.SUBMITTED
        if school == BENCH and place < TO_PREPARE:
            return S.APPROVED
        return self.rng.choices(STATES, cum_weights=WEIGHTS)[0]

    def _school(self, number: int) -> None:
        digits = f"{(8, 10, 51, 52, 54, 55, 57, 67, 68, 88)[number % 10]:03d}{number:04d}"
        name, address = f"Lycée {people.FAMILY[number % 10]} {number}", people.address(number, "Lycée")
        self.add(
            "directory_entry", uai=digits + check_letter(digits), name=name, raw_name=name.upper(), city=address["city"],
            postcode=address["postcode"], department=address["postcode"][:2], region_code="44", country="FR",
        )  # fmt: skip
        self.add(
            "school", id=number, public_id=self.public_id(), uai=digits + check_letter(digits), name=name,
            region_id=self.ground.region_id, head_name=people.full_name(number), head_title="proviseure",
            contact_name=people.full_name(number + 5), contact_phone=people.mobile(number),
            contact_email=f"pret.{number}@example.org", contact_hours="du lundi au vendredi, de 8 h à 17 h",
            pickup_place="Bureau de la gestion, bâtiment A", **{**address, "recipient": name},
        )  # fmt: skip

    def _door(self, door: Door, name: str, role: Role, school: int | None) -> None:
        self._account(door.account_id, name, f"agent.{door.account_id}@example.org")
        self.add("role_grant", id=door.grant_id, public_id=self.public_id(), **self._grant(door, role, school))
        self._session(door)

    def _account(self, number: int, name: str, email: str) -> None:
        self.add("account", id=number, public_id=self.public_id(), name=name, email=email, created_at=self.now)

    @staticmethod
    def _grant(door: Door, role: Role, school: int | None) -> Row:
        return {"account_id": door.account_id, "role": role, "at_school_id": school, "starts_on": date(2020, 9, 1)}

    def _session(self, door: Door) -> None:
        self.add(
            "web_session", id_hash=sha256(session_key(door).encode()).hexdigest(), account_id=door.account_id,
            data=f'{{"_user_id": "{door.account_id}:{door.grant_id}", "_fresh": true, "strong": true, "csrf_token": "{CSRF}"}}',
            created_at=self.now, seen_at=self.now,
        )  # fmt: skip

    def _family(self, school: int, student: int, place: int, guardians: list[int]) -> int:
        """A student with one or two guardians; the first has an account, whose number is returned."""
        rng, family = self.rng, people.family_name(student)
        group, level, age = CLASSES[place % len(CLASSES)]
        born = date(self.now.year - age, 1, 1) - timedelta(days=rng.randrange(365))
        self.add(
            "student", id=student, public_id=self.public_id(), school_id=school, source_id=f"E{student}",
            family_name=family, given_name=people.given_name(student // 10), birth_date=born, class_name=group, level=level,
        )  # fmt: skip
        account = 2 * self.size.schools + 1 + student
        for rank, guardian in enumerate(guardians):
            name = f"{people.given_name(guardian + rank)} {family}"
            email = f"famille.{guardian}@example.org"
            if rank == 0:
                self._account(account, name, email)
                if student % WITH_SESSION == 0:
                    self._session(Door(account, 0))
            self.add(
                "guardian", id=guardian, public_id=self.public_id(), school_id=school, source_id=f"R{guardian}", name=name,
                email=email, mobile=people.mobile(guardian), account_id=None if rank else account,
                **people.address(guardian, name),
            )  # fmt: skip
            self.add(
                "guardianship", id=guardian, school_id=school, student_id=student, guardian_id=guardian,
                kinship="père" if rank else "mère", may_sign=True,
            )  # fmt: skip
        return account

    def _loan(self, school: int, student: int, account: int, state: LoanState, devices: Iterator[int]) -> None:
        """A request and everything that happened to it since."""
        row = self._request(school, student, account, state)
        path = way(state, row["delivery"])
        device = self._device(school, next(devices), state, student) if state in WITH_DEVICE else None
        self._tell("LoanStarted", row, row["started_at"])
        for step, name in enumerate(path, start=1):
            self._step(row, name, row["started_at"] + step * DAYS_APART, device)
        if state is S.REFUSED:
            row["reason"] = "Un prêt est déjà en cours pour cet élève."
        if state in ENDED:
            row["ended_at"] = row["started_at"] + len(path) * DAYS_APART
        if state is not S.DRAFT:
            self._signature(row)
        if device and "send" in path:
            self._parcel(row, device)

    def _request(self, school: int, student: int, account: int, state: LoanState) -> Row:
        rng, ready = self.rng, school == BENCH and state is S.APPROVED
        by_desk = state is S.AWAITING_PICKUP or (rng.random() < BY_DESK and state is not S.IN_TRANSIT and not ready)
        delivery = Delivery.SCHOOL if by_desk else Delivery.HOME
        signed = state in NEEDS_SIGNATURE or ready or (state is not S.DRAFT and rng.random() < SIGNED)
        moves = len(way(state, delivery))
        at = self.now - moves * DAYS_APART - timedelta(days=1, minutes=rng.randrange(20_000))
        home = {**people.address(student, f"Famille {people.family_name(student)}"), "address_confirmed": True}
        return self.add(
            "loan", id=student, public_id=self.public_id(), reference=new_reference(Digits(student)), school_id=school,
            campaign_id=self.ground.campaign_id, student_id=student, kind=DeviceKind.LAPTOP, state=state,
            charter=CharterGate.SIGNED if signed else CharterGate.TO_SIGN, requested_by=account, delivery=delivery,
            contact_email=f"famille.{student}@example.org", contact_mobile=people.mobile(student), started_at=at,
            saved_at=at, charter_signed_at=at + timedelta(hours=2) if signed else None, version=1 + moves,
            **({} if by_desk else home),
        )  # fmt: skip

    def _step(self, loan: Row, name: str, at: datetime, device: int | None) -> None:
        """One move: its date on the loan, its line in the audit trail, the device's own move."""
        school = loan["school_id"]
        if name in DATES:
            loan[DATES[name]] = at
        if DATES.get(name) == "decided_at":
            loan |= {"decided_by": head(school).account_id, "told_at": at + timedelta(minutes=10)}
        self._tell(TOLD.get(name), loan, at)
        if device and name in STOCK_MOVES:
            self.movements += 1
            self.add(
                "device_movement", id=self.movements, school_id=school, device_id=device, loan_id=loan["id"],
                transition=STOCK_MOVES[name], at=at, account_id=manager(school).account_id,
            )  # fmt: skip

    def _tell(self, kind: str | None, loan: Row, at: datetime) -> None:
        if kind:
            self.audits += 1
            self.add(
                "audit_line", id=self.audits, at=at, actor="account", account_id=loan["requested_by"], role="family",
                school_id=loan["school_id"], kind=kind, subject=f"loan:{loan['id']}",
                payload={"school_id": loan["school_id"], "loan_id": loan["id"]},
            )  # fmt: skip

    def _device(self, school: int, number: int, state: LoanState | None = None, loan: int | None = None) -> int:
        free = loan is None
        kind = DeviceKind.TABLET if free and number % 12 == 0 else DeviceKind.LAPTOP
        self.add(
            "device", id=number, public_id=self.public_id(), school_id=school, serial=f"5CD{number:07d}X",
            asset_tag=f"GE{school}-{number:06d}", model_id=self.ground.model_ids[kind], kind=kind,
            pool=Pool.EMERGENCY if free and number % 25 == 0 else Pool.ALLOTMENT,
            state=WITH_DEVICE[state] if state else DeviceState.IN_STOCK,
            location=f"{'ABCDEF'[number // 12 % 6]}{number % 12 + 1:02d}", loan_id=loan, student_id=loan,
            condition=LOOKS[number % len(LOOKS)],
        )  # fmt: skip
        return number

    def _signature(self, loan: Row) -> None:
        signed = loan["charter_signed_at"] is not None
        at, digest = loan["started_at"], sha256(loan["reference"].encode()).hexdigest()
        done = {
            "presented_key": f"charter/{digest}.pdf", "presented_sha256": digest, "opened_at": at, "displayed_at": at,
            "verified_at": at, "signed_at": loan["charter_signed_at"], "sealed_at": loan["charter_signed_at"],
            "sealed_key": f"sealed/{digest}.pdf", "account_id": loan["requested_by"], "codes_asked": 1,
        }  # fmt: skip
        self.add(
            "charter_signature", id=loan["id"], public_id=self.public_id(), school_id=loan["school_id"],
            loan_id=loan["id"], student_id=loan["id"], version_id=self.ground.version_id, legal_title="guardian",
            name_on_record=f"Famille {people.family_name(loan['id'])}", state=SignatureState.SEALED if signed else SignatureState.INVITED,
            invited_at=at, **(done if signed else dict.fromkeys(done)) | {"codes_asked": int(signed)},
        )  # fmt: skip

    def _parcel(self, loan: Row, device: int) -> None:
        self.parcels += 1
        gone, there = loan["sent_at"], loan.get("received_at")
        loan["tracking_number"] = number = f"6A{self.parcels:011d}"
        self.handover["parcels"] += 1
        self.add(
            "parcel", id=self.parcels, public_id=self.public_id(), code=new_opaque_code("P", Digits(self.parcels)),
            school_id=loan["school_id"], loan_id=loan["id"], student_id=loan["id"], device_id=device, weight=2350,
            state=ParcelState.DELIVERED if there else ParcelState.IN_TRANSIT, tracking_number=number,
            handover_id=loan["school_id"], made_at=loan["prepared_at"], printed_at=loan["prepared_at"],
            sealed_at=loan["prepared_at"], checklist=["Appareil éteint"], handed_over_at=gone, delivered_at=there,
            **people.address(loan["id"], loan["recipient"] or ""),
        )  # fmt: skip


STATES, WEIGHTS = list(MIX), list(accumulate(MIX.values()))
BY_DESK, SIGNED = 0.3, 0.75
"""Shares of the families that collect the kit, and of those that have signed before it is needed."""

DAYS_APART = timedelta(days=2)
"""What passes between two moves of a loan."""

WITH_SESSION = 20
"""One family in so many is signed in."""

CSRF = "0f" * 20
"""The secret of every session's forms: the benchmarks post too."""
