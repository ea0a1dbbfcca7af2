"""The words of a parcel's state, and of its address compared with the national base."""

from portal.kernel.words import later
from portal.platform.ban import Found
from portal.platform.i18n import gettext as _
from portal.shipping.states import ParcelState

STATE_WORDS = {
    ParcelState.DRAFT: (later("Bordereau à imprimer"), "waiting"),
    ParcelState.READY: (later("Prêt à partir"), "done"),
    ParcelState.HANDED_OVER: (later("Remis au transporteur"), "info"),
    ParcelState.IN_TRANSIT: (later("En route"), "info"),
    ParcelState.OUT_FOR_DELIVERY: (later("En livraison"), "info"),
    ParcelState.AT_PICKUP_POINT: (later("En point de retrait"), "info"),
    ParcelState.DELIVERED: (later("Arrivé"), "done"),
    ParcelState.RETURNING: (later("Revient au lycée"), "problem"),
}


def compared(found: Found | None) -> tuple[str, str]:
    """What the national address base says of a street: the sentence, and its tone."""
    if found is None:
        return _(
            "La base nationale n’a pas répondu, ou ne connaît pas cette rue. L’adresse reste comme elle est."
        ), "info"
    written = f"{found.street}, {found.postcode} {found.city}"
    if found.sure:
        return _("La base nationale connaît cette adresse\u00a0: %(written)s.", written=written), "done"
    return _("Vouliez-vous dire %(written)s\u00a0? Corrigez l’adresse si c’est le cas.", written=written), "waiting"
