"""The lists of the board and the conditions of a device, as people read them."""

from portal.kernel.words import later
from portal.recalls.states import Condition, View

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

CONDITIONS = {
    Condition.SOUND: later("En bon état : il retourne au stock"),
    Condition.UNSEEN: later("À contrôler plus tard"),
    Condition.BROKEN: later("En panne : il part en réparation"),
}
