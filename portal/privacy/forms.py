"""What people ask about their data, and what the lycée answers."""

from collections.abc import Mapping
from typing import Self

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed
from portal.privacy.states import Right
from portal.privacy.wording import RIGHTS

LONGEST = 1000


class RightsForm(Form):
    """Which right, for whom, and why."""

    kind = RadioField(
        later("Que demandez-vous ?"),
        choices={kind.value: words for kind, words in RIGHTS.items()},
        validate_choice=False,
    )
    eleve = RadioField(later("Pour qui ?"), validate_choice=False)
    details = TextAreaField(later("Expliquez en quelques mots"), filters=[trimmed], validators=[AtMost(LONGEST)])

    def offer(self, students: Mapping[str, str]) -> Self:
        """The students it may be about, by public id; the only one is chosen beforehand."""
        self.eleve.choices = dict(students)
        self.students = students
        if len(students) == 1:
            self.eleve.data = next(iter(students))
        return self

    def validate_kind(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in {kind.value for kind in Right}:
            raise ValidationError(later("Choisissez ce que vous demandez."))

    def validate_eleve(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.students:
            raise ValidationError(later("Choisissez un élève dans la liste."))

    def validate_details(self, field: TextAreaField) -> None:
        """What to correct, or why one objects, only the person can say."""
        if self.kind.data in {Right.RECTIFY.value, Right.OBJECT.value} and not field.data:
            raise ValidationError(later("Écrivez ce qu’il faut corriger, ou pourquoi vous vous opposez."))


class AnswerForm(Form):
    """What the lycée answers."""

    text = TextAreaField(
        later("Votre réponse à la personne"),
        filters=[trimmed],
        validators=[Required(later("Écrivez votre réponse.")), AtMost(LONGEST)],
    )


class EraseForm(Form):
    """The word that confirms."""

    typed = StringField(later("Tapez EFFACER pour confirmer"), filters=[trimmed])
