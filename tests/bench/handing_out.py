"""A distribution day: six stations of one lycée as fast as they can, then every lycée at once, then a race for devices.

A hand-over is two scans, the student's and the device's; the notes say how many hand-overs an hour the server gives to
stations that never wait for anybody (one lycée needs 300, six stations 1,800) and how many a second the region gets
(355 lycées need 30). In the race, every attempt takes a device at random for a student at random, from several threads:
afterwards each device lent must have one holder, and each loan one device, one turn and one line in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from random import Random
from time import perf_counter, sleep
from typing import Self
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from portal.distribution.gate import Held
from portal.distribution.rules import new_student_code
from portal.distribution.services import scanning
from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.references import new_public_id
from portal.loans.states import Delivery, LoanState
from portal.platform import scope
from tests.bench.again import Before
from tests.bench.measure import Check, Line, milliseconds, p95, say
from tests.bench.rig import KEY, Rig, Visitor, recorded, signed_in, together
from tests.bench.world import BENCH, CSRF, Size, manager
from tests.databases import HOST

STATIONS, THREADS = 6, 8
SCAN = "distribution.scan"
AN_HOUR, A_SECOND, SERVER_SIDE = 1_800, 30, 50
"""The programme's budget: hand-overs an hour at six stations, a second in the region, and milliseconds a scan."""

PACE = 4 * AN_HOUR / 3600
"""Hand-overs a second, four times the budget, at which a scan's own time is measured: people wait between two."""

MADE = ("scan", "attendance", "station", "distribution_session")
"""Tables that only a day fills, those that name others first."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many hand-overs are made in each way, and how many attempts race."""

    alone: int = 20
    paced: int = 60
    served: int = 120
    each_lycee: int = 12
    attempts: int = 1_000

    @classmethod
    def at(cls, size: Size) -> Self:
        """On the whole programme, as much as its budget speaks of: an hour of one lycée, and the race."""
        return cls(served=300, attempts=10_000) if size.schools >= Size.scaled(1).schools else cls()


@dataclass(frozen=True, slots=True)
class Pupil:
    """Somebody who waits at workshop 2: the code of their label, their loan, and the device set aside."""

    loan_id: int
    student_id: int
    code: str
    tag: str


@dataclass
class Day:
    """One lycée's session with its stations, made beside the use-cases: no time of it is counted."""

    school_id: int
    most: int
    pupils: list[Pupil] = field(default_factory=list)
    stations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = Before(self.school_id)
        loans, devices = (db.metadata.tables[name] for name in ("loan", "device"))
        with db.engine.begin() as link:
            waiting = link.execute(
                select(loans.c.id, loans.c.student_id, loans.c.campaign_id, devices.c.asset_tag)
                .join(devices, devices.c.loan_id == loans.c.id)
                .where(loans.c.school_id == self.school_id, loans.c.state == LoanState.APPROVED)
                .where(loans.c.charter == "signed")
                .order_by(loans.c.id)
                .limit(self.most)
            ).all()
            ids = [row.id for row in waiting]
            link.execute(update(loans).where(loans.c.id.in_(ids)).values(delivery=Delivery.SCHOOL))
            session = self._add(link, "distribution_session", campaign_id=waiting[0].campaign_id, name="Banc",
                                day=clock.today(), state=SessionState.OPEN, rehearsal=False, made_at=clock.now(),
                                opened_at=clock.now())  # fmt: skip
            for number in range(1, STATIONS + 1):
                self.stations.append(new_public_id())
                self._add(link, "station", public_id=self.stations[-1], session_id=session, number=number,
                          workshop=Workshop.DEVICE, account_id=manager(self.school_id).account_id, waiting=0)  # fmt: skip
            for row in waiting:
                self.pupils.append(Pupil(row.id, row.student_id, new_student_code(), row.asset_tag))
                self._add(link, "attendance", session_id=session, student_id=row.student_id, loan_id=row.id,
                          class_name="2DE A", code=self.pupils[-1].code, state=AttendanceState.CLEARED,
                          cleared_at=clock.now())  # fmt: skip

    def _add(self, link: Connection, name: str, /, **values: object) -> int:
        table = db.metadata.tables[name]
        row = {"school_id": self.school_id, "public_id": new_public_id(), **values}
        return int(link.execute(insert(table).values(row).returning(table.c.id)).scalar_one())

    def again(self) -> None:
        """Everybody waits once more, as before the first scan."""
        self._restore()
        turns, scans, loans = (db.metadata.tables[name] for name in ("attendance", "scan", "loan"))
        waits = {"state": AttendanceState.CLEARED, "asset_tag": None, "served_at": None}
        with db.engine.begin() as link:
            link.execute(delete(scans).where(scans.c.school_id == self.school_id))
            link.execute(update(turns).where(turns.c.school_id == self.school_id).values(waits))
            ids = [pupil.loan_id for pupil in self.pupils]
            link.execute(update(loans).where(loans.c.id.in_(ids)).values(delivery=Delivery.SCHOOL))

    def _restore(self) -> None:
        """Devices have changed hands: they are let go before each returns to whom it was set aside for."""
        db.session.remove()
        devices = db.metadata.tables["device"]
        own = {"loan_id": bindparam("loan"), "student_id": bindparam("student"), "state": "reserved"}
        rows = [{"tag": one.tag, "loan": one.loan_id, "student": one.student_id} for one in self.pupils]
        free = {"loan_id": None, "student_id": None, "state": "in_stock"}
        with db.engine.begin() as link:
            link.execute(update(devices).where(devices.c.asset_tag.in_([one.tag for one in self.pupils])).values(free))
            link.execute(update(devices).where(devices.c.asset_tag == bindparam("tag")).values(own), rows)
        self.before.restore([pupil.loan_id for pupil in self.pupils])

    def over(self) -> None:
        """Nothing of the day is left."""
        self._restore()
        with db.engine.begin() as link:
            for name in MADE:
                table = db.metadata.tables[name]
                link.execute(delete(table).where(table.c.school_id == self.school_id))

    def verify(self, *, served: int) -> None:
        """One holder for each device and one device for each loan, as many as were served."""
        tables = db.metadata.tables
        loans, devices, turns, lines = (tables[name] for name in ("loan", "device", "attendance", "audit_line"))
        ids = [pupil.loan_id for pupil in self.pupils]
        told = (lines.c.kind == "LaptopHandedOver") & lines.c.subject.in_([f"loan:{number}" for number in ids])
        lent = (devices.c.loan_id.in_(ids)) & (devices.c.state == "lent")
        with db.engine.connect() as link:
            counts = [
                link.scalar(select(func.count(column)).where(condition))
                for column, condition in (
                    (loans.c.id, loans.c.id.in_(ids) & (loans.c.state == LoanState.LENT)),
                    (devices.c.id, lent),
                    (devices.c.loan_id.distinct(), lent),
                    (turns.c.id, turns.c.loan_id.in_(ids) & (turns.c.state == AttendanceState.SERVED)),
                    (turns.c.asset_tag.distinct(), turns.c.loan_id.in_(ids)),
                    (lines.c.id, told),
                    (lines.c.subject.distinct(), told),
                )
            ]
        assert counts == [served] * len(counts), f"lent, devices, holders, turns, tags, lines: {counts} of {served}"


def run(rig: Rig, engine: str, effort: Effort) -> list[Line]:
    """The use-case, six stations of one lycée, every lycée at once, the race."""
    app = rig.portal(engine)
    web, constant = rig.web(app), rig.constant()
    with app.app_context():
        say(f"{engine}: a distribution day")
        day = Day(BENCH, max(effort.alone, effort.served))
        lines = [
            _alone(engine, day, effort.alone),
            _paced(app, rig, (web, constant), engine, day, effort.paced),
            _served(app, rig, (web, constant), engine, day, effort.served),
        ]
        lines.append(_race(app, engine, day, effort.attempts))
        day.over()
        lines.append(_everywhere(app, rig, (web, constant), engine, effort.each_lycee))
    return lines


def _alone(engine: str, day: Day, count: int) -> Line:
    """The second scan of a hand-over, against its own statements by the driver."""
    times: list[float] = []
    bare: list[float] = []
    said = 0
    for pupil in day.pupils[:count]:

        def hand(pupil: Pupil = pupil) -> None:
            _scan(day, pupil.tag, Held(code=pupil.code), station=0)

        with scope.schools(day.school_id), recorded() as sent:
            times.append(milliseconds(hand))
        said = sent.count
        day.again()
        bare.append(milliseconds(lambda sent=sent: sent.again(write=True)))
        day.again()
    return Line(f"hand-over, the use-case, {engine}", times[1:], bare[1:], "its statements by the driver", said)


def _scan(day: Day, raw: str, held: Held, *, station: int) -> bool:
    said = scanning.scan(
        day.stations[station], raw=raw, key=new_public_id(), held=held, by=manager(day.school_id).account_id
    )
    return said.answer.tone == "done"


def _headers(app: Flask, school: int) -> dict[str, str]:
    return signed_in(app, manager(school)) | {
        "X-CSRFToken": str(URLSafeTimedSerializer(KEY, salt="wtf-csrf-token").dumps(CSRF)),
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"{HOST}/distribution/postes",
        "HX-Request": "true",
    }


@dataclass
class Post:
    """A station of the benchmark: its browser's headers, the seconds before its first hand-over and from one to the next."""

    headers: dict[str, str]
    url: str
    pupils: Sequence[Pupil]
    first: float = 0.0
    every: float = 0.0
    times: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def work(self, ports: tuple[int, int]) -> None:
        """Student, device, next."""
        web, constant = ports
        with Visitor(web, self.headers) as scanner, Visitor(constant, self.headers) as idle:
            began = perf_counter()
            for rank, pupil in enumerate(self.pupils):
                sleep(max(0.0, began + self.first + rank * self.every - perf_counter()))
                self.bare.append(milliseconds(lambda: idle.get("/4000")))
                for form in ({"code": pupil.code}, {"code": pupil.tag, "eleve": pupil.code}):
                    body = urlencode({**form, "cle": new_public_id()})
                    self.times.append(milliseconds(lambda body=body: self._post(scanner, body)))

    def _post(self, scanner: Visitor, body: str) -> None:
        self.statuses.add(scanner.post(self.url, body)[0])


def _at_work(rig: Rig, ports: tuple[int, int], posts: Sequence[Post]) -> float:
    """Every post works until it has nobody left; returns the hand-overs a second."""
    began = perf_counter()
    together([partial(post.work, ports) for post in posts])
    seconds = perf_counter() - began - sum(sum(post.bare) for post in posts) / 1000 / len(posts)
    rig.expect(set().union(*(post.statuses for post in posts)), {HTTPStatus.OK}, path="/distribution", port=ports[0])
    return sum(len(post.pupils) for post in posts) / seconds


def _line(name: str, posts: Sequence[Post], note: str, *checks: Check) -> Line:
    times, bare = [time for post in posts for time in post.times], [time for post in posts for time in post.bare]
    return Line(name, times, bare, "same server, constant page;", None, note, checks)


def _served(app: Flask, rig: Rig, ports: tuple[int, int], engine: str, day: Day, count: int) -> Line:
    """Six stations of one lycée."""
    posts = _posts(app, day, count)
    rate = _at_work(rig, ports, posts)
    day.verify(served=count)
    day.again()
    check = Check(
        f"{STATIONS} stations that never wait, {engine}", rate * 3600, "hand-overs an hour", AN_HOUR, least=True
    )
    return _line(f"scan, {STATIONS} stations, {engine}", posts, f"{rate * 3600:,.0f} hand-overs an hour", check)


def _posts(app: Flask, day: Day, count: int, *, every: float = 0.0) -> list[Post]:
    headers, pupils = _headers(app, day.school_id), day.pupils[:count]
    return [
        Post(
            headers, f"/distribution/postes/{station}/scan", pupils[number::STATIONS], number * every / STATIONS, every
        )
        for number, station in enumerate(day.stations)
    ]


def _paced(app: Flask, rig: Rig, ports: tuple[int, int], engine: str, day: Day, count: int) -> Line:
    """The same at a pace that people could keep up: what a scan costs the server, and not how long it queues."""
    posts = _posts(app, day, count, every=STATIONS / PACE)
    with rig.server_side(ports[0], SCAN) as inside:
        _at_work(rig, ports, posts)
    day.verify(served=count)
    day.again()
    name = f"{STATIONS} stations at {PACE * 3600:,.0f} an hour, {engine}"
    check = Check(f"p95 of a scan, server side, {name}", p95(inside), "ms", SERVER_SIDE)
    return _line(f"scan, {name}", posts, "", check)


def _everywhere(app: Flask, rig: Rig, ports: tuple[int, int], engine: str, each: int) -> Line:
    """A station in every lycée of the region that has somebody to serve, eight at a time."""
    days = [Day(school, each) for school in range(BENCH, rig.size.schools + 1)]
    posts = [
        Post(_headers(app, day.school_id), f"/distribution/postes/{day.stations[0]}/scan", day.pupils) for day in days
    ]
    served = sum(len(day.pupils) for day in days)
    shares = [posts[number::THREADS] for number in range(THREADS)]
    began = perf_counter()
    together([partial(_in_turn, share, ports) for share in shares if share])
    seconds = perf_counter() - began
    for day in days:
        day.verify(served=len(day.pupils))
    for day in days:  # going back takes away the audit trail of all
        day.over()
    note = f"{served / seconds:.1f} hand-overs a second, bare pages included, {len(days)} lycées"
    name = f"{len(days)} lycées at once, two web processes, {engine}"
    check = Check(name, served / seconds, "hand-overs a second", A_SECOND, least=True)
    promised = [check] if engine == "postgresql" else []  # one machine's file is for a lycée, not for a region
    return _line(f"scan, every lycée, {engine}", posts, note, *promised)


def _in_turn(posts: Sequence[Post], ports: tuple[int, int]) -> None:
    for post in posts:
        post.work(ports)


def _race(app: Flask, engine: str, day: Day, attempts: int) -> Line:
    """Few devices, many hands: whatever is tried, nothing is lent twice."""
    pupils = day.pupils[: max(2, attempts // 20)]
    times: list[float] = []
    busy: list[float] = []

    def hurry(number: int) -> None:
        chance = Random(number)
        with app.app_context(), scope.schools(day.school_id):
            for _ in range(attempts // THREADS):
                one, other = chance.choice(pupils), chance.choice(pupils)
                attempt = partial(_scan, day, other.tag, Held(code=one.code), station=number % STATIONS)
                began = perf_counter()
                try:
                    attempt()
                except OperationalError:  # SQLite was busy for five seconds: a station sends the scan again
                    db.session.rollback()
                    busy.append(perf_counter() - began)
                except DomainError:
                    pass  # somebody was quicker: that is the point
                times.append((perf_counter() - began) * 1000)

    together([partial(hurry, number) for number in range(THREADS)])
    turns = db.metadata.tables["attendance"]
    done = select(func.count(turns.c.id)).where(turns.c.school_id == day.school_id, turns.c.state == "served")
    with db.engine.connect() as link:
        served = link.scalar(done) or 0
    assert served, "nobody was served"
    day.verify(served=served)
    day.again()
    note = f"{len(times):,} attempts, {served} hand-overs, none twice, {len(busy)} found the database busy"
    # `verify` has raised if anything was lent twice
    doubles = Check(f"devices lent twice in {len(times):,} racing attempts, {engine}", 0, "devices", 0)
    return Line(f"race for devices, {engine}", times, note=note, checks=(doubles,))
