"""The life of a device, and of the lots in which suppliers announce devices."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from portal.kernel.states import LifeCycle, Transition


class DeviceState(StrEnum):
    """Where a device stands."""

    ANNOUNCED = "announced"
    IN_STOCK = "in_stock"
    RESERVED = "reserved"
    LENT = "lent"
    IN_TRANSIT = "in_transit"
    TO_CHECK_IN = "to_check_in"
    REIMAGING = "reimaging"
    IN_REPAIR = "in_repair"
    GIVEN = "given"
    STOLEN = "stolen"
    LOST = "lost"
    BROKEN = "broken"
    RETIRED = "retired"


HELD = (DeviceState.RESERVED, DeviceState.LENT)
"""States in which a loan holds the device."""


HERE = (
    DeviceState.IN_STOCK,
    DeviceState.RESERVED,
    DeviceState.TO_CHECK_IN,
    DeviceState.REIMAGING,
)
"""States in which a device should be on a shelf of its school."""


class DeviceKind(StrEnum):
    """What a student can ask for."""

    LAPTOP = "laptop"
    TABLET = "tablet"


class Pool(StrEnum):
    """The stock a device belongs to: the yearly allotment, or the head's emergency pool (FUP)."""

    ALLOTMENT = "allotment"
    EMERGENCY = "emergency"


class Condition(StrEnum):
    """How a device looks, as whoever had it in hand last noted it."""

    NEW = "new"
    GOOD = "good"
    MARKED = "marked"


NOTED: Final[Mapping[str, Condition | None]] = {
    **{f"noted_{one}": one for one in Condition},
    **{f"back_to_{one}": one for one in Condition},
    "back_to_nothing": None,
}
"""The lines of a device's history that say how it looks: somebody noted it, or took back what was noted."""


_S = DeviceState
DEVICE = LifeCycle(
    "Matériel",
    _S.ANNOUNCED,
    [
        Transition("receive", (_S.ANNOUNCED,), _S.IN_STOCK),
        Transition("unreceive", (_S.IN_STOCK,), _S.ANNOUNCED),
        Transition("reserve", (_S.IN_STOCK,), _S.RESERVED),
        Transition("release", (_S.RESERVED,), _S.IN_STOCK),
        Transition("lend", (_S.RESERVED,), _S.LENT),
        Transition("send_away", (_S.IN_STOCK,), _S.IN_TRANSIT),
        Transition("arrive", (_S.IN_TRANSIT,), _S.IN_STOCK),
        Transition("send_undone", (_S.IN_TRANSIT,), _S.IN_STOCK),
        Transition("arrive_undone", (_S.IN_STOCK,), _S.IN_TRANSIT),
        Transition("unlend", (_S.LENT,), _S.RESERVED),
        Transition("come_back", (_S.LENT,), _S.TO_CHECK_IN),
        Transition("come_back_undone", (_S.TO_CHECK_IN, _S.IN_STOCK, _S.IN_REPAIR), _S.LENT),
        Transition("start_reimaging", (_S.TO_CHECK_IN,), _S.REIMAGING),
        Transition("restock", (_S.REIMAGING, _S.TO_CHECK_IN), _S.IN_STOCK),
        Transition("send_to_repair", (_S.IN_STOCK, _S.TO_CHECK_IN, _S.REIMAGING), _S.IN_REPAIR),
        Transition("come_back_repaired", (_S.IN_REPAIR,), _S.REIMAGING),
        Transition("give", (_S.LENT,), _S.GIVEN),
        Transition("declare_stolen", (_S.LENT, _S.IN_STOCK), _S.STOLEN),
        Transition("declare_lost", (_S.LENT, _S.IN_STOCK, _S.TO_CHECK_IN, _S.REIMAGING), _S.LOST),
        Transition("find_again", (_S.LOST, _S.STOLEN, _S.IN_REPAIR), _S.TO_CHECK_IN),
        Transition("declare_broken", (_S.LENT, _S.TO_CHECK_IN, _S.IN_REPAIR), _S.BROKEN),
        Transition("retire", (_S.IN_STOCK, _S.TO_CHECK_IN, _S.REIMAGING, _S.IN_REPAIR), _S.RETIRED),
    ],
)


class LotState(StrEnum):
    """Where a supplier's file stands. Schools expect its devices from `announced` on, until it is `undone`."""

    READING = "reading"
    STAGED = "staged"
    ANNOUNCING = "announcing"
    ANNOUNCED = "announced"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"
    FAILED = "failed"


LOT = LifeCycle(
    "Lot d’un fournisseur",
    LotState.READING,
    [
        Transition("stage", (LotState.READING,), LotState.STAGED),
        Transition("fail", (LotState.READING,), LotState.FAILED),
        Transition("announce", (LotState.STAGED,), LotState.ANNOUNCING),
        Transition("expect", (LotState.ANNOUNCING,), LotState.ANNOUNCED),
        Transition("hold_back", (LotState.ANNOUNCING,), LotState.STAGED),
        Transition("undo", (LotState.ANNOUNCED,), LotState.UNDOING),
        Transition("forget", (LotState.UNDOING,), LotState.UNDONE),
        Transition("keep", (LotState.UNDOING,), LotState.ANNOUNCED),
        Transition("discard", (LotState.READING, LotState.STAGED), LotState.DISCARDED),
    ],
)


STOPS: Final[Mapping[LotState, str]] = {
    LotState.READING: "fail",
    LotState.ANNOUNCING: "hold_back",
    LotState.UNDOING: "keep",
}
"""While the worker is at a lot: the move by which a refusal ends that."""


class Verdict(StrEnum):
    """What is said of one line of a supplier's file: a device to announce, one that is known already, or a fault."""

    NEW = "new"
    KNOWN = "known"
    ERROR = "error"


class Oddity(StrEnum):
    """A box that a school scanned and that its delivery does not hold."""

    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    ALREADY_HERE = "already_here"


class TransferState(StrEnum):
    """Where devices stand that one school gives to another."""

    ASKED = "asked"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"


TRANSFER = LifeCycle(
    "Transfert entre lycées",
    TransferState.ASKED,
    [
        Transition("send", (TransferState.ASKED,), TransferState.SENT),
        Transition("reopen", (TransferState.SENT,), TransferState.ASKED),
        Transition("complete", (TransferState.SENT,), TransferState.RECEIVED),
        Transition("reopen_reception", (TransferState.RECEIVED,), TransferState.SENT),
        Transition("refuse", (TransferState.ASKED,), TransferState.REFUSED),
        Transition("cancel", (TransferState.ASKED,), TransferState.CANCELLED),
    ],
)


class StocktakeState(StrEnum):
    """Where a stocktake stands."""

    OPEN = "open"
    COUNTED = "counted"
    CANCELLED = "cancelled"


STOCKTAKE = LifeCycle(
    "Inventaire",
    StocktakeState.OPEN,
    [
        Transition("count", (StocktakeState.OPEN,), StocktakeState.COUNTED),
        Transition("cancel", (StocktakeState.OPEN,), StocktakeState.CANCELLED),
    ],
)


class Surprise(StrEnum):
    """What a stocktake finds that the register did not say."""

    MISSING = "missing"
    ELSEWHERE = "elsewhere"
    NOT_HERE = "not_here"
    OTHER_SCHOOL = "other_school"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a surprise was settled."""

    LOST = "lost"
    MOVED = "moved"
    CHECK_IN = "check_in"
    NOTED = "noted"


class RequestState(StrEnum):
    """Where a school's request to the region stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


REQUEST = LifeCycle(
    "Demande pour le fonds d’urgence",
    RequestState.ASKED,
    [
        Transition("grant", (RequestState.ASKED,), RequestState.GRANTED),
        Transition("refuse", (RequestState.ASKED,), RequestState.REFUSED),
    ],
)
