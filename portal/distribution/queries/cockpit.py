"""The day as it goes: lanes by class, stations alive, pace, time left. Two statements, whatever the size of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Select, and_, func, select
from sqlalchemy.exc import NoResultFound

from portal.accounts.models import Account
from portal.distribution import rules
from portal.distribution.models import Attendance, DistributionSession, Scan, Station
from portal.distribution.queries import people
from portal.distribution.queries.people import Lane
from portal.distribution.rules import Missing
from portal.distribution.states import AttendanceState, Verdict, Workshop
from portal.extensions import db
from portal.kernel import clock


@dataclass(frozen=True, slots=True)
class Post:
    """A station as the cockpit shows it."""

    number: int
    public_id: str
    workshop: Workshop
    holder: str | None
    seen_at: datetime | None
    waiting: int
    scans: int

    @property
    def alive(self) -> bool:
        """Whether it was heard lately."""
        return self.seen_at is not None and clock.now() - self.seen_at <= rules.ALIVE

    @property
    def silent(self) -> bool:
        """Whether somebody holds it, and nothing is heard."""
        return self.holder is not None and not self.alive


@dataclass(frozen=True, slots=True)
class Glance:
    """A session and its stations; `stamp` changes when anything on the screen does."""

    session: DistributionSession
    posts: Sequence[Post]
    conflicts: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Cockpit:
    """Everything on the screen."""

    glance: Glance
    lanes: Sequence[Lane]

    @property
    def expected(self) -> int:
        """How many the day counts on."""
        return sum(lane.expected for lane in self.lanes)

    @property
    def served(self) -> int:
        """How many left with a device."""
        return sum(lane.served for lane in self.lanes)

    @property
    def coming(self) -> int:
        """How many can still be served today."""
        able = (Missing.COMING, Missing.NO_DEVICE)
        return sum(line.missing in able for lane in self.lanes for line in lane.lines)

    @property
    def pace(self) -> int:
        """How many are served in an hour, as lately."""
        served = [line.served_at for lane in self.lanes for line in lane.lines if line.served_at]
        return rules.pace(served, since=self.glance.session.opened_at, now=clock.now())

    @property
    def ends_at(self) -> datetime | None:
        """When the last one is served, at this pace; None when nobody knows."""
        left = rules.time_left(self.coming, self.pace)
        return clock.now() + left if left is not None and self.coming else None

    @property
    def left(self) -> timedelta | None:
        """How long that is."""
        return rules.time_left(self.coming, self.pace)

    @property
    def alive(self) -> int:
        """How many stations are heard."""
        return sum(post.alive for post in self.glance.posts)


def glance(public_id: str) -> Glance:
    """What a screen asks every few seconds: one statement, of counts and latest moments; raises `NoResultFound`."""
    stands = and_(Scan.station_id == Station.id, Scan.verdict == Verdict.ACCEPTED, Scan.undone_at.is_(None))
    station: list[Any] = [
        Station.number, Station.public_id, Station.workshop, Account.name, Station.seen_at, Station.waiting,
        func.count(Scan.id),
    ]  # fmt: skip
    rows = db.session.execute(
        select(DistributionSession, *_moments(), *station)
        .outerjoin(Station, Station.session_id == DistributionSession.id)
        .outerjoin(Account, Account.id == Station.account_id)
        .outerjoin(Scan, stands)
        .where(DistributionSession.public_id == public_id)
        .group_by(DistributionSession.id, Station.id, Account.name)
        .order_by(Station.number)
    ).all()
    if not rows:
        raise NoResultFound(public_id)
    session, conflicts, *moments = rows[0][: 1 + MOMENTS]
    posts = [Post(*row[1 + MOMENTS :]) for row in rows if row.number is not None]
    heard = [(post.alive, post.waiting, post.holder) for post in posts]
    said = repr((session.state, conflicts, moments, heard, f"{clock.now():%H%M}"))
    return Glance(session, posts, conflicts, sha256(said.encode()).hexdigest()[:12])


MOMENTS: Final = 6


def _moments() -> list[Any]:
    """The conflicts that wait, then what tells that a turn or a scan has changed."""
    turn, scan = Attendance.session_id == DistributionSession.id, Scan.session_id == DistributionSession.id
    parts: list[Select[Any]] = [
        select(func.count(Scan.id)).where(scan, Scan.verdict == Verdict.CONFLICT),
        select(func.max(Scan.id)).where(scan),
        select(func.count(Attendance.id)).where(turn, Attendance.state == AttendanceState.SERVED),
        select(func.count(Attendance.id)).where(turn, Attendance.state == AttendanceState.CLEARED),
        select(func.max(Attendance.served_at)).where(turn),
        select(func.max(Attendance.cleared_at)).where(turn),
    ]
    return [part.correlate(DistributionSession).scalar_subquery() for part in parts]


def cockpit(glance: Glance) -> Cockpit:
    """The whole screen, in one statement more."""
    lines = [line for line in people.of_session(glance.session.id) if line.expected]
    return Cockpit(glance, people.lanes(lines))
