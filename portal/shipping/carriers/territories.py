"""Which product of Colissimo goes from one French postcode to another."""

from typing import Final

from portal.kernel.values.territories import territory
from portal.shipping.customs import passes_customs

_MAINLAND: Final = frozenset({"FR", "MC"})


def product(sender: str, recipient: str, *, signature: bool) -> str | None:
    """The product between two postcodes; None where customs stand between: such a parcel goes to the counter."""
    if passes_customs(sender, recipient):
        return None
    if territory(sender) in _MAINLAND:
        return "DOS" if signature else "DOM"
    return "COL" if signature else "COLD"
