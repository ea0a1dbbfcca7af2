"""Labels of devices on paper: data in, PDF bytes out; nothing here knows the database or a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.platform.codes import Svg, code128_modules, code128_path, qr_path
from portal.platform.preprinted import Progress, Sheets, print_forms
from portal.stock.label_formats import LabelFormat

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


def device_labels_pdf(
    labels: Sequence[DeviceLabel],
    paper: LabelFormat,
    *,
    start: int = 1,
    offset_mm: tuple[float, float] = (0, 0),
    progress: Progress | None = None,
) -> bytes:
    """Print labels in the order given, from the cell `start` of the first sheet on.

    :param progress: called with how many labels are done, and how many there are.
    :raises ValueError: nothing to print, or a cell that the sheet does not have.
    """
    if not 1 <= start <= paper.cells:
        message = f"a sheet of {paper.cells} labels has no cell {start}"
        raise ValueError(message)
    pages = paper.spots(len(labels), start=start, offset=offset_mm)
    return print_forms(
        "stock/pdf/labels.html",
        "stock/pdf/label.html",
        [{"label": label} for label in labels],
        {"paper": paper},
        title=TITLE,
        sheets=Sheets(pages, width_mm=paper.page[0], height_mm=paper.page[1]),
        progress=progress,
    )
