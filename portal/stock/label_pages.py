"""Labels of devices on paper: data in, PDF bytes out; nothing here knows the database or a request."""

from dataclasses import dataclass
from functools import cached_property, partial

from portal.platform.codes import Svg, code128_modules, code128_path, qr_path
from portal.stock.label_formats import LabelFormat, print_labels

TITLE = "Étiquettes de matériel"


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
    def room(self) -> float:
        """Millimetres between the left and the right margin."""
        return self.paper.label[0] - 2 * self.paper.pad

    @property
    def _said(self) -> str:
        return f"Étiquette {self.asset_tag}"


device_labels_pdf = partial(print_labels, "stock/pdf", title=TITLE)
"""Print labels of devices; see `print_labels`."""
