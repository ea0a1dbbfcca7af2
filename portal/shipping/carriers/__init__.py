"""Those who carry parcels, behind one interface: by hand (no contract), or La Poste's Colissimo and Suivi services."""

from portal.shipping.carriers.base import (
    Answer,
    Bordereau,
    Capabilities,
    Carrier,
    Created,
    LabelFormat,
    Refused,
    Shipment,
    Unavailable,
    Uncertain,
    Who,
)

__all__ = [
    "Answer",
    "Bordereau",
    "Capabilities",
    "Carrier",
    "Created",
    "LabelFormat",
    "Refused",
    "Shipment",
    "Unavailable",
    "Uncertain",
    "Who",
]
