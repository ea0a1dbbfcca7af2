"""The life of a parcel."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition


class ParcelState(StrEnum):
    """Where a parcel stands."""

    DRAFT = "draft"
    READY = "ready"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AT_PICKUP_POINT = "at_pickup_point"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


_S = ParcelState
ENDED = (_S.DELIVERED, _S.RETURNED, _S.LOST, _S.CANCELLED)
ON_ITS_WAY = (_S.HANDED_OVER, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.AT_PICKUP_POINT)

PARCEL = LifeCycle(
    "Colis",
    _S.DRAFT,
    [
        Transition("print_slip", (_S.DRAFT, _S.READY), _S.READY),
        Transition("hand_over", (_S.READY,), _S.HANDED_OVER),
        Transition("move_on", ON_ITS_WAY, _S.IN_TRANSIT),
        Transition("go_out", (_S.HANDED_OVER, _S.IN_TRANSIT, _S.AT_PICKUP_POINT), _S.OUT_FOR_DELIVERY),
        Transition("wait_at_point", (_S.HANDED_OVER, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY), _S.AT_PICKUP_POINT),
        Transition("deliver", ON_ITS_WAY, _S.DELIVERED),
        Transition("turn_back", ON_ITS_WAY, _S.RETURNING),
        Transition("return", (_S.RETURNING, *ON_ITS_WAY), _S.RETURNED),
        Transition("lose", (*ON_ITS_WAY, _S.RETURNING), _S.LOST),
        Transition("cancel", (_S.DRAFT, _S.READY), _S.CANCELLED),
    ],
)


class AttemptState(StrEnum):
    """The life of one attempt to have a label made by a carrier."""

    PREPARED = "prepared"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    ABANDONED = "abandoned"


_A = AttemptState
PENDING = (_A.PREPARED, _A.SENT, _A.UNCERTAIN, _A.SUCCEEDED)
"""At most one of these per parcel: the database refuses a second one."""

ATTEMPT = LifeCycle(
    "Tentative d’étiquette",
    _A.PREPARED,
    [
        Transition("send", (_A.PREPARED,), _A.SENT),
        Transition("succeed", (_A.SENT, _A.UNCERTAIN), _A.SUCCEEDED),
        Transition("refuse", (_A.SENT,), _A.REFUSED),
        Transition("doubt", (_A.SENT,), _A.UNCERTAIN),
        Transition("abandon", (_A.PREPARED, _A.SENT, _A.UNCERTAIN), _A.ABANDONED),
    ],
)
