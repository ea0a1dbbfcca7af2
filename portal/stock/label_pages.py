"""Labels of devices on paper: data in, PDF bytes out; nothing here knows the database or a request."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from portal.platform.codes import QR_QUIET, Svg, code128_modules, code128_path, qr_path
from portal.platform.typography import type_size
from portal.stock.label_formats import LabelFormat, print_labels

TITLE = "Étiquettes de matériel"
GAP_MM: Final = 1
PT: Final = 72 / 25.4
FIXED_EM: Final = 0.6
"""Width of a sign of the fixed-width face, in ems."""

TAG_IS_LARGER: Final = 1.25
SMALLEST_PT: Final = 3.5
"""Under it nobody reads; a name that is longer still is cut at the edge."""


@dataclass(frozen=True)
class DeviceLabel:
    """One label: the tag, as a bar code for scanners and as a square for telephones, and whose machine it is."""

    asset_tag: str
    model: str
    owner: str
    paper: LabelFormat

    @cached_property
    def bars(self) -> Svg | None:
        """The widest Code 128 that fits; None when even the thinnest bars do not: the square is then enough."""
        columns = code128_modules(self.asset_tag)
        module = next((width for width in self.paper.modules if columns * width <= self.room), None)
        if module is None:
            return None
        return code128_path(self.asset_tag, label=self._said, module_mm=module, height_mm=self.paper.bars)

    @cached_property
    def square(self) -> Svg:
        """The QR code."""
        return qr_path(self.asset_tag, label=self._said, module_mm=self.paper.qr)

    @property
    def stacked(self) -> bool:
        """Whether the words lie under the square: beside it, on a label taller than wide, they would be cut."""
        return self.paper.label[1] > self.paper.label[0]

    @property
    def words_at(self) -> tuple[float, float]:
        """Where the words begin, in millimetres from the upper left of the label: in line with what is dark of the square."""
        dark = self.paper.pad + QR_QUIET * self.paper.qr
        beside = self.paper.pad + self.square.width_mm + GAP_MM
        return (dark, beside) if self.stacked else (beside, dark)

    @property
    def tag_pt(self) -> float:
        """The size at which the tag, in the fixed-width face, stays on its line."""
        return min(self.paper.text * TAG_IS_LARGER, self._words_room * PT / (FIXED_EM * len(self.asset_tag)))

    @property
    def words_pt(self) -> float:
        """The size at which the model and the owner stay on theirs."""
        lines = [self.model, self.owner]
        return type_size(lines, room_mm=self._words_room, largest=self.paper.text, smallest=SMALLEST_PT)

    @property
    def _words_room(self) -> float:
        return self.paper.label[0] - self.words_at[0] - self.paper.pad

    @property
    def room(self) -> float:
        """Millimetres between the left and the right margin."""
        return self.paper.label[0] - 2 * self.paper.pad

    @property
    def _said(self) -> str:
        return f"Étiquette {self.asset_tag}"


device_labels_pdf = partial(print_labels, "stock/pdf", title=TITLE)
"""Print labels of devices; see `print_labels`."""
