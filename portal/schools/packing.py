"""How a lycée packs: the points to tick before a box is closed, and what a packed model weighs on its scales.

The points are data: a lycée's own, or its region's (`[packing]` of the profile), or those below. Kept as JSON in
`school.packing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MOST_POINTS: Final = 10
LONGEST_POINT: Final = 48
"""What the stub of a slip holds: five lines in each of two columns."""

USUAL: Final = (
    "Appareil complètement éteint, pas en veille",
    "Batterie dans l’appareil, aucune batterie à part",
    "Batterie de 100 Wh au plus, lue sur l’appareil",
    "Appareil ni gonflé, ni fendu, ni chaud",
    "Chargeur emballé à part, câble attaché",
    "5 cm de rembourrage sur chaque côté",
    "Une seconde adresse à l’intérieur du carton",
    "Carton rigide et fermé, qui ne dit rien du contenu",
)
"""Lithium battery in its device (UN 3481, packing instruction 967) and padding; where nobody wrote another list."""


@dataclass(frozen=True, slots=True)
class Packing:
    """The points to tick, grams by the number of a model, and the customs code of what is lent (empty: not known)."""

    checklist: tuple[str, ...] = USUAL
    weights: Mapping[int, int] = field(default_factory=dict)
    hs_code: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None, profile: Mapping[str, Any] | None = None) -> "Packing":
        """As kept by the lycée, else as its region says."""
        own = kept or {}
        region = (profile or {}).get("packing") or {}
        weights = {int(model): int(grams) for model, grams in (own.get("weights") or {}).items()}
        return cls(tuple(own.get("checklist") or region.get("checklist") or USUAL), weights, region.get("hs_code", ""))


def kept(checklist: Sequence[str], weights: Mapping[int, int]) -> dict[str, object] | None:
    """As JSON; nothing when the lycée says nothing of its own."""
    own: dict[str, object] = {}
    if checklist:
        own["checklist"] = list(checklist)
    if weights:
        own["weights"] = {str(model): grams for model, grams in sorted(weights.items())}
    return own or None
