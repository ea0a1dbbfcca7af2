"""The form of a contract with La Poste. What opens the service is typed, never shown again."""

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField

from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, SelectChoice, trimmed
from portal.shipping.carriers.base import LabelFormat

FORMATS = [
    SelectChoice(
        LabelFormat.PDF_10X15.value, later("Étiquette 10 × 15 cm (PDF) ; quatre par feuille si le lycée imprime sur A4")
    ),
    SelectChoice(LabelFormat.PDF_A4.value, later("Feuille A4, une étiquette par feuille (PDF)")),
    SelectChoice(LabelFormat.ZPL_203.value, later("Imprimante thermique 203 points (ZPL)")),
    SelectChoice(LabelFormat.ZPL_300.value, later("Imprimante thermique 300 points (ZPL)")),
]


class ContractForm(Form):
    """A key, or a contract number with its password."""

    service = HiddenField()
    api_key = PasswordField(later("Clé du service"), filters=[trimmed], validators=[AtMost(200)])
    login = StringField(later("Numéro de contrat"), filters=[trimmed], validators=[AtMost(20)])
    password = PasswordField(later("Mot de passe du contrat"), validators=[AtMost(200)])
    label = SelectField(later("Papier des étiquettes"), choices=FORMATS, default=LabelFormat.PDF_10X15.value)
    signature = BooleanField(later("Remettre chaque colis contre signature"))

    @classmethod
    def of(cls, row: Any) -> "ContractForm":
        """As it is, without what opens it."""
        return cls(label=row.label.value, signature=row.signature) if row else cls()

    @property
    def secret(self) -> dict[str, str]:
        """What was typed of it; nothing when it stays as it was."""
        typed = {"api_key": self.api_key.data, "login": self.login.data, "password": self.password.data}
        return {name: value for name, value in typed.items() if value}

    @property
    def label_format(self) -> LabelFormat:
        """On what labels are printed."""
        return LabelFormat(self.label.data or LabelFormat.PDF_10X15.value)

    def validate(self, extra_validators: Any = None) -> bool:
        """A number goes with its password."""
        if not super().validate(extra_validators):
            return False
        if bool(self.login.data) != bool(self.password.data):
            self.refuse("password", later("Donnez le numéro de contrat et son mot de passe ensemble."))
        return not self.errors
