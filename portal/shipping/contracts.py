"""What a contract with La Poste opens, and what the last check of it said."""

from enum import StrEnum
from typing import Final

from portal.kernel.words import later


class Service(StrEnum):
    """A service of La Poste, with keys of its own."""

    COLISSIMO = "colissimo"
    SUIVI = "suivi"


class Verdict(StrEnum):
    """What the last check said of the keys."""

    UNKNOWN = "unknown"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SILENT = "silent"


VERDICTS: Final = {
    Verdict.UNKNOWN: (later("Non vérifié"), "waiting"),
    Verdict.ASKED: (later("Vérification en cours"), "waiting"),
    Verdict.ACCEPTED: (later("La Poste accepte la clé"), "done"),
    Verdict.REFUSED: (later("La Poste refuse la clé"), "problem"),
    Verdict.SILENT: (later("La Poste ne répond pas"), "problem"),
}
"""In words, with their tone."""

PURPOSE: Final = "carrier contract"
"""What the secrets are sealed for (portal.platform.keyed)."""
