"""One parcel: its number, its weight, its address."""

from collections.abc import Callable
from typing import Any

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import NumberRange

from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.numbers import whole
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed
from portal.platform.postal import PostalFields
from portal.shipping.rules import HEAVIEST_GRAMS, LIGHTEST_GRAMS, KeyDoubt

WRONG_WEIGHT = later("Indiquez un poids entre 10 et 30 000 grammes.")


class TrackingForm(Form):
    """The number on the carrier's sticker; `confirmed` is asked when a digit seems wrong."""

    number = StringField(
        later("Numéro de suivi La Poste"),
        filters=[trimmed],
        validators=[Required(later("Scannez ou recopiez le numéro de suivi.")), AtMost(40)],
    )
    confirmed = BooleanField(later("J’ai comparé avec l’étiquette : c’est bien ce numéro"))

    def kept(self, keep: Callable[..., object]) -> bool:
        """Whether `keep(text=…, confirmed=…)` took the number; if not, the form says why, beside the field to correct."""
        try:
            keep(text=self.number.data or "", confirmed=bool(self.confirmed.data))
        except KeyDoubt as doubt:
            self.refuse("confirmed", doubt.message)
        except DomainError as refusal:
            self.refuse("number", refusal.message)
        return not self.errors


class Grams(IntegerField):
    """A weight; people part the thousands with spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Any other text is refused in our words."""
        text = "".join(str(valuelist[0]).split()) if valuelist else ""
        self.data = whole(text)


class WeightForm(Form):
    """In grams, as scales show it."""

    weight = Grams(
        later("Poids du colis, en grammes"), validators=[NumberRange(LIGHTEST_GRAMS, HEAVIEST_GRAMS, WRONG_WEIGHT)]
    )


class AddressForm(PostalFields):
    """Where a parcel goes."""

    @classmethod
    def of(cls, address: PostalAddress | None) -> "AddressForm":
        """As it is on the parcel."""
        return cls(obj=address)
