"""The states, pools and moves of a device as people read them."""

from dataclasses import dataclass
from datetime import date

from portal.kernel.values.dates import years_after
from portal.kernel.words import later
from portal.platform.i18n import format_day, ngettext
from portal.platform.i18n import gettext as _
from portal.stock.reserve import Level, Near
from portal.stock.states import (
    DeviceKind,
    DeviceState,
    LotState,
    Oddity,
    Outcome,
    Pool,
    RequestState,
    StocktakeState,
    Surprise,
    TransferState,
)
from portal.stock.wording_condition import CONDITIONS


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
    DeviceState.IN_TRANSIT: Word("En transit", "waiting"),
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
    "send_away": "Parti vers un autre lycée",
    "arrive": "Arrivé d’un autre lycée",
    "send_undone": "Envoi annulé",
    "arrive_undone": "Arrivée annulée",
    "unlend": "Remise annulée",
    "come_back": "Revenu au lycée",
    "come_back_undone": "Retour annulé",
    "start_reimaging": "Remasterisation commencée",
    "restock": "Remis en stock après contrôle",
    "send_to_repair": "Envoyé en réparation",
    "come_back_repaired": "Revenu de réparation",
    "give": "Cédé à l’élève",
    "declare_stolen": "Déclaré volé",
    "declare_lost": "Déclaré perdu",
    "find_again": "Retrouvé au lycée",
    "declare_broken": "Déclaré cassé",
    "retire": "Réformé",
}
"""Each move of the life cycle."""

LOTS = {
    LotState.READING: Word("Lecture en cours", "info"),
    LotState.STAGED: Word("À vérifier", "waiting"),
    LotState.ANNOUNCING: Word("Annonce en cours", "info"),
    LotState.ANNOUNCED: Word("Annoncé", "done"),
    LotState.UNDOING: Word("Annulation en cours", "info"),
    LotState.UNDONE: Word("Annulé", "neutral"),
    LotState.DISCARDED: Word("Abandonné", "neutral"),
    LotState.FAILED: Word("Refusé", "problem"),
}

AT_WORK = {
    LotState.READING: ("Lecture du fichier en cours", "Rien n’est annoncé pendant ce temps."),
    LotState.ANNOUNCING: ("Annonce en cours", "Les lycées verront tous ces appareils d’un coup."),
    LotState.UNDOING: ("Annulation en cours", "Si un lycée a déjà reçu un appareil, rien ne changera."),
}
"""What the worker is doing of a lot, and what that means for those who wait."""

TRANSFERS = {
    TransferState.ASKED: Word("Demandé", "waiting"),
    TransferState.SENT: Word("En route", "info"),
    TransferState.RECEIVED: Word("Reçu", "done"),
    TransferState.REFUSED: Word("Refusé", "problem"),
    TransferState.CANCELLED: Word("Annulé", "neutral"),
}

STILL = {
    "to_emergency": "Passé au fonds d’urgence",
    "to_allotment": "Rendu à la dotation",
    "shelved": "Changé d’emplacement",
    "back_to_nothing": "Note annulée : état non noté",
    **{f"noted_{one}": later("État noté : « %(seen)s »", seen=words) for one, words in CONDITIONS.items()},
    **{
        f"back_to_{one}": later("Note annulée : de nouveau « %(seen)s »", seen=words)
        for one, words in CONDITIONS.items()
    },
}
"""What happens to a device without changing its state."""

STOCKTAKES = {
    StocktakeState.OPEN: Word("En cours", "info"),
    StocktakeState.COUNTED: Word("Compté", "done"),
    StocktakeState.CANCELLED: Word("Abandonné", "neutral"),
}

SURPRISES = {
    Surprise.MISSING: Word("Manquant", "problem"),
    Surprise.ELSEWHERE: Word("Rangé ailleurs", "waiting"),
    Surprise.NOT_HERE: Word("Ne devrait pas être là", "waiting"),
    Surprise.OTHER_SCHOOL: Word("D’un autre lycée", "problem"),
    Surprise.UNKNOWN: Word("Inconnu", "problem"),
}

BUTTONS = {
    Outcome.LOST: "Le déclarer perdu",
    Outcome.MOVED: "Garder ce nouvel emplacement",
    Outcome.CHECK_IN: "Le remettre à contrôler",
    Outcome.NOTED: "Noter que c’est vu",
}

OUTCOMES = {
    Outcome.LOST: "Déclaré perdu",
    Outcome.MOVED: "Emplacement changé",
    Outcome.CHECK_IN: "Remis à contrôler",
    Outcome.NOTED: "Vu",
}

REQUESTS = {
    RequestState.ASKED: Word("Demandé", "waiting"),
    RequestState.GRANTED: Word("Accordé", "done"),
    RequestState.REFUSED: Word("Refusé", "problem"),
}

LEVELS = {
    Level.FINE: Word("Suffisant", "done"),
    Level.LOW: Word("Bientôt vide", "waiting"),
    Level.EMPTY: Word("Vide", "problem"),
}

NEAR = {
    Near.TOWN: "dans la même ville",
    Near.DEPARTMENT: "dans le même département",
    Near.REGION: "dans la région",
}

KINDS = {DeviceKind.LAPTOP: "Ordinateurs portables", DeviceKind.TABLET: "Tablettes"}

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
    last = years_after(start, years)
    words = {"day": format_day(last), "start": format_day(start)}
    if last < today:
        return _("Finie le %(day)s, commencée le %(start)s", **words)
    return _("Jusqu’au %(day)s, depuis le premier prêt le %(start)s", **words)
