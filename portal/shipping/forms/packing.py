"""How a lycée packs."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import HiddenField, TextAreaField

from portal.kernel.values.numbers import whole
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, stop
from portal.schools.packing import LONGEST_POINT, MOST_POINTS, kept
from portal.shipping.forms.parcel import WRONG_WEIGHT
from portal.shipping.rules import HEAVIEST_GRAMS, LIGHTEST_GRAMS


class PackingForm(Form):
    """The points to tick, one a line, and grams by model; nothing typed is the region's list, the catalogue's weight."""

    version = HiddenField()
    checklist = TextAreaField(later("Points à vérifier, un par ligne"), validators=[AtMost(1000)])

    typed: dict[int, str]
    weights: dict[int, int]

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None, *, version: int) -> "PackingForm":
        """As it is now."""
        return cls(data={"version": str(version), "checklist": "\n".join((kept or {}).get("checklist") or ())})

    @property
    def opened(self) -> int:
        """The version of the settings that the person read; none that exists when the field was lost."""
        return whole(self.version.data or "") or 0

    def read_weights(self, sent: Mapping[str, str], models: Iterable[Any]) -> None:
        """The weights, which have a field for each model of the lycée."""
        self.typed = {model.id: "".join(sent.get(f"poids-{model.id}", "").split()) for model in models}
        self.weights = {number: whole(text) or 0 for number, text in self.typed.items() if text}

    def validate_checklist(self, field: TextAreaField) -> None:  # noqa: ARG002 (WTForms' signature)
        """Short enough for the stub of a slip."""
        points = self.points
        if len(points) > MOST_POINTS or any(len(point) > LONGEST_POINT for point in points):
            raise stop(
                later("Écrivez 10 points au plus, de 48 caractères au plus, pour qu’ils tiennent sur le bordereau.")
            )
        if any(not LIGHTEST_GRAMS <= grams <= HEAVIEST_GRAMS for grams in self.weights.values()):
            raise stop(WRONG_WEIGHT)

    @property
    def points(self) -> list[str]:
        """The lines that say something."""
        return [" ".join(line.split()) for line in (self.checklist.data or "").splitlines() if line.strip()]

    @property
    def packing(self) -> dict[str, object] | None:
        """As the lycée keeps it."""
        return kept(self.points, self.weights)
