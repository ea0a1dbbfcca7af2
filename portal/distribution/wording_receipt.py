"""Words of the receipt, which families read: the condition of a device, and what each photo shows."""

from typing import Final

from portal.distribution.states import Condition, View
from portal.kernel.words import later

CONDITIONS: Final = {
    Condition.NEW: later("Comme neuf"),
    Condition.GOOD: later("Bon état"),
    Condition.MARKED: later("Des traces ou un défaut"),
}

VIEWS: Final = {
    View.CLOSED: later("Fermé, vu de dessus"),
    View.OPEN: later("Ouvert, écran allumé"),
    View.UNDER: later("Le dessous, avec l’étiquette"),
}
