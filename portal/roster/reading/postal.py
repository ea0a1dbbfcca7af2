"""Postal addresses as rosters have them: four loose lines, a town, perhaps abroad. Nothing is corrected silently."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.kernel.values import postcodes
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.folding import fold, one_line
from portal.roster.reading.remarks import Remarks

_LONGEST_LINE, _LONGEST_TOWN = 120, 80
_LOST_ZERO = re.compile(r"[0-9]{4}")
_FRENCH_POSTCODE = re.compile(r"[0-9]{5}")
_STREET = re.compile(
    r"\d|(?:ALLEE|AV|AVENUE|BD|BLD|BOULEVARD|CHEMIN|CHE|CITE|COUR|COURS|IMP|IMPASSE|MAIL|MONTEE|PASSAGE|PL|PLACE|QUAI"
    r"|ROUTE|RTE|RUE|RUELLE|SENTE|SENTIER|SQUARE|TRAVERSE|VENELLE|VOIE)\b"
)
_INSIDE = re.compile(
    r"(?:APPT?|APPARTEMENT|BAT|BATIMENT|CHEZ|ENTREE|ESC|ESCALIER|ETAGE|HALL|IMMEUBLE|LOGEMENT|PORTE|RES|RESIDENCE|TOUR)\b"
)
_BELOW = re.compile(r"(?:BP|CS|TSA|LIEU DIT|LD|HAMEAU)\b")

_FRANCE = frozenset({
    "", "FRANCE", "GUADELOUPE", "GUYANE", "GUYANE FRANCAISE", "LA REUNION", "MARTINIQUE", "MAYOTTE", "NOUVELLE CALEDONIE",
    "POLYNESIE FRANCAISE", "REUNION", "SAINT BARTHELEMY", "SAINT MARTIN", "SAINT PIERRE ET MIQUELON",
    "TERRES AUSTRALES FRANCAISES", "WALLIS ET FUTUNA",
    "BL", "FR", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT",
})  # fmt: skip
"""France and the territories that ISO 3166-1 counts apart; read from Babel, the same names take 11 MB of memory."""


@dataclass(frozen=True, slots=True)
class Written:
    """An address as the file has it. `foreign_town` is SIECLE's COMMUNE_ETRANGERE, which holds the postcode too."""

    lines: Sequence[str] = ()
    postcode: str = ""
    town: str = ""
    country: str = ""
    foreign_town: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all."""
        return not any(text.strip() for text in (*self.lines, self.postcode, self.town, self.foreign_town))


def read_address(written: Written, *, recipient: str, remarks: Remarks) -> tuple[PostalAddress | None, bool]:
    """The address, and whether it is abroad: there is then none, since no parcel leaves France, and a warning keeps it."""
    if written.empty:
        return None, False
    if _is_abroad(written):
        remarks.warn("Adresse", _in_one(written), "Cette adresse est à l’étranger\u00a0: aucun colis n’y est envoyé.")
        return None, True
    postcode, town = one_line(written.postcode).replace(" ", ""), one_line(written.town)
    if not postcode or not town or len(postcode) > len("54000"):
        remarks.warn(
            "Adresse", _in_one(written), "Le code postal ou la commune manque\u00a0: l’adresse n’est pas gardée."
        )
        return None, False
    address = PostalAddress(
        recipient=recipient, postcode=postcode, city=town[:_LONGEST_TOWN], **_arranged(written.lines, remarks)
    )
    _check_town(address, remarks)
    return address, False


def _is_abroad(written: Written) -> bool:
    return bool(one_line(written.foreign_town)) or not _is_france(written.country)


@lru_cache(maxsize=1024)
def _is_france(country: str) -> bool:
    """Whether a country is France or one of its territories; nothing written means France."""
    return fold(country) in _FRANCE


def _check_town(address: PostalAddress, remarks: Remarks) -> None:
    if _LOST_ZERO.fullmatch(address.postcode):
        proposal = f"0{address.postcode}"
        sure = postcodes.check(proposal, address.city).verdict is postcodes.Verdict.EXACT
        certain = f" C’est celui de {address.city}." if sure else ""
        remarks.warn(
            "Code postal",
            address.postcode,
            f"Le zéro du début est peut-être perdu\u00a0: {proposal}\u00a0?{certain} Corrigez-le à la source.",
        )
    elif not _FRENCH_POSTCODE.fullmatch(address.postcode):
        remarks.warn("Code postal", address.postcode, "Le code postal compte cinq chiffres. Corrigez-le à la source.")
    if address.is_cedex:
        remarks.warn("Commune", address.city, "C’est une adresse CEDEX\u00a0: aucun colis n’y est déposé.")


def _arranged(lines: Sequence[str], remarks: Remarks) -> dict[str, str]:
    """The loose lines at their ranks in NF Z10-011: apartment, building, street, hamlet or post office box.

    The street is the first line that begins with a number or a kind of street; failing that, the first line.
    """
    loose = [line for line in map(one_line, lines) if line]
    if any(len(line) > _LONGEST_LINE for line in loose):
        remarks.warn("Adresse", " ".join(loose), "Une ligne de l’adresse est trop longue\u00a0: elle est coupée.")
    loose = [line[:_LONGEST_LINE] for line in loose]
    placed: dict[str, str] = {}
    street = next((rank for rank, line in enumerate(loose) if _is_street(line)), 0)
    if loose:
        placed["street"] = loose.pop(street)
    for line in loose:
        placed[_rank(line, placed)] = line
    return placed


def _is_street(line: str) -> bool:
    folded = fold(line)
    return bool(_STREET.match(folded)) and not _INSIDE.match(folded) and not _BELOW.match(folded)


def _rank(line: str, placed: dict[str, str]) -> str:
    """The best free rank; four lines have four ranks."""
    wanted = ("locality", "line3", "line2") if _BELOW.match(fold(line)) else ("line2", "line3", "locality")
    return next(rank for rank in wanted if rank not in placed)


def _in_one(written: Written) -> str:
    texts = (*written.lines, written.postcode, written.town, written.foreign_town, written.country)
    return ", ".join(line for line in map(one_line, texts) if line)
