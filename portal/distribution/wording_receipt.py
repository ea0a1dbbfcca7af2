"""Words of the receipt, which families read: what each photo shows."""

from typing import Final

from portal.distribution.states import View
from portal.kernel.words import later

VIEWS: Final = {
    View.CLOSED: later("Fermé, vu de dessus"),
    View.OPEN: later("Ouvert, écran allumé"),
    View.UNDER: later("Le dessous, avec l’étiquette"),
}
