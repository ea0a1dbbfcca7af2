"""What a signatory answers."""

from collections.abc import Mapping
from typing import Self

from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import Length, ValidationError

from portal.charter.rules import CONSENT, EMAIL, SMS, masked, read_code
from portal.platform.forms import Form, Required, trimmed
from portal.platform.i18n import gettext as _

LONGEST_NAME = 120


class ChannelForm(Form):
    """Where the code should go, among the contacts that the school knows."""

    channel = RadioField("Où envoyer votre code ?", validators=[], validate_choice=False)

    def offer(self, contacts: Mapping[str, str]) -> Self:
        """The contacts, by channel; the first one is chosen beforehand."""
        words = {SMS: "Par SMS au %(contact)s", EMAIL: "Par e-mail à %(contact)s"}
        self.contacts = contacts
        self.channel.choices = [
            (channel, _(words[channel], contact=masked(channel, contact).replace(" ", "\u00a0")))
            for channel, contact in contacts.items()
        ]
        if self.channel.data not in contacts:
            self.channel.data = next(iter(contacts), None) if self.channel.raw_data is None else None
        return self

    def validate_channel(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.contacts:
            raise ValidationError("Choisissez où envoyer le code.")


class SignForm(Form):
    """The act: a name, a sentence agreed to, a code."""

    code = StringField(
        "Le code reçu",
        filters=[trimmed],
        validators=[Required("Tapez le code à six chiffres que vous avez reçu.")],
        render_kw={"maxlength": "12", "spellcheck": "false"},
    )
    name = StringField(
        "Votre prénom et votre nom",
        filters=[trimmed],
        validators=[
            Required("Écrivez votre prénom et votre nom."),
            Length(max=LONGEST_NAME, message=f"Écrivez {LONGEST_NAME} caractères au plus."),
        ],
    )
    consent = BooleanField(
        CONSENT, validators=[Required("Cochez la case si vous êtes d’accord. Sinon, choisissez de ne pas signer.")]
    )

    def validate_code(self, field: StringField) -> None:
        """Six digits: anything else cannot be the code, and is not counted as a try."""
        if read_code(field.data or "") is None:
            raise ValidationError("Le code compte six chiffres, par exemple 123 456.")

    @property
    def digits(self) -> str:
        """The code as it was drawn."""
        return read_code(self.code.data or "") or ""
