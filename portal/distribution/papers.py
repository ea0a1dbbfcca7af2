"""Labels of students, the report of a day and a family's receipt, on paper: data in, PDF bytes out; nothing here knows a request."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from portal.distribution.models import DistributionSession
from portal.distribution.queries.people import Lane
from portal.distribution.queries.receipts import Receipt
from portal.distribution.wording_receipt import VIEWS
from portal.distribution.wording_sessions import REASONS
from portal.platform import files
from portal.platform.codes import Svg, code128_modules, code128_path, qr_path
from portal.platform.i18n import format_day, reading
from portal.platform.i18n import gettext as _
from portal.platform.pdf import render
from portal.platform.typography import type_size
from portal.stock.label_formats import FORMATS, LabelFormat, print_labels
from portal.stock.wording_condition import CONDITIONS

TITLE: Final = "Étiquettes des élèves"
SHEETS: Final[Mapping[str, LabelFormat]] = {name: FORMATS[name] for name in ("3x7", "3x8", "62x29")}
"""The papers on which a name, a class and a bar code are all read at arm's length; the smaller ones are for devices."""

QR_COLUMNS: Final = 29
"""Width of the square of a code of twelve signs, in modules, its quiet zone included."""

GAP_MM: Final = 1
LARGEST_PT: Final = 15.0
SMALLEST_PT: Final = 6.0
PT: Final = 72 / 25.4
"""Points in a millimetre."""

LEADING: Final = 1.2
OTHER_LINES: Final = 2.5
"""The class and the code under the name, in times the usual type of the paper."""


@dataclass(frozen=True)
class StudentLabel:
    """One label: the name and the class for people, and the opaque code for scanners and telephones."""

    given_name: str
    family_name: str
    class_name: str
    code: str
    paper: LabelFormat

    @cached_property
    def bars(self) -> Svg:
        """The Code 128 with the widest bars that the label has room for."""
        columns = code128_modules(self.code)
        fitting = (width for width in self.paper.modules if columns * width <= self.room)
        module = next(fitting, self.paper.modules[-1])
        return code128_path(self.code, label=self._said, module_mm=module, height_mm=self.paper.bars)

    @cached_property
    def square(self) -> Svg:
        """The QR code."""
        return qr_path(self.code, label=self._said, module_mm=self.paper.qr)

    @property
    def room(self) -> float:
        """Millimetres between the left and the right margin."""
        return self.paper.label[0] - 2 * self.paper.pad

    @property
    def words_left(self) -> float:
        """Where the words begin, beside the square, in millimetres from the left edge."""
        return self.paper.pad + QR_COLUMNS * self.paper.qr + GAP_MM

    @property
    def name_pt(self) -> float:
        """The size at which both lines of the name fit, in whole points: alike names are laid out once."""
        wide = self.paper.label[0] - self.words_left - self.paper.pad
        high = (self.paper.label[1] - 2 * self.paper.pad - self.paper.bars) * PT / LEADING
        largest = min(LARGEST_PT, (high - OTHER_LINES * self.paper.text) / 2)
        lines = [self.given_name, self.family_name]
        return float(int(type_size(lines, room_mm=wide, largest=largest, smallest=SMALLEST_PT)))

    @property
    def _said(self) -> str:
        return f"Code de l’élève {self.code}"


student_labels_pdf = partial(print_labels, "distribution/pdf", title=TITLE)
"""Print labels of students; see `print_labels`."""


def report_pdf(session: DistributionSession, lanes: Sequence[Lane], *, school: str) -> bytes:
    """Print the report of a day (A4, tagged): class by class, then who left without a device, and why."""
    context = {"session": session, "lanes": lanes, "school": school, "reasons": REASONS}
    return render("distribution/pdf/report.html", context, title=f"Bilan de distribution, {format_day(session.day)}")


def receipt_pdf(receipt: Receipt, *, lang: str) -> bytes:
    """Print what a family received (A4, tagged), in its language."""
    with reading(lang):
        context = {
            "receipt": receipt,
            "condition": _(CONDITIONS[receipt.condition]) if receipt.condition else None,
            "photos": [(_(VIEWS[view]), _drawn(key)) for view, key in receipt.photos.items()],
        }
    title = f"Reçu de remise {receipt.reference}"
    return render("notifications/pdf/receipt.html", context, title=title, lang=lang)


def _drawn(key: str) -> str:
    """A photo of the store, inside the page itself."""
    return f"data:image/jpeg;base64,{b64encode(files.read(key)).decode()}"
