"""The states, pools and moves of a device as people read them."""

from dataclasses import dataclass

from portal.stock.states import DeviceState, Pool


@dataclass(frozen=True, slots=True)
class Word:
    """A state in French, and the tone of its tag."""

    label: str
    tone: str


STATES = {
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
    "reserve": "Réservé pour un dossier",
    "release": "Remis en stock",
    "lend": "Sorti du lycée",
    "take_back": "Remise annulée",
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
