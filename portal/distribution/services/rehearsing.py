"""A rehearsal: invented students, invented devices, the same pages, and nothing real is touched."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

from sqlalchemy import insert

from portal.distribution import rules
from portal.distribution.events import SessionOpened
from portal.distribution.models import SessionClass
from portal.distribution.queries import sessions as queries
from portal.distribution.rules import UNSIGNED_NAME, Plan
from portal.distribution.services import planning
from portal.distribution.states import Workshop
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.work import emit, use_case
from portal.schools import services as schools

NAME: Final = later("Répétition")
CLASSES: Final = ("2de R1", "2de R2")
STUDENTS: Final = 40
STATIONS: Final = {Workshop.SLEEVE: 1, Workshop.DEVICE: 2}
UNSIGNED_EVERY: Final = 8
"""One invented student in so many has not signed."""

GIVEN: Final = (
    "Alba", "Basile", "Cléo", "Dario", "Elsa", "Farid", "Gaïa", "Hugo", "Ilona", "Jules", "Kenza", "Liam", "Manon",
)  # fmt: skip
FAMILY: Final = ("Pourdufaux", "Exemple", "Répétition", "Dupapier", "Essai", "Imaginaire", "Fictif")


def invented(count: int) -> Iterator[str]:
    """So many names, all different, that nobody could take for a student's; one in eight says that the charter is not signed."""
    for rank, given, family in zip(range(1, count + 1), cycle(GIVEN), cycle(FAMILY), strict=False):
        yield f"{given} {family if rank % UNSIGNED_EVERY else UNSIGNED_NAME}"


@use_case
def rehearse(*, school_id: int, by: int) -> str:
    """Open a rehearsal at once, whose first stations the person holds; returns its public id. Raises `NotNow`."""
    schools.lock(school_id)
    session = planning.new_session(NAME[:], clock.today(), school_id=school_id, by=by, rehearsal=True)
    wanted = Plan(session.name, session.day, dict.fromkeys(CLASSES), STATIONS)
    own = {"school_id": school_id, "session_id": session.id}
    db.session.execute(insert(SessionClass), [{**own, "class_name": name} for name in CLASSES])
    planning.add_stations(session, wanted)
    names = zip(invented(STUDENTS), cycle(CLASSES), strict=False)
    planning.add_turns(
        session,
        [{"pretend_name": name, "class_name": of, "code": rules.new_student_code()} for name, of in names],
    )
    session.move("open")
    session.opened_at = clock.now()
    _hold_first(session.id, by=by)
    emit(SessionOpened(school_id=school_id, session_id=session.id))
    return session.public_id


def _hold_first(session_id: int, *, by: int) -> None:
    """One station of each workshop is the person's: the virtual scanner types into them."""
    stations = queries.stations(session_id)
    for workshop in Workshop:
        for station in islice((one for one in stations if one.workshop is workshop), 1):
            station.account_id, station.opened_at, station.seen_at = by, clock.now(), clock.now()
