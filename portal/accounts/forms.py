"""What one types at the door."""

from collections.abc import Mapping
from typing import Self

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import ValidationError

from portal.accounts.rules import read_code
from portal.kernel.errors import DomainError
from portal.kernel.values.contacts import parse_contact
from portal.kernel.values.numbers import whole
from portal.kernel.words import later
from portal.platform.forms import Form, Required, trimmed


class ContactForm(Form):
    """Who asks to come in, and where they were going."""

    contact = StringField(
        later("Votre e-mail ou votre portable"),
        filters=[trimmed],
        validators=[Required(later("Indiquez votre e-mail ou votre numéro de portable."))],
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    suite = HiddenField()

    def validate_contact(self, field: StringField) -> None:
        """One address or one mobile number, as people write them."""
        try:
            field.data = parse_contact(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from None


class CodeForm(Form):
    """The code of the message, as people copy it."""

    code = StringField(
        later("Code à 6 caractères"),
        filters=[trimmed],
        validators=[Required(later("Tapez le code que vous avez reçu."))],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "maxlength": "16"},
    )

    def validate_code(self, field: StringField) -> None:
        """Six symbols: anything else cannot be the code, and is not counted as a try."""
        if read_code(field.data or "") is None:
            raise ValidationError(later("Le code compte six lettres et chiffres, par exemple 7K3 M2Q."))

    @property
    def symbols(self) -> str:
        """The code as it was drawn."""
        return read_code(self.code.data or "") or ""


def _number(text: object) -> int:
    """What is not a number is no grant: refused with the sentence below, not with the library's."""
    number = whole(str(text))
    return -1 if number is None else number


class RoleForm(Form):
    """With which role to go on."""

    grant = RadioField(later("Vous entrez en tant que"), coerce=_number, validate_choice=False)
    suite = HiddenField()

    def offer(self, roles: Mapping[int, str]) -> Self:
        """The person's own roles, by grant."""
        self.roles = roles
        self.grant.choices = list(roles.items())
        return self

    def validate_grant(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.roles:
            raise ValidationError(later("Choisissez un rôle dans la liste."))
