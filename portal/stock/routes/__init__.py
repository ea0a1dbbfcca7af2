"""Pages of the stock: the devices, suppliers' lots, what comes to a school."""

from portal.stock.routes import devices, labels, lots, models, receiving, reserves, stocktakes, transfers
from portal.stock.routes.blueprint import bp

__all__ = ["bp", "devices", "labels", "lots", "models", "receiving", "reserves", "stocktakes", "transfers"]
