"""The words for rights, their states, and the pages that the access log names."""

from typing import Final

from portal.kernel.words import later
from portal.privacy.states import RequestState, Right

RIGHTS: Final = {
    Right.RECTIFY: later("Corriger une donnée"),
    Right.ERASE: later("Effacer le dossier"),
    Right.OBJECT: later("M’opposer à l’usage des données"),
}
RIGHT_HINTS: Final = {
    Right.RECTIFY: later("Un nom, une adresse ou un téléphone est faux."),
    Right.ERASE: later("Possible quand aucun prêt n’est en cours."),
    Right.OBJECT: later("Dites pourquoi : le lycée étudie votre situation et vous répond."),
}
STATES: Final = {
    RequestState.RECEIVED: (later("En cours"), "waiting"),
    RequestState.ANSWERED: (later("Répondue"), "done"),
    RequestState.REFUSED: (later("Refusée"), "problem"),
    RequestState.EXECUTED: (later("Effacement fait"), "done"),
    RequestState.WITHDRAWN: (later("Retirée"), "neutral"),
}
EXPORT_STATES: Final = {
    "waiting": (later("En préparation"), "waiting"),
    "running": (later("En préparation"), "waiting"),
    "ready": (later("Prête"), "done"),
    "failed": (later("Échec, un nouvel essai se fait"), "problem"),
}
