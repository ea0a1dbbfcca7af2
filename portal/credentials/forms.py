"""What one types to come in, and to change how one comes in."""

import json
from typing import Any

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Optional, ValidationError

from portal.accounts.forms import ContactForm
from portal.credentials import rules
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed

LONGEST_NAME = 60
APP_DIGITS = 6
LARGEST_ANSWER = 20_000


class EntryForm(ContactForm):
    """A contact and a password. Spaces, paste and password managers are welcome."""

    password = PasswordField(later("Votre mot de passe"), validators=[Required(later("Tapez votre mot de passe."))])


class CurrentPasswordForm(Form):
    """One's own password, to prove that one is still here."""

    password = PasswordField(
        later("Votre mot de passe actuel"), validators=[Required(later("Tapez votre mot de passe actuel."))]
    )


class NewPasswordForm(Form):
    """A password chosen once: no second box to type it in, a button shows it (ASVS 6.2.5)."""

    new = PasswordField(
        later("Votre nouveau mot de passe"), validators=[Required(later("Choisissez un mot de passe."))]
    )


class ChangePasswordForm(NewPasswordForm):
    """The old one, then the new one."""

    password = PasswordField(
        later("Votre mot de passe actuel"), validators=[Required(later("Tapez votre mot de passe actuel."))]
    )


class AppCodeForm(Form):
    """What the application shows now."""

    code = StringField(
        "Code à 6 chiffres",
        validators=[Required("Tapez le code que montre votre application.")],
        render_kw={"maxlength": "12", "spellcheck": "false"},
    )

    def validate_code(self, field: StringField) -> None:
        """Six figures: anything else cannot be the code, and is not counted as a try."""
        field.data = rules.digits(field.data or "")
        if not (field.data.isdecimal() and field.data.isascii() and len(field.data) == APP_DIGITS):
            raise ValidationError("Le code compte six chiffres, par exemple 492 039.")


class RecoveryCodeForm(Form):
    """One of the ten."""

    code = StringField(
        "Code de secours",
        filters=[trimmed],
        validators=[Required("Tapez un code de votre liste.")],
        render_kw={"maxlength": "20", "spellcheck": "false", "autocapitalize": "characters"},
    )

    def validate_code(self, field: StringField) -> None:
        """Ten symbols."""
        if len(rules.read_recovery_code(field.data or "")) != rules.CODE_LENGTH:
            raise ValidationError("Un code de secours compte dix lettres et chiffres, par exemple 7K3M2-Q9T4X.")


class NameForm(Form):
    """How its owner recognises an application or a key."""

    name = StringField(
        "Comment l’appeler ?",
        filters=[trimmed],
        validators=[Optional(), AtMost(LONGEST_NAME)],
    )

    def named(self, usual: str) -> str:
        """The name, or a usual one."""
        return self.name.data or usual


class PasskeyForm(NameForm):
    """What the device answered, as the script puts it into the form."""

    credential = HiddenField()

    @property
    def answer(self) -> dict[str, Any]:
        """The answer; empty when there is none, or when it is nothing of the kind."""
        text = self.credential.data or ""
        try:
            read = json.loads(text) if len(text) <= LARGEST_ANSWER else {}
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}
