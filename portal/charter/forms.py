"""What a signatory answers."""

from collections.abc import Mapping
from typing import Self

from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import ValidationError

from portal.charter.rules import CONSENT, EMAIL, SMS, masked, read_code
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed

LONGEST_NAME = 120


class ChannelForm(Form):
    """Where the code should go, among the contacts that the school knows."""

    channel = RadioField(later("Où envoyer votre code ?"), validators=[], validate_choice=False)

    def offer(self, contacts: Mapping[str, str]) -> Self:
        """The contacts, by channel; the first one is chosen beforehand."""
        words = {
            SMS: lambda contact: later("Par SMS au %(contact)s", contact=contact),
            EMAIL: lambda contact: later("Par e-mail à %(contact)s", contact=contact),
        }
        self.contacts = contacts
        self.channel.choices = [
            (channel, words[channel](masked(channel, contact).replace(" ", "\u00a0")))
            for channel, contact in contacts.items()
        ]
        if self.channel.data not in contacts:
            self.channel.data = next(iter(contacts), None) if self.channel.raw_data is None else None
        return self

    def validate_channel(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.contacts:
            raise ValidationError(later("Choisissez où envoyer le code."))


class SignForm(Form):
    """The act: a name, a sentence agreed to, a code."""

    code = StringField(
        later("Le code reçu"),
        filters=[trimmed],
        validators=[Required(later("Tapez le code à six chiffres que vous avez reçu."))],
        render_kw={"maxlength": "12", "spellcheck": "false"},
    )
    name = StringField(
        later("Votre prénom et votre nom"),
        filters=[trimmed],
        validators=[
            Required(later("Écrivez votre prénom et votre nom.")),
            AtMost(LONGEST_NAME),
        ],
    )
    consent = BooleanField(
        CONSENT,
        validators=[Required(later("Cochez la case si vous êtes d’accord. Sinon, choisissez de ne pas signer."))],
    )

    def validate_code(self, field: StringField) -> None:
        """Six digits: anything else cannot be the code, and is not counted as a try."""
        if read_code(field.data or "") is None:
            raise ValidationError(later("Le code compte six chiffres, par exemple 123 456."))

    @property
    def digits(self) -> str:
        """The code as it was drawn."""
        return read_code(self.code.data or "") or ""
