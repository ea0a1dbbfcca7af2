"""The life of a loan, and the charter's gate beside it."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition
from portal.kernel.words import later


class LoanState(StrEnum):
    """Where a loan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    APPROVED = "approved"
    PREPARING = "preparing"
    IN_TRANSIT = "in_transit"
    AWAITING_PICKUP = "awaiting_pickup"
    LENT = "lent"
    RETURNING = "returning"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    KEPT = "kept"
    WRITTEN_OFF = "written_off"


class CharterGate(StrEnum):
    """What the charter says of the loan; no device leaves unless it is signed."""

    TO_SIGN = "to_sign"
    SIGNED = "signed"
    DECLINED = "declined"
    OPPOSED = "opposed"


class Delivery(StrEnum):
    """How the family receives the kit."""

    HOME = "home"
    SCHOOL = "school"


class Arrival(StrEnum):
    """What the carrier says of a parcel on its way, when the family then has something to do."""

    AT_PICKUP_POINT = "at_pickup_point"
    DELIVERED = "delivered"


_S = LoanState
ENDED = (_S.REFUSED, _S.WITHDRAWN, _S.CLOSED, _S.KEPT, _S.WRITTEN_OFF)
"""States in which a student may ask again."""

TO_DECIDE = (_S.SUBMITTED, _S.WAITLISTED)
"""States that wait for the head."""

OUT = (_S.IN_TRANSIT, _S.LENT, _S.RETURNING)
"""States in which the device has left the school."""

LOAN = LifeCycle(
    later("Dossier de prêt"),
    _S.DRAFT,
    [
        Transition("submit", (_S.DRAFT,), _S.SUBMITTED),
        Transition("waitlist", (_S.SUBMITTED,), _S.WAITLISTED),
        Transition("approve", (_S.SUBMITTED, _S.WAITLISTED), _S.APPROVED),
        Transition("refuse", (_S.SUBMITTED, _S.WAITLISTED), _S.REFUSED),
        Transition("take_back", (_S.APPROVED, _S.WAITLISTED, _S.REFUSED), _S.SUBMITTED),
        Transition("withdraw", (_S.DRAFT, _S.SUBMITTED, _S.WAITLISTED, _S.APPROVED), _S.WITHDRAWN),
        Transition("prepare", (_S.APPROVED,), _S.PREPARING),
        Transition("unpack", (_S.PREPARING, _S.AWAITING_PICKUP), _S.APPROVED),
        Transition("set_aside", (_S.PREPARING,), _S.AWAITING_PICKUP),
        Transition("send", (_S.PREPARING,), _S.IN_TRANSIT),
        Transition("receive", (_S.IN_TRANSIT,), _S.LENT),
        Transition("collect", (_S.AWAITING_PICKUP,), _S.LENT),
        Transition("take_back_kit", (_S.LENT,), _S.APPROVED),
        Transition("give_back", (_S.IN_TRANSIT, _S.LENT), _S.RETURNING),
        Transition("close", (_S.RETURNING,), _S.CLOSED),
        Transition("reopen", (_S.CLOSED,), _S.LENT),
        Transition("keep", (_S.LENT,), _S.KEPT),
        Transition("write_off", (_S.IN_TRANSIT, _S.LENT, _S.RETURNING), _S.WRITTEN_OFF),
    ],
)
