"""One parcel: its tracking number, its weight, its address, its arrival."""

from sqlalchemy.exc import IntegrityError

from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.tracking import TrackingNumber
from portal.kernel.words import later
from portal.loans import services as loans
from portal.platform.work import use_case
from portal.shipping import queries, rules
from portal.shipping.models import Parcel
from portal.shipping.queries import labels as label_queries


class NumberTaken(DomainError):
    """The same number is on another parcel."""

    message = later("Ce numéro de suivi est déjà celui d’un autre colis. Vérifiez l’étiquette.")


class Labelled(DomainError):
    """The carrier has made a label for this parcel, with its number."""

    message = later(
        "Une étiquette Colissimo est faite ou demandée pour ce colis : son numéro ne change pas. "
        "Pour en changer, annulez la préparation."
    )


def note_tracking(public_id: str, *, text: str, confirmed: bool, by: int) -> Parcel:
    """Keep the carrier's number, before or after the parcel has left; the family sees it.

    Raises `rules.NotANumber`, `rules.KeyDoubt` unless `confirmed`, `Labelled`, or `NumberTaken`, which names the other
    parcel.
    """
    number = rules.tracking(text, confirmed=confirmed)
    try:
        return note_number(public_id, number=number, by=by)
    except IntegrityError:  # another school's parcel, or another clerk in the same instant: the index has the last word
        raise NumberTaken from None


@use_case
def note_number(public_id: str, *, number: TrackingNumber, by: int) -> Parcel:
    """The number was read and, where its key is wrong, confirmed by `by`."""
    parcel = queries.lock(public_id)
    other = queries.parcel_with_number(number.number)
    if other == parcel.code:
        return parcel
    _must_be_bare(parcel)
    if other:
        raise NumberTaken(
            later("Ce numéro de suivi est déjà celui du colis %(code)s. Vérifiez les deux étiquettes.", code=other)
        )
    parcel.tracking_number = number.number
    parcel.key_confirmed_by = by if number.key_ok is False else None
    loans.note_tracking(parcel.loan_id, number=number.number)
    return parcel


@use_case
def erase_tracking(public_id: str) -> Parcel:
    """The number was put on the wrong parcel."""
    parcel = queries.lock(public_id)
    _must_be_bare(parcel)
    parcel.tracking_number = parcel.key_confirmed_by = None
    loans.note_tracking(parcel.loan_id, number=None)
    return parcel


def _must_be_bare(parcel: Parcel) -> None:
    """What is stuck on the box cannot be replaced by typing: two numbers would travel for one parcel."""
    if parcel.id in label_queries.pending([parcel.id]):
        raise Labelled


@use_case
def weigh(public_id: str, *, grams: int) -> Parcel:
    """What the scales say, in grams."""
    parcel = queries.lock(public_id)
    parcel.weight = grams
    return parcel


@use_case
def correct_address(public_id: str, *, address: PostalAddress) -> Parcel:
    """Where this parcel goes; the family's own address is left as it is.

    The old slip no longer tells the truth: the box is checked again, with the new one.
    """
    parcel = queries.lock(public_id)
    if parcel.state not in queries.AT_SCHOOL:
        raise DomainError(later("Ce colis est déjà parti : son adresse ne change plus."))
    parcel.address = address
    parcel.open_again()
    return parcel


@use_case
def note_delivered(loan_id: int) -> Parcel | None:
    """The family has the kit; a loan collected at the school has no parcel."""
    parcel = queries.live_parcel(loan_id)
    if parcel and parcel.can("deliver"):
        parcel.move("deliver")
        parcel.delivered_at = clock.now()
    return parcel
