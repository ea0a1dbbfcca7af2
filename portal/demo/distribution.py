"""Distribution day in the demo: one that is over, with two who did not come, and the next one, planned."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Protocol

from portal.distribution.gate import Held
from portal.distribution.queries import people
from portal.distribution.queries import sessions as queries
from portal.distribution.rules import Plan
from portal.distribution.services import planning, scanning, stations
from portal.distribution.states import Workshop
from portal.kernel import clock
from portal.kernel.values.references import new_public_id
from portal.loans import queries as loan_queries
from portal.loans.states import Delivery
from portal.platform.actor import Signature, acting
from portal.policy import Role
from portal.stock import queries as stock

AGO, AHEAD = 10, 6
"""Days: since the day that is over, and until the next one."""

CAME = 3
STATIONS = {Workshop.SLEEVE: 1, Workshop.DEVICE: 2}


class School(Protocol):
    """Whose day it is, and who holds its scanners."""

    @property
    def id(self) -> int:
        """The lycée's number."""

    @property
    def manager(self) -> int:
        """The account of the office."""


def play(school: School, students: Sequence[int], *, approved: Callable[..., list[int]]) -> None:
    """Some students come for their device, the others are absent; the same classes are called again next week."""
    loans = approved(school, students, days=AGO + 4, delivery=Delivery.SCHOOL)
    classes = sorted({loan_queries.by_id(loan).student.class_name for loan in loans})
    _over(school, loans, classes)
    hours = {name: time(9, 30 * rank) for rank, name in enumerate(classes[:2])}
    with _some_days_ago(1, school):
        day = clock.today() + timedelta(days=AHEAD)
        _plan("Rattrapage et nouveaux élèves", school, day, dict.fromkeys(classes) | hours)


def _over(school: School, loans: Sequence[int], classes: Sequence[str]) -> None:
    with _some_days_ago(AGO + 2, school):
        day = clock.today() + timedelta(days=2)
        public_id = _plan("Distribution de la rentrée", school, day, dict.fromkeys(classes, time(9)))
    with _some_days_ago(AGO, school):
        planning.open_session(public_id)
        session_id = queries.one(public_id).id
        posts = {post.workshop: post.public_id for post in queries.stations(session_id)}
        for post in posts.values():
            stations.take(post, by=school.manager)
        codes = {line.loan_id: line.code for line in people.of_session(session_id)}
    for rank, loan in enumerate(loans[:CAME]):
        with _some_days_ago(AGO - (rank + 1) / 1440, school):
            _served(codes[loan], stock.of_loans([loan])[loan].asset_tag, posts, by=school.manager)
    with _some_days_ago(AGO - 0.1, school):
        planning.close_session(public_id)


def _plan(name: str, school: School, day: date, classes: dict[str, time | None]) -> str:
    wanted = Plan(name=name, day=day, classes=classes, stations=STATIONS)
    return planning.plan(wanted, school_id=school.id, by=school.manager)


def _served(code: str, tag: str, posts: dict[Workshop, str], *, by: int) -> None:
    """The sleeve at the first workshop, the device at the second."""
    scanning.scan(posts[Workshop.SLEEVE], raw=code, key=new_public_id(), held=Held(), by=by)
    scanning.scan(posts[Workshop.DEVICE], raw=tag, key=new_public_id(), held=Held(code=code), by=by)


@contextmanager
def _some_days_ago(days: float, school: School) -> Iterator[None]:
    """As the office, then."""
    then = clock.now() - timedelta(days=days)
    with clock.frozen(then), acting(Signature("account", school.manager, Role.MANAGER)):
        yield
