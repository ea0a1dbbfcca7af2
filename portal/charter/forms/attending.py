"""What the school's staff answer about a signature: at the desk, or about a paper."""

from datetime import date
from typing import Any, Self

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import BooleanField, MultipleFileField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.charter.forms import LONGEST_NAME
from portal.platform.forms import AtMost, Form, Required, SelectChoice, trimmed

LARGEST_SCAN = 15 * 1024 * 1024
MOST_FILES, MOST_TICKED = 12, 200
YES, NO = "oui", "non"


class WitnessForm(Form):
    """Whether the agent saw an identity document: said in the evidence, and not asked for by the law."""

    identity = RadioField(
        "Avez-vous vu une pièce d’identité\u00a0?",
        choices=[SelectChoice(YES, "Oui, je l’ai vue"), SelectChoice(NO, "Non")],
        validators=[],
        validate_choice=False,
    )

    def validate_identity(self, field: RadioField) -> None:
        """Said, one way or the other."""
        if field.data not in {YES, NO}:
            raise ValidationError("Dites si vous avez vu une pièce d’identité.")

    @property
    def identity_seen(self) -> bool:
        """As the evidence says it."""
        return bool(self.identity.data == YES)


class PaperForm(WitnessForm):
    """What is read on a signed paper, and its scan."""

    scan = MultipleFileField(
        "Le papier scanné",
        render_kw={"accept": "application/pdf,image/jpeg,image/png,image/heic,image/heif,.heic,.heif"},
    )
    name = StringField(
        "Le nom écrit sur le papier",
        filters=[trimmed],
        validators=[Required("Recopiez le nom écrit sur le papier."), AtMost(LONGEST_NAME)],
    )
    signed_on = StringField(
        "La date écrite sur le papier",
        filters=[trimmed],
        validators=[Required("Recopiez la date écrite sur le papier.")],
        render_kw={"type": "date"},
    )
    witnessed = BooleanField(
        "J’ai ce papier signé devant moi et je le garde au lycée.",
        validators=[Required("Cochez la case quand vous avez le papier en main.")],
    )

    @classmethod
    def received(cls) -> Self:
        """The form with its files."""
        return cls(CombinedMultiDict((request.files, request.form)))

    def validate_signed_on(self, field: StringField) -> None:
        """A day, as the browser sends it."""
        try:
            self.day = date.fromisoformat(field.data or "")
        except ValueError:
            raise ValidationError("Écrivez la date du papier, par exemple 2026-09-12.") from None

    def validate_scan(self, field: MultipleFileField) -> None:
        """Read once into `contents`: one PDF, or a few photos, of a scan's size."""
        self.contents: list[bytes] = [
            content
            for file in (field.data or ())[: MOST_FILES + 1]
            if hasattr(file, "read") and (content := file.read())
        ]
        if not self.contents:
            raise ValidationError("Choisissez le scan du papier\u00a0: un PDF, ou une photo par page.")
        if len(self.contents) > MOST_FILES or sum(map(len, self.contents)) > LARGEST_SCAN:
            raise ValidationError("Ces fichiers sont trop gros. Envoyez douze pages au plus, 15 Mo en tout.")


class ReasonForm(Form):
    """Why a scan is taken back."""

    reason = TextAreaField(
        "Pourquoi annuler ce papier\u00a0?",
        filters=[trimmed],
        validators=[
            Required("Écrivez le motif, par exemple\u00a0: le papier est celui d’un autre élève."),
            AtMost(300),
        ],
        render_kw={"rows": "3"},
    )


class Ticked(SelectMultipleField):
    """The loans ticked; the database says whether they exist."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Each once, and no more than a page shows."""
        self.data = list(dict.fromkeys(str(value) for value in valuelist))[:MOST_TICKED]

    def pre_validate(self, form: Any) -> None:
        """Any id may be sent: those of other schools are not found."""


class ChosenForm(Form):
    """The loans chosen on the board."""

    dossier = Ticked()
