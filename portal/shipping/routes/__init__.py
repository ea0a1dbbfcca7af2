"""Pages of the parcels: the bench, the check before a box is closed, how a lycée packs."""

from portal.shipping.routes import bench, packing, sealing
from portal.shipping.routes.blueprint import bp

__all__ = ["bench", "bp", "packing", "sealing"]
