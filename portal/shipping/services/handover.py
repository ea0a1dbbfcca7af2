"""Parcels leave with the carrier: all those chosen, or none."""

from collections.abc import Mapping, Sequence

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.loans import services as loans
from portal.platform import actor
from portal.platform.jobs import finish, open_job
from portal.platform.work import emit, use_case
from portal.schools import queries as school_queries
from portal.schools import services as schools
from portal.shipping import queries
from portal.shipping.events import BatchHandedOver
from portal.shipping.models import Handover, Parcel
from portal.shipping.queries import Line

TITLE = later("Bordereau de dépôt")


class NothingToHandOver(DomainError):
    """No parcel was chosen."""

    message = later("Aucun colis n’est coché. Cochez ceux que vous remettez au transporteur.")


class NotReady(DomainError):
    """Somebody else handed them over or undid them."""

    message = later(
        "Certains colis ont changé depuis l’affichage. La liste est à jour : vérifiez-la, puis recommencez."
    )


class Unsigned(DomainError):
    """No device leaves without a signed charter; `lines` are those to leave out."""

    message = later("Un colis n’a plus de charte signée : le matériel ne peut pas sortir. Il est décoché ci-dessous.")

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self.lines = lines


class Unsealed(DomainError):
    """A box that nobody has checked may hold another family's device."""

    message = later(
        "Un colis n’est pas encore vérifié. Scannez l’appareil, le bordereau et le dossier avant de le fermer."
    )


class Emptied(DomainError):
    """A device was declared stolen, lost or broken after it was packed."""

    message = later(
        "L’appareil d’un colis n’est plus au stock pour ce dossier. Ouvrez le colis, annulez sa préparation, "
        "puis recommencez."
    )


@use_case
def hand_over(public_ids: Sequence[str], *, school_id: int) -> Handover:
    """Give these parcels to the carrier, under one deposit slip. The same batch sent twice is handed over once."""
    schools.lock(school_id)
    parcels = queries.lock_many(public_ids)
    if not parcels:
        raise NothingToHandOver
    if earlier := _same_batch(parcels):
        return queries.handover_by_id(earlier)
    if not all(parcel.can("hand_over") for parcel in parcels):
        raise NotReady
    _check(queries.parcels([parcel.id for parcel in parcels]), {parcel.id: parcel.device_id for parcel in parcels})
    handover = _new(school_id, parcels)
    for parcel in parcels:
        parcel.move("hand_over")
        parcel.handover_id, parcel.handed_over_at = handover.id, handover.at
    loans.send([parcel.loan_id for parcel in parcels])
    job = open_job(queries.DEPOSIT + handover.number, title=TITLE[:], total=1, school_id=school_id)
    emit(BatchHandedOver(school_id=school_id, handover_id=handover.id, job_id=job.id))
    return handover


def _check(lines: Sequence[Line], packed: Mapping[int, int]) -> None:
    """Each charter is signed, each box was checked, and each device in its box is still the one that its loan holds."""
    if unsigned := [line for line in lines if not line.signed]:
        raise Unsigned(unsigned)
    if not all(line.sealed for line in lines):
        raise Unsealed
    if any(line.parcel_id is None or line.device_id != packed[line.parcel_id] for line in lines):
        raise Emptied


def _same_batch(parcels: Sequence[Parcel]) -> int | None:
    batches = {parcel.handover_id for parcel in parcels}
    return batches.pop() if len(batches) == 1 else None


def _new(school_id: int, parcels: Sequence[Parcel]) -> Handover:
    rank = queries.how_many_handovers(school_id) + 1
    handover = Handover(
        school_id=school_id,
        number=f"BD-{school_queries.one(school_id).uai}-{rank:04d}",
        at=clock.now(),
        by=actor.current().account_id,
        parcels=len(parcels),
    )
    db.session.add(handover)
    db.session.flush()  # its parcels name it
    return handover


@use_case
def note_deposit_slip(handover_id: int, *, job_id: int, file_key: str, carrier_numbers: Sequence[str] = ()) -> None:
    """The deposit slip is made and kept, with those of the carrier in front."""
    finish(job_id, file_key=file_key)
    handover = queries.handover_by_id(handover_id)
    handover.file_key, handover.carrier_numbers = file_key, ", ".join(carrier_numbers)[:400] or None
