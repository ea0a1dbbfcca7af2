"""Shapes and words of the roster's forms."""

from collections.abc import Mapping
from typing import Any, cast

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectField, StringField
from wtforms.fields import Field
from wtforms.validators import AnyOf

from portal.kernel.errors import DomainError
from portal.kernel.values.emails import parse_email
from portal.kernel.values.phones import parse_phone
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, stop, trimmed
from portal.platform.postal import PostalFields
from portal.roster.reading import FIELDS, REQUIRED
from portal.roster.reading.values import LONGEST_LEVEL

MOST_FILES = 6
NOWHERE = ""
BETWEEN = "__"
"""Between a person and a thing in the name of a field: a point would look like a class to a style sheet."""


class EmailField(StringField):
    """An e-mail address or nothing."""

    def pre_validate(self, _form: Any) -> None:
        """Read as the rest of the portal does."""
        if self.data:
            try:
                self.data = parse_email(self.data)
            except DomainError as refusal:
                raise stop(refusal.message) from None


class PhoneField(StringField):
    """A telephone number or nothing."""

    def pre_validate(self, _form: Any) -> None:
        """Kept in E.164."""
        if self.data:
            try:
                self.data = parse_phone(self.data)
            except DomainError as refusal:
                raise stop(refusal.message) from None


class UploadForm(Form):
    """One or several files; their content says what they are."""

    fichiers = Field(later("Fichiers à importer"))

    def files(self) -> list[FileStorage]:
        """Those that were chosen; an empty field sends one without a name."""
        found = [file for file in request.files.getlist("fichiers") if file.filename]
        if not found:
            self.refuse("fichiers", later("Choisissez au moins un fichier."))
        if len(found) > MOST_FILES:
            self.refuse("fichiers", later("Choisissez six fichiers au plus."))
        return [] if self.errors else found


class StudentForm(Form):
    """What the school may correct of a student."""

    given_name = StringField(
        later("Prénom"), filters=[trimmed], validators=[Required(later("Indiquez le prénom.")), AtMost(80)]
    )
    family_name = StringField(
        later("Nom de famille"), filters=[trimmed], validators=[Required(later("Indiquez le nom.")), AtMost(80)]
    )
    usage_name = StringField(later("Nom d’usage"), filters=[trimmed], validators=[AtMost(80)])
    email = EmailField(later("Adresse électronique de l’élève"), filters=[trimmed], validators=[AtMost(254)])
    mobile = PhoneField(later("Téléphone mobile de l’élève"), filters=[trimmed], validators=[AtMost(40)])


class GuardianForm(PostalFields):
    """What the school may correct of a guardian; not every one has an address."""

    may_be_empty = True

    name = StringField(
        later("Prénom et nom"), filters=[trimmed], validators=[Required(later("Indiquez le nom.")), AtMost(120)]
    )
    email = EmailField(later("Adresse électronique"), filters=[trimmed], validators=[AtMost(254)])
    mobile = PhoneField(later("Téléphone mobile"), filters=[trimmed], validators=[AtMost(40)])

    @property
    def given(self) -> dict[str, Any]:
        """As the roster keeps it."""
        contacts = {"name": self.name.data, "email": self.email.data, "mobile": self.mobile.data}
        return {**contacts, "address": self.parts or None}


class RightForm(Form):
    """Whether a guardian may sign, where the file could not say."""

    reponse = RadioField(
        later("Cette personne est-elle responsable légale de l’élève ?"),
        choices={"oui": later("Oui, elle peut signer"), "non": later("Non, elle ne signe pas")},
        validators=[AnyOf(("oui", "non"), later("Choisissez oui ou non."))],
        validate_choice=False,
    )


class ConfirmForm(Form):
    """The lycée's own code, typed by somebody who has read what would change."""

    uai = StringField(later("Code UAI de votre lycée"), filters=[trimmed], validators=[AtMost(12)])


def levels_form(labels: Mapping[str, str]) -> "LevelsForm":
    """The form that names MEF, filled with what each is called now, or with what was sent."""
    fields = {
        f"formation{rank}": StringField(code, default=label, filters=[trimmed], validators=[AtMost(LONGEST_LEVEL)])
        for rank, (code, label) in enumerate(labels.items())
    }
    kind = cast(type[LevelsForm], type("SomeLevelsForm", (LevelsForm,), fields))
    return kind.sent() if request.method == "POST" else kind()


class LevelsForm(Form):
    """What the school calls each MEF."""

    @property
    def labels(self) -> dict[str, str]:
        """Label by code; a MEF without any keeps its code, and is not asked about again."""
        return {field.label.text: field.data or field.label.text for field in self if isinstance(field, StringField)}


def columns_form(question: dict[str, Any]) -> "ColumnsForm":
    """The form that names the columns of one table, filled with what was proposed, or with what was sent."""
    choices = {NOWHERE: later("Aucune colonne"), **{header: header for header in question["headers"]}}
    fields = {
        name.replace(".", BETWEEN): SelectField(
            label.partition(":")[2].strip(),
            choices=choices,
            default=question["proposals"].get(name, NOWHERE),
            validate_choice=False,
        )
        for name, label in FIELDS.items()
    }
    kind = cast(type[ColumnsForm], type("TableColumnsForm", (ColumnsForm,), fields))
    form = kind.sent() if request.method == "POST" else kind()
    form.headers = frozenset(question["headers"])
    return form


class ColumnsForm(Form):
    """Which column is which."""

    headers: frozenset[str] = frozenset()

    def of(self, person: str) -> list[Field]:
        """The fields of a student, or of a guardian."""
        return [field for field in self if field.name.startswith(f"{person}{BETWEEN}")]

    def validate(self, extra_validators: Any = None) -> bool:
        """What must be known has a column, and it is one of the table's."""
        whole: bool = super().validate(extra_validators)
        for name in REQUIRED:
            if self[name.replace(".", BETWEEN)].data not in self.headers:
                self.refuse(name.replace(".", BETWEEN), later("Choisissez la colonne qui contient cette information."))
        return whole and not self.errors

    @property
    def chosen(self) -> dict[str, str]:
        """Header by field, without the fields that have none."""
        return {field.name.replace(BETWEEN, "."): field.data for field in self if field.data in self.headers}
