"""Shapes and words of the bench's forms."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import NumberRange

from portal.kernel.values.address import PostalAddress
from portal.kernel.values.numbers import whole
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Millimetres, Required, stop, trimmed
from portal.schools.packing import LONGEST_POINT, MOST_POINTS, kept
from portal.shipping.documents import Offset
from portal.shipping.rules import HEAVIEST_GRAMS, LIGHTEST_GRAMS, Bench, Trio

MOST_TICKED = 1_000
_WEIGHT = later("Indiquez un poids entre 10 et 30 000 grammes.")


class ScanForm(Form):
    """One code, and what the bench remembers from the scan before."""

    code = StringField(filters=[trimmed])
    dossier = HiddenField()
    appareil = HiddenField()
    numero = HiddenField()

    @property
    def bench(self) -> Bench:
        """What was chosen before this scan."""
        return Bench(loan=self.dossier.data or "", tag=self.appareil.data or "", number=self.numero.data or "")


class TrioForm(Form):
    """One code, and what was scanned before it for the same box."""

    code = StringField(filters=[trimmed])
    appareil = HiddenField()
    bordereau = HiddenField()
    dossier = HiddenField()

    @property
    def trio(self) -> Trio:
        """What was scanned before."""
        return Trio(device=self.appareil.data or "", slip=self.bordereau.data or "", loan=self.dossier.data or "")


class Ticked(SelectMultipleField):
    """The parcels ticked; the database says whether they exist."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Each once, and no more than one statement of a database takes."""
        self.data = list(dict.fromkeys(str(value) for value in valuelist))[:MOST_TICKED]

    def pre_validate(self, form: Any) -> None:
        """Any id may be sent: those of other schools are not found."""


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


class TrackingForm(Form):
    """The number on the carrier's sticker; `confirmed` is asked when a digit seems wrong."""

    number = StringField(
        later("Numéro de suivi La Poste"),
        filters=[trimmed],
        validators=[Required(later("Scannez ou recopiez le numéro de suivi.")), AtMost(40)],
    )
    confirmed = BooleanField(later("J’ai comparé avec l’étiquette : c’est bien ce numéro"))


class Grams(IntegerField):
    """A weight; people part the thousands with spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Any other text is refused in our words."""
        text = "".join(str(valuelist[0]).split()) if valuelist else ""
        self.data = whole(text)


class WeightForm(Form):
    """In grams, as scales show it."""

    weight = Grams(
        later("Poids du colis, en grammes"), validators=[NumberRange(LIGHTEST_GRAMS, HEAVIEST_GRAMS, _WEIGHT)]
    )


class AddressForm(Form):
    """The six lines of an address, as people think of them."""

    recipient = StringField(later("Destinataire"), filters=[trimmed], validators=[AtMost(120)])
    line2 = StringField(later("Appartement, étage, chez"), filters=[trimmed], validators=[AtMost(120)])
    line3 = StringField(later("Bâtiment, résidence"), filters=[trimmed], validators=[AtMost(120)])
    street = StringField(later("Numéro et rue"), filters=[trimmed], validators=[AtMost(120)])
    locality = StringField(later("Lieu-dit ou boîte postale"), filters=[trimmed], validators=[AtMost(120)])
    postcode = StringField(later("Code postal"), filters=[trimmed], validators=[AtMost(5)])
    city = StringField(later("Commune"), filters=[trimmed], validators=[AtMost(80)])

    @classmethod
    def of(cls, address: PostalAddress | None) -> "AddressForm":
        """As it is on the parcel."""
        return cls(obj=address)

    @property
    def address(self) -> PostalAddress:
        """As a value."""
        return PostalAddress(**{name: str(field.data or "") for name, field in self._fields.items()})

    def validate(self, extra_validators: Any = None) -> bool:
        """Each line, then the whole as La Poste reads it."""
        if not super().validate(extra_validators):
            return False
        problems = self.address.problems()
        for problem in problems:
            self.refuse(problem.field, problem.message)
        return not problems


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
            raise stop(_WEIGHT)

    @property
    def points(self) -> list[str]:
        """The lines that say something."""
        return [" ".join(line.split()) for line in (self.checklist.data or "").splitlines() if line.strip()]

    @property
    def packing(self) -> dict[str, object] | None:
        """As the lycée keeps it."""
        return kept(self.points, self.weights)
