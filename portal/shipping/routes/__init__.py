"""Pages of the parcels: the bench, the check before a box is closed, how a lycée packs, labels, lists, contracts."""

from portal.shipping.routes import bench, contracts, family, labels, leaving, packing, parcel, printing, sealing
from portal.shipping.routes.blueprint import bp

__all__ = ["bench", "bp", "contracts", "family", "labels", "leaving", "packing", "parcel", "printing", "sealing"]
