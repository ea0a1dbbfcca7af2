"""The tables of the stock."""

from portal.stock.models.devices import Device, DeviceModel, DeviceMovement
from portal.stock.models.lots import DeliveryOddity, Lot, LotDelivery, LotLine
from portal.stock.models.requests import PoolRequest
from portal.stock.models.stocktakes import Stocktake, StocktakeScan, StocktakeSurprise
from portal.stock.models.transfers import Transfer, TransferLine

__all__ = [
    "DeliveryOddity",
    "Device",
    "DeviceModel",
    "DeviceMovement",
    "Lot",
    "LotDelivery",
    "LotLine",
    "PoolRequest",
    "Stocktake",
    "StocktakeScan",
    "StocktakeSurprise",
    "Transfer",
    "TransferLine",
]
