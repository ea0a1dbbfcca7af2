"""A school asks the region to fill its emergency pool; the region says yes or no, and why."""

from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import actor
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.stock.events import PoolRequestDecided, PoolRequested
from portal.stock.models import PoolRequest
from portal.stock.queries import reserves as queries
from portal.stock.states import DeviceKind


class AskedAlready(DomainError):
    """A request of the school is still open."""

    message = later("Une demande attend déjà la réponse de la région.")


@use_case
def ask_region(*, school_id: int, kind: DeviceKind, wanted: int, note: str) -> PoolRequest:
    """Ask for devices for the emergency pool; raises `AskedAlready`. The database keeps one open request a school."""
    schools.lock(school_id)
    request = PoolRequest(
        school_id=school_id,
        kind=kind,
        wanted=wanted,
        note=note,
        asked_by=actor.current().account_id,
        asked_at=clock.now(),
    )
    db.session.add(request)
    try:
        db.session.flush()  # the event names it, and the index says whether another is open
    except IntegrityError:
        raise AskedAlready from None
    emit(PoolRequested(school_id=school_id, request_id=request.id))
    return request


@use_case
def decide_request(public_id: str, *, granted: bool, answer: str) -> PoolRequest:
    """Say yes, and from where the devices come, or no, and why."""
    request = queries.lock_request(public_id)
    request.answer, request.decided_by, request.decided_at = answer, actor.current().account_id, clock.now()
    request.move("grant" if granted else "refuse")
    emit(PoolRequestDecided(school_id=request.school_id, request_id=request.id, granted=granted))
    return request
