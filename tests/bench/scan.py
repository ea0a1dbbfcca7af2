"""A device is scanned for a loan: the use-case alone, then through the server, from one desk and from eight at once.

In the race every code is scanned by two desks within the same moment. Afterwards each loan must have been prepared
exactly once, hold exactly one device, and have exactly one parcel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import scope
from portal.shipping import services
from portal.shipping.rules import Bench
from portal.stock.models import Device
from tests.bench.again import Before
from tests.bench.measure import Line, milliseconds, say
from tests.bench.rig import KEY, Rig, Visitor, recorded, signed_in, together
from tests.bench.world import BENCH, CSRF, manager
from tests.databases import HOST

DESKS = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """How many kits are prepared in each way."""

    alone: int = 25
    served: int = 120


@dataclass(frozen=True, slots=True)
class Kit:
    """A loan granted and signed for, and the device set aside for it."""

    loan_id: int
    tag: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where scans happen: the servers' ports, a clerk's headers, and what to go back to."""

    rig: Rig
    engine: str
    web: int
    constant: int
    headers: dict[str, str]
    before: Before


def kits(count: int) -> list[Kit]:
    """What waits at the bench."""
    rows = db.session.execute(
        select(Loan.id, Device.asset_tag)
        .join(Device, Device.loan_id == Loan.id)
        .where(Loan.school_id == BENCH, Loan.state == LoanState.APPROVED)
        .order_by(Loan.id)
        .limit(count)
    ).all()
    db.session.rollback()
    return [Kit(*row) for row in rows]


def run(rig: Rig, engine: str, effort: Effort) -> list[Line]:
    """The use-case against its statements; the server with one desk and with eight against a constant page."""
    app = rig.portal(engine)
    web, constant = rig.web(app), rig.constant()
    headers = signed_in(app, manager(BENCH)) | {
        "X-CSRFToken": str(URLSafeTimedSerializer(KEY, salt="wtf-csrf-token").dumps(CSRF)),
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"{HOST}/preparation",
        "HX-Request": "true",
    }
    with app.app_context(), scope.schools(BENCH):
        before, waiting = Before(BENCH), kits(max(effort.alone, effort.served))
        say(f"{engine}: scans")
        place = Place(rig, engine, web, constant, headers, before)
        alone, served = waiting[: effort.alone], waiting[: effort.served]
        return [_alone(place, alone), *(_served(place, served, desks) for desks in (1, DESKS))]


def _alone(place: Place, waiting: Sequence[Kit]) -> Line:
    times: list[float] = []
    bare: list[float] = []
    count = 0
    for kit in waiting:

        def scan(tag: str = kit.tag) -> None:
            services.scan(tag, bench=Bench(), school_id=BENCH, by=manager(BENCH).account_id)

        with recorded() as sent:
            times.append(milliseconds(scan))
        count = sent.count
        place.before.restore([kit.loan_id])
        bare.append(milliseconds(lambda sent=sent: sent.again(write=True)))
        place.before.restore([kit.loan_id])
    return Line(f"scan, the use-case, {place.engine}", times[1:], bare[1:], "its statements by the driver", count)


def _served(place: Place, waiting: Sequence[Kit], desks: int) -> Line:
    """Each kit is scanned once from one desk; from several, each by two desks at about the same time."""
    times: list[float] = []
    bare: list[float] = []
    said: list[int] = []
    shares = [waiting] if desks == 1 else [waiting[desk // 2 :: desks // 2] for desk in range(desks)]

    def work(share: Sequence[Kit]) -> None:
        with Visitor(place.web, place.headers) as clerk, Visitor(place.constant, place.headers) as idle:
            size = f"/{len(clerk.get('/preparation')[1])}"
            for kit in share:
                bare.append(milliseconds(lambda: idle.get(size)))
                form = urlencode({"code": kit.tag})
                times.append(milliseconds(lambda form=form: said.append(clerk.post("/preparation/scan", form)[0])))

    together([partial(work, share) for share in shares])
    place.rig.expect(set(said), {HTTPStatus.OK, HTTPStatus.CONFLICT}, path="/preparation/scan", port=place.web)
    ids = [kit.loan_id for kit in waiting]
    _verify(ids)
    place.before.restore(ids)
    name = f"scan, the server, {desks} desk{'s' * (desks > 1)}, {place.engine}"
    return Line(name, times, bare, "same server, constant page;", None, "no kit prepared twice")


def _verify(ids: list[int]) -> None:
    """Each loan prepared once, with one device and one parcel: whatever the desks did at once."""
    tables = db.metadata.tables
    loan, device, parcel, line = (tables[name] for name in ("loan", "device", "parcel", "audit_line"))
    subjects = [f"loan:{number}" for number in ids]
    prepared = (line.c.kind == "LoanPrepared") & line.c.subject.in_(subjects)
    with db.engine.connect() as link:
        states = set(link.scalars(select(loan.c.state).where(loan.c.id.in_(ids))))
        counts = [
            link.scalar(select(func.count(column)).where(condition))
            for column, condition in (
                (device.c.id, device.c.loan_id.in_(ids)),
                (device.c.loan_id.distinct(), device.c.loan_id.in_(ids)),
                (parcel.c.id, parcel.c.loan_id.in_(ids)),
                (line.c.id, prepared),
                (line.c.subject.distinct(), prepared),
            )
        ]
    assert states == {LoanState.PREPARING}, states
    assert counts == [len(ids)] * len(counts), f"devices, holders, parcels, preparations, loans: {counts} of {len(ids)}"
