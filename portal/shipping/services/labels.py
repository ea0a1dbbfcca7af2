"""Labels that a carrier makes: asked in a page, called once by the worker, never twice for one parcel.

The promise is an index of the database. An attempt is committed as `sent` before the call; whatever is not a clear
answer leaves it `uncertain`, which nobody repeats before somebody has looked in the carrier's back office.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.tracking import TrackingNumber
from portal.kernel.words import later
from portal.loans import services as loans
from portal.platform import actor, jobs
from portal.platform.jobs import open_job
from portal.platform.work import emit, use_case
from portal.schools import services as schools
from portal.shipping import queries, rules, sheets
from portal.shipping.carriers.base import Shipment
from portal.shipping.contracts import Service
from portal.shipping.customs import passes_customs
from portal.shipping.events import LabelBought, LabelDoubtful, LabelsAsked, LabelSettled
from portal.shipping.models import LabelAttempt, Parcel
from portal.shipping.queries import Line
from portal.shipping.queries import contracts as contract_queries
from portal.shipping.queries import labels as label_queries
from portal.shipping.services.parcels import NumberTaken
from portal.shipping.states import AttemptState, ParcelState

TITLE: Final = later("Étiquettes Colissimo")
KIND: Final = "colissimo"
SILENT_AFTER: Final = timedelta(minutes=2)
"""Longer than any call may last: what was sent before and has no answer will have none."""


class NoContract(DomainError):
    """Neither the lycée nor the region has a contract."""

    message = later("Votre lycée n’a pas de contrat Colissimo. Notez plutôt le numéro donné par le bureau de poste.")


class ThroughCustoms(DomainError):
    """All of them go to another territory."""

    message = later(
        "Ces colis passent la douane : Colissimo ne les prend pas ici. Voyez « Colis qui passent la douane »."
    )


class NothingToLabel(DomainError):
    """No parcel, or none that may leave."""

    message = later("Aucun colis ne peut avoir d’étiquette. Préparez un colis, ou corrigez ce qui est signalé.")


class AlreadySettled(DomainError):
    """Somebody else has looked, or the answer came after all."""

    message = later("Cette étiquette n’est plus incertaine. La liste est à jour.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The work asked; how many parcels were left out: to correct, uncertain, or for the post office's counter."""

    job_public_id: str
    blocked: int
    customs: int


@use_case
def ask_labels(public_ids: Sequence[str], *, school_id: int) -> Asked:
    """Have labels made for these parcels, or all those at the school; those that have one are printed again.

    Asked ten times, each parcel has one attempt, and the same work in progress is given back.
    """
    lines = _at_school(public_ids, school_id)
    known = label_queries.pending(lines.keys())
    new = {parcel: line for parcel, line in lines.items() if parcel not in known and _may_leave(line)}
    far = _through_customs(new.values(), school_id)
    found = {**known, **_prepare({parcel: line for parcel, line in new.items() if parcel not in far}, school_id)}
    ids = [found[parcel].id for parcel in lines if parcel in found and found[parcel].state in _TO_PRINT]
    if not ids:
        raise ThroughCustoms if far else NothingToLabel
    left = [line for parcel, line in lines.items() if parcel not in {*found, *far} and not line.tracking_number]
    doubtful = sum(row.state is AttemptState.UNCERTAIN for row in known.values())
    return Asked(_job(ids, school_id), blocked=len(left) + doubtful, customs=len(far))


_TO_PRINT = (AttemptState.PREPARED, AttemptState.SENT, AttemptState.SUCCEEDED)


def _at_school(public_ids: Sequence[str], school_id: int) -> dict[int, Line]:
    """The parcels asked, one click at a time; raises `NoContract`."""
    schools.lock(school_id)
    if Service.COLISSIMO not in contract_queries.contracts_of(school_id):
        raise NoContract
    return {line.parcel_id: line for line in queries.to_print(public_ids) if line.parcel_id}


def _through_customs(lines: Iterable[Line], school_id: int) -> set[int | None]:
    """Those that no contract of ours carries: the counter takes them, with a declaration."""
    home = sheets.sender(school_id).address.postcode
    return {line.parcel_id for line in lines if line.address and passes_customs(home, line.address.postcode)}


def _may_leave(line: Line) -> bool:
    """At school, nothing to correct, and no number of the post office's on it already."""
    return line.parcel_state in queries.AT_SCHOOL and line.obstacle is None and not line.tracking_number


def _prepare(lines: Mapping[int, Line], school_id: int) -> dict[int, LabelAttempt]:
    ranks, who, now = label_queries.ranks(lines.keys()), actor.current().account_id, clock.now()
    made = {
        parcel: LabelAttempt(
            school_id=school_id,
            parcel_id=parcel,
            order_number=f"{line.code}-{ranks.get(parcel, 0) + 1}",
            asked_by=who,
            prepared_at=now,
        )
        for parcel, line in lines.items()
    }
    db.session.add_all(made.values())
    db.session.flush()  # the event names them
    return made


def _job(ids: Sequence[int], school_id: int) -> str:
    kind = f"{KIND}:{sha256(repr(ids).encode()).hexdigest()[:16]}"
    job = jobs.same(kind)
    if job is None:
        job = open_job(kind, title=TITLE[:], total=len(ids), school_id=school_id)
        emit(LabelsAsked(school_id=school_id, job_id=job.id, attempt_ids=list(ids)))
    return job.public_id


@use_case
def begin(attempt_id: int, *, sender: PostalAddress, signature: bool) -> Shipment | None:
    """Commit « sent », and say what to send. None when another worker has it, or had it; nobody sends it again."""
    attempt = label_queries.lock_attempt(attempt_id)
    if attempt.state is not AttemptState.PREPARED:
        return None
    lines = queries.parcels([attempt.parcel_id])
    if not lines or not _may_leave(lines[0]):
        _end(attempt, "abandon", code="parti")
        return None
    shipment = _shipment(attempt, lines[0], sender=sender, signature=signature)
    attempt.move("send")
    attempt.sent_at, attempt.payload_hash = clock.now(), sha256(repr(shipment).encode()).hexdigest()
    return shipment


def _shipment(attempt: LabelAttempt, line: Line, *, sender: PostalAddress, signature: bool) -> Shipment:
    if line.address is None or line.weight is None or line.code is None:
        raise sheets.NothingLeft
    return Shipment(
        order=attempt.order_number,
        reference=line.code,
        weight_grams=line.weight,
        sender=sender,
        recipient=line.address,
        deposit_on=clock.today(),
        signature=signature,
    )


def succeed(attempt_id: int, *, number: str, routing: str, file_key: str | None) -> bool:
    """Keep the number that the carrier gave; False when the database knows it already: somebody must look."""
    try:
        _succeed(attempt_id, number=number, routing=routing, file_key=file_key)
    except IntegrityError:
        doubt(attempt_id, cause="number_taken")
        return False
    return True


@use_case
def _succeed(attempt_id: int, *, number: str, routing: str, file_key: str | None) -> None:
    attempt = label_queries.lock_attempt(attempt_id)
    attempt.number, attempt.routing, attempt.file_key = number, routing or None, file_key
    _end(attempt, "succeed")
    (parcel,) = queries.lock_by_ids([attempt.parcel_id])
    if parcel.state is ParcelState.CANCELLED:
        attempt.voided_at = clock.now()
    else:
        _number(parcel, number)
    emit(LabelBought(school_id=attempt.school_id, attempt_id=attempt.id))


def _number(parcel: Parcel, number: str) -> None:
    parcel.tracking_number, parcel.key_confirmed_by = number, None
    loans.note_tracking(parcel.loan_id, number=number)


@use_case
def refuse(attempt_id: int, *, code: str, field: str) -> None:
    """The carrier said no: nothing was made, another attempt may be made once it is corrected."""
    _end(label_queries.lock_attempt(attempt_id), "refuse", code=code, field=field)


@use_case
def doubt(attempt_id: int, *, cause: str) -> None:
    """Nobody knows: it is shown, and never repeated by itself."""
    attempt = label_queries.lock_attempt(attempt_id)
    attempt.number = attempt.file_key = None
    _end(attempt, "doubt", code=cause)
    emit(LabelDoubtful(school_id=attempt.school_id, attempt_id=attempt.id))


@use_case
def abandon(attempt_ids: Sequence[int], *, cause: str) -> None:
    """Nothing was sent, or nothing was made: asked again, these parcels get a new attempt."""
    for attempt_id in attempt_ids:
        attempt = label_queries.lock_attempt(attempt_id)
        if attempt.state in {AttemptState.PREPARED, AttemptState.SENT}:
            _end(attempt, "abandon", code=cause)


def _end(attempt: LabelAttempt, move: str, *, code: str | None = None, field: str | None = None) -> None:
    attempt.move(move)
    attempt.ended_at, attempt.code, attempt.field = clock.now(), code and code[:40], field or None


@use_case
def doubt_forgotten() -> int:
    """What a worker sent before it died becomes uncertain; returns how many."""
    found = label_queries.forgotten(before=clock.now() - SILENT_AFTER)
    for attempt in found:
        _end(attempt, "doubt", code="worker_lost")
        emit(LabelDoubtful(school_id=attempt.school_id, attempt_id=attempt.id))
    return len(found)


def settle_found(public_id: str, *, text: str, confirmed: bool, by: int) -> LabelAttempt:
    """Somebody found the label in the carrier's back office. Raises as `note_tracking` does, or `AlreadySettled`."""
    number = rules.tracking(text, confirmed=confirmed)
    try:
        return _settle_found(public_id, number=number, by=by)
    except IntegrityError:
        raise NumberTaken from None


@use_case
def _settle_found(public_id: str, *, number: TrackingNumber, by: int) -> LabelAttempt:
    attempt = _doubtful(public_id)
    attempt.number, attempt.settled_by = number.number, by
    _end(attempt, "succeed")
    (parcel,) = queries.lock_by_ids([attempt.parcel_id])
    if parcel.state is ParcelState.CANCELLED:
        attempt.voided_at = clock.now()
    else:
        _number(parcel, number.number)
        parcel.key_confirmed_by = by if number.key_ok is False else None
    emit(LabelSettled(school_id=attempt.school_id, attempt_id=attempt.id, found=True))
    return attempt


@use_case
def settle_none(public_id: str, *, by: int) -> LabelAttempt:
    """Somebody looked, and no label was made: the parcel may have another attempt."""
    attempt = _doubtful(public_id)
    attempt.settled_by = by
    _end(attempt, "abandon", code="none_found")
    emit(LabelSettled(school_id=attempt.school_id, attempt_id=attempt.id, found=False))
    return attempt


def _doubtful(public_id: str) -> LabelAttempt:
    attempt = label_queries.lock_attempt(label_queries.attempt(public_id).id)
    if attempt.state is not AttemptState.UNCERTAIN:
        raise AlreadySettled
    return attempt


@use_case
def void(parcel_id: int) -> None:
    """The parcel is undone: a label that exists will not be used. La Poste has no way to cancel, nor does it bill it."""
    attempt = label_queries.pending([parcel_id]).get(parcel_id)
    if attempt and attempt.state is AttemptState.PREPARED:
        _end(attempt, "abandon", code="parcel_undone")
    elif attempt and attempt.state is AttemptState.SUCCEEDED:
        attempt.voided_at = clock.now()


@use_case
def keep_file(attempt_id: int, *, file_key: str) -> None:
    """The label was fetched again: from now on it is at hand."""
    label_queries.lock_attempt(attempt_id).file_key = file_key
