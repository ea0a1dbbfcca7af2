"""The lists of the board, and what one finds of a device that came back, as people read them."""

from collections.abc import Mapping
from typing import Final

from portal.kernel.words import Words, later
from portal.recalls.states import Unfit, View
from portal.stock.states import Condition
from portal.stock.wording_condition import CONDITIONS

VIEWS = {
    View.LATE: later("En retard"),
    View.COMING: later("À rendre bientôt"),
    View.UNDATED: later("Sans date de retour"),
}

EMPTY = {
    View.LATE: (
        later("Personne n’est en retard"),
        later("Les appareils attendus depuis hier ou plus apparaîtront ici."),
    ),
    View.COMING: (
        later("Aucun retour attendu"),
        later("Les appareils prêtés sur le fonds d’urgence apparaîtront ici, avec leur date de retour."),
    ),
    View.UNDATED: (
        later("Aucun prêt sans date"),
        later("Un absent servi sur le fonds d’urgence garde l’appareil comme les autres élèves : il apparaîtra ici."),
    ),
}

FOUND: Final[Mapping[Condition | Unfit, Words]] = {
    **{one: later("%(seen)s : il retourne au stock", seen=words) for one, words in CONDITIONS.items()},
    Unfit.UNSEEN: later("À contrôler plus tard"),
    Unfit.BROKEN: later("En panne : il part en réparation"),
}
