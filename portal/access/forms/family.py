"""What holders of a letter type, and a family that gives an address."""

from datetime import date

from wtforms import EmailField, StringField
from wtforms.validators import ValidationError

from portal.access.rules import read_birth_date, read_code
from portal.kernel.values.emails import UnreadableEmail, parse_email
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed

_NO_DATE = later("Cette date n’existe pas. Écrivez le jour, le mois et l’année, par exemple 21 6 2011.")


class LetterForm(Form):
    """The code of a letter and a birth date, as people copy them."""

    code = StringField(
        later("Code de la lettre"),
        filters=[trimmed],
        validators=[Required(later("Tapez le code écrit sur la lettre.")), AtMost(60)],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )
    day = StringField(later("Jour"), filters=[trimmed], validators=[AtMost(20)])
    month = StringField(later("Mois"), filters=[trimmed], validators=[AtMost(20)])
    year = StringField(later("Année"), filters=[trimmed], validators=[AtMost(20)])

    def validate_code(self, field: StringField) -> None:
        """Twelve symbols: anything else cannot be a code, and is not counted as a try."""
        if read_code(field.data or "") is None:
            raise ValidationError(later("Le code compte douze lettres et chiffres, par exemple ABCD-EFGH-JKLM."))

    def validate_day(self, field: StringField) -> None:
        """The three fields are one date."""
        if not all((field.data, self.month.data, self.year.data)):
            raise ValidationError(later("Indiquez le jour, le mois et l’année de naissance."))
        if self.born is None:
            raise ValidationError(_NO_DATE)

    @property
    def born(self) -> date | None:
        """The date, if it is one."""
        return read_birth_date(self.day.data or "", self.month.data or "", self.year.data or "")

    @property
    def symbols(self) -> str:
        """The code as it was drawn."""
        return read_code(self.code.data or "") or ""

    @property
    def birth_date(self) -> date:
        """The date, once the form is valid."""
        return self.born or date.min


class AddressForm(Form):
    """An address to come in by next time."""

    email = EmailField(
        later("Votre adresse e-mail"),
        filters=[trimmed],
        validators=[Required(later("Indiquez votre adresse e-mail."))],
    )

    def validate_email(self, field: EmailField) -> None:
        """One address, written as addresses are."""
        try:
            field.data = parse_email(field.data or "")
        except UnreadableEmail as error:
            raise ValidationError(error.message) from None
