"""What happens to the stock. Ids only."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event
from portal.kernel.words import later


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEvent(Event):
    """Something about one supplier's lot, which belongs to the region and to no school."""

    sentence: ClassVar[str] = later("Un lot de matériel a changé")
    about: ClassVar = ("lot", "lot_id")

    lot_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotUploaded(LotEvent):
    """A supplier's file waits to be read, by the worker."""

    sentence: ClassVar[str] = later("Le fichier d’un fournisseur a été déposé")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAnnouncementAsked(LotEvent):
    """Somebody looked, and wants it announced, by the worker."""

    sentence: ClassVar[str] = later("L’annonce d’un lot de matériel a été demandée")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAnnounced(LotEvent):
    """Its devices are now expected in their schools."""

    sentence: ClassVar[str] = later("Un lot de matériel a été annoncé")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotUndoingAsked(LotEvent):
    """Somebody wants it forgotten, by the worker."""

    sentence: ClassVar[str] = later("L’annulation d’un lot de matériel a été demandée")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotUndone(LotEvent):
    """Nothing had been received: the lot is forgotten."""

    sentence: ClassVar[str] = later("Un lot de matériel a été annulé")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDiscarded(LotEvent):
    """Somebody looked, and gave up."""

    sentence: ClassVar[str] = later("Un lot de matériel a été abandonné")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent(Event):
    """Something about what a lot brings to one school."""

    sentence: ClassVar[str] = later("Une livraison de matériel a changé")
    about: ClassVar = ("delivery", "delivery_id")

    delivery_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryConfirmed(DeliveryEvent):
    """Somebody answers for all that was left of it, without scanning."""

    sentence: ClassVar[str] = later("Une livraison de matériel a été confirmée sur bordereau")

    devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClosed(DeliveryEvent):
    """The school has looked at all of it; what is missing is known."""

    sentence: ClassVar[str] = later("Une livraison de matériel a été close")

    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLabelsAsked(Event):
    """Labels wait to be printed, in this order, from a cell of the first sheet on."""

    sentence: ClassVar[str] = later("Des étiquettes de matériel ont été demandées")

    job_id: int
    device_ids: list[int]
    paper: str
    start: int
    right_mm: float
    down_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEvent(Event):
    """Something about devices that travel between two schools; `school_id` is the school that did it, or is told."""

    sentence: ClassVar[str] = later("Un transfert de matériel a changé")
    about: ClassVar = ("transfer", "transfer_id")

    transfer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAsked(TransferEvent):
    """A school asks another for devices, or offers them."""

    sentence: ClassVar[str] = later("Un transfert de matériel a été demandé")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSent(TransferEvent):
    """The first device has left."""

    sentence: ClassVar[str] = later("Un transfert de matériel est parti")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceived(TransferEvent):
    """All that left has arrived."""

    sentence: ClassVar[str] = later("Un transfert de matériel est arrivé")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRefused(TransferEvent):
    """The school that was asked said no."""

    sentence: ClassVar[str] = later("Un transfert de matériel a été refusé")


@dataclass(frozen=True, slots=True, kw_only=True)
class StocktakeCounted(Event):
    """The shelves were compared with the register."""

    sentence: ClassVar[str] = later("Un inventaire a été compté")
    about: ClassVar = ("stocktake", "stocktake_id")

    stocktake_id: int
    surprises: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRequested(Event):
    """A school asks the region to fill its emergency pool."""

    sentence: ClassVar[str] = later("Du matériel a été demandé à la région")

    request_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRequestDecided(Event):
    """The region has answered."""

    sentence: ClassVar[str] = later("La région a répondu à une demande de matériel")

    request_id: int
    granted: bool
