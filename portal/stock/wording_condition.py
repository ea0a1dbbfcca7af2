"""How a device looks, in words that families read too, on their receipt."""

from typing import Final

from portal.kernel.words import later
from portal.stock.states import Condition

CONDITIONS: Final = {
    Condition.NEW: later("Comme neuf"),
    Condition.GOOD: later("Bon état"),
    Condition.MARKED: later("Des traces ou un défaut"),
}
