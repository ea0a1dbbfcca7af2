"""What a scan at the preparation bench means, and what may leave. Plain values in, words and sentences out."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.references import parse_opaque_code, parse_reference
from portal.kernel.values.tracking import TrackingNumber, read_tracking_number
from portal.kernel.words import later
from portal.loans.states import CharterGate, LoanState
from portal.stock.rules import read_tag

PARCEL_PREFIX: Final = "P"
DEPOSIT_SIZE: Final = 50
"""Parcels on one deposit slip that a carrier's counter accepts without asking."""

LIGHTEST_GRAMS, HEAVIEST_GRAMS = 10, 30_000
"""What La Poste carries as a parcel (reference/laposte.md, 9.3)."""

_DIGITS = re.compile(r"(\d+)")


class Paper(StrEnum):
    """What can be printed for a batch of parcels; a set is, for each, its delivery slip and its return slip."""

    SLIPS = "bordereaux"
    LABELS = "etiquettes"
    RETURNS = "retours"
    SETS = "jeux"
    CUSTOMS = "douane"


WITH_SLIP: Final = (Paper.SLIPS, Paper.SETS)
"""What makes a parcel ready to leave, once printed."""


class Lane(StrEnum):
    """The steps of the bench, in the order of the work."""

    TO_PREPARE = "a-preparer"
    READY = "prets"
    PICKUP = "retrait"
    GONE = "remis"


LANES: Final = {
    LoanState.APPROVED: Lane.TO_PREPARE,
    LoanState.PREPARING: Lane.READY,
    LoanState.AWAITING_PICKUP: Lane.PICKUP,
    LoanState.IN_TRANSIT: Lane.GONE,
    LoanState.LENT: Lane.GONE,
}
"""Where the bench shows a loan; in any other state it is none of its business."""

CHARTER_REASONS: Final = {
    CharterGate.TO_SIGN: later("La charte n’est pas encore signée."),
    CharterGate.DECLINED: later("La famille a refusé de signer la charte."),
    CharterGate.OPPOSED: later("Un responsable légal s’oppose au prêt."),
}


class Refused(DomainError):
    """A scan that changes nothing: the word that fills the screen, and what to do."""

    def __init__(self, word: str, sentence: str) -> None:
        super().__init__(sentence)
        self.word = word


@dataclass(frozen=True, slots=True)
class Bench:
    """What the bench remembers between two scans: a loan (public id), a device (tag), a number to confirm."""

    loan: str = ""
    tag: str = ""
    number: str = ""


DEVICE, SLIP, LOAN = "device", "slip", "loan"
"""The three things that must agree before a box is closed."""


@dataclass(frozen=True, slots=True)
class Trio:
    """What was scanned so far for one box: a device's tag, a parcel's code, a loan's reference."""

    device: str = ""
    slip: str = ""
    loan: str = ""

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Each with its name."""
        return (DEVICE, self.device), (SLIP, self.slip), (LOAN, self.loan)

    @property
    def complete(self) -> bool:
        """Whether the three are there; each was compared with the others when it came."""
        return all(code for _, code in self.parts())


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a scan. `tone`: done, waiting (something is still to do) or problem; `fine`: the sound it makes.

    `to_sign` is the loan (public id) whose charter stands in the way: it can be signed on the spot.
    """

    tone: str
    word: str
    text: str
    fine: bool = True
    to_sign: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a code could be; the database says which."""

    tag: str | None
    parcel: str | None
    reference: str | None
    tracking: TrackingNumber | None


def read(raw: str) -> Reading:
    """What was scanned or typed. Scanners end with CR, LF or Tab; people add spaces."""
    text = raw.strip()
    return Reading(
        tag=read_tag(text),
        parcel=parse_opaque_code(text, PARCEL_PREFIX),
        reference=parse_reference(text),
        tracking=read_tracking_number(text),
    )


ShelfKey = tuple[bool, bool, list[tuple[int, int, str]], list[tuple[int, int, str]]]


def shelf_order(location: str | None, asset_tag: str | None) -> ShelfKey:
    """The order in which one walks along the shelves: A2 before A10; what has no place comes last."""
    return (not asset_tag, not location, _pieces(location or ""), _pieces(asset_tag or ""))


def _pieces(text: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold()) for piece in _DIGITS.split(text) if piece
    ]


def address_obstacle(address: PostalAddress | None) -> str | None:
    """What to correct in an address before anything is printed; None when a parcel can carry it."""
    if address is None:
        return later("L’adresse de la famille manque.")
    problems = address.problems()
    return problems[0].message if problems else None


def obstacle(
    charter: CharterGate, *, by_post: bool, address: PostalAddress | None, has_device: bool = True
) -> str | None:
    """The one reason why a kit could not leave today, the gravest first; None when nothing stands in the way."""
    if charter is not CharterGate.SIGNED:
        return CHARTER_REASONS[charter]
    if not has_device:
        return later("Aucun appareil n’est réservé.")
    return address_obstacle(address) if by_post else None


class NotANumber(DomainError):
    """The format is of no post we know."""

    message = later(
        "Ce n’est pas un numéro de suivi. Recopiez les 11 à 15 signes de l’étiquette, par exemple 6A 15984 04033 1."
    )


class KeyDoubt(DomainError):
    """The check digit does not fit: a slip of the finger, or one of the few numbers made so."""

    message = later(
        "Un chiffre semble faux. Comparez avec l’étiquette. Si le numéro est bien celui-ci, cochez la case."
    )


def tracking(text: str, *, confirmed: bool) -> TrackingNumber:
    """The number that may be kept; a wrong key passes once somebody has confirmed it."""
    number = read_tracking_number(text)
    if number is None:
        raise NotANumber
    if number.key_ok is False and not confirmed:
        raise KeyDoubt
    return number
