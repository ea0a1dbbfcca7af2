"""Several parcels at once: what to print, what the carrier takes."""

from typing import Any

from wtforms import SelectMultipleField, StringField

from portal.kernel.words import later
from portal.platform.forms import Form, stop
from portal.shipping.documents import MAX_OFFSET_MM, Offset

MOST_TICKED = 1_000
_SHIFT = later("Indiquez un décalage entre −10 et 10 mm.")


class Ticked(SelectMultipleField):
    """The parcels ticked; the database says whether they exist."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Each once, and no more than one statement of a database takes."""
        self.data = list(dict.fromkeys(str(value) for value in valuelist))[:MOST_TICKED]

    def pre_validate(self, form: Any) -> None:
        """Any id may be sent: those of other schools are not found."""


class Millimetres(StringField):
    """A small shift, written with a comma or a point; empty is none."""

    mm = 0.0

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 (WTForms' signature)
        """Read the number, and keep it within what a printer can bear."""
        try:
            self.mm = float((self.data or "0").replace(",", ".").replace("−", "-"))
        except ValueError:
            raise stop(_SHIFT) from None
        if not abs(self.mm) <= MAX_OFFSET_MM:
            raise stop(_SHIFT)


class PrintForm(Form):
    """Which parcels to print, and how far to move what is printed, in millimetres."""

    colis = Ticked()
    right = Millimetres(later("Décaler vers la droite (mm)"))
    down = Millimetres(later("Décaler vers le bas (mm)"))

    @property
    def offset_mm(self) -> Offset | None:
        """To the right, and down; None when nothing was typed: the lycée's settings then."""
        typed = (self.right.data or "").strip() or (self.down.data or "").strip()
        return (self.right.mm, self.down.mm) if typed else None


class LeavingForm(Form):
    """The parcels that the carrier takes."""

    colis = Ticked()
