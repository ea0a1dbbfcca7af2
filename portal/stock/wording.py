"""The states, pools and moves of a device as people read them."""

from dataclasses import dataclass
from datetime import date

from portal.platform.i18n import format_day, ngettext
from portal.platform.i18n import gettext as _
from portal.stock import rules
from portal.stock.states import DeviceState, LotState, Oddity, Pool


@dataclass(frozen=True, slots=True)
class Word:
    """A state in French, and the tone of its tag."""

    label: str
    tone: str


STATES = {
    DeviceState.ANNOUNCED: Word("Annoncé", "waiting"),
    DeviceState.IN_STOCK: Word("En stock", "done"),
    DeviceState.RESERVED: Word("Réservé", "info"),
    DeviceState.LENT: Word("Prêté", "info"),
    DeviceState.TO_CHECK_IN: Word("À contrôler", "waiting"),
    DeviceState.REIMAGING: Word("En remasterisation", "waiting"),
    DeviceState.IN_REPAIR: Word("En réparation", "waiting"),
    DeviceState.GIVEN: Word("Cédé", "neutral"),
    DeviceState.STOLEN: Word("Volé", "problem"),
    DeviceState.LOST: Word("Perdu", "problem"),
    DeviceState.BROKEN: Word("Cassé", "problem"),
    DeviceState.RETIRED: Word("Réformé", "neutral"),
}

POOLS = {Pool.ALLOTMENT: "Dotation", Pool.EMERGENCY: "Fonds d’urgence"}

STEPS = {
    "receive": "Reçu au lycée",
    "unreceive": "Réception annulée",
    "reserve": "Réservé pour un dossier",
    "release": "Remis en stock",
    "lend": "Sorti du lycée",
    "unlend": "Remise annulée",
    "come_back": "Revenu au lycée",
    "start_reimaging": "Remasterisation commencée",
    "restock": "Remis en stock après contrôle",
    "send_to_repair": "Envoyé en réparation",
    "come_back_repaired": "Revenu de réparation",
    "give": "Cédé à l’élève",
    "declare_stolen": "Déclaré volé",
    "declare_lost": "Déclaré perdu",
    "declare_broken": "Déclaré cassé",
    "retire": "Réformé",
}
"""Each move of the life cycle."""

LOTS = {
    LotState.READING: Word("Lecture en cours", "info"),
    LotState.STAGED: Word("À vérifier", "waiting"),
    LotState.ANNOUNCED: Word("Annoncé", "done"),
    LotState.UNDONE: Word("Annulé", "neutral"),
    LotState.DISCARDED: Word("Abandonné", "neutral"),
    LotState.FAILED: Word("Refusé", "problem"),
}

ODDITIES = {
    Oddity.UNKNOWN: "Inconnu de tous les lots",
    Oddity.ELSEWHERE: "Attendu dans un autre lycée",
    Oddity.ALREADY_HERE: "Déjà dans votre stock",
}
"""What a box is that was scanned with a delivery and is not of it."""


def warranty(start: date | None, *, years: int, today: date) -> str:
    """How long the supplier still repairs a device for nothing."""
    if start is None:
        return ngettext("%(num)d an, à partir du premier prêt", "%(num)d ans, à partir du premier prêt", years)
    last = rules.warranty_ends(start, years)
    words = {"day": format_day(last), "start": format_day(start)}
    if last < today:
        return _("Finie le %(day)s, commencée le %(start)s", **words)
    return _("Jusqu’au %(day)s, depuis le premier prêt le %(start)s", **words)
