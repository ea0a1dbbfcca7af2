"""What the lycée says about who signs: an opposition, the head's answer, an emancipation."""

from collections.abc import Sequence
from typing import Final, Self

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.kernel.values.numbers import whole
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, SelectChoice, trimmed
from portal.roster.rules import GuardianFacts

LONGEST: Final = 500
LONGEST_PAPER: Final = 160


class OppositionForm(Form):
    """The lycée notes what a parent said."""

    guardian = RadioField(later("Qui s’oppose ?"), choices=[], validate_choice=False)
    reason = TextAreaField(
        later("Comment l’avez-vous su, et pourquoi ?"),
        filters=[trimmed],
        validators=[Required(later("Écrivez comment vous l’avez su, par exemple par un courrier.")), AtMost(LONGEST)],
        render_kw={"rows": "3"},
    )

    def offer(self, people: Sequence[GuardianFacts]) -> Self:
        """Those who may sign, and so may object."""
        self.guardian.choices = [SelectChoice(str(one.guardian_id), one.name) for one in people]
        return self

    @property
    def who(self) -> int:
        """The guardian's number."""
        return whole(self.guardian.data or "") or 0

    def validate_guardian(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in {choice.data for choice in field}:
            raise ValidationError(later("Choisissez la personne qui s’oppose."))


class DecisionForm(Form):
    """The head's answer to an opposition."""

    opposed = HiddenField()
    answer = RadioField(
        later("Votre décision"),
        choices=[
            SelectChoice("lift", later("Lever l’opposition : le prêt continue")),
            SelectChoice("keep", later("Garder l’opposition : le prêt reste arrêté")),
        ],
        validate_choice=False,
    )
    motive = TextAreaField(
        later("Motif de la décision"),
        filters=[trimmed],
        validators=[Required(later("Écrivez le motif : il reste au dossier.")), AtMost(LONGEST)],
        render_kw={"rows": "3"},
    )

    @property
    def who(self) -> int:
        """The guardian's number."""
        return whole(self.opposed.data or "") or 0

    def validate_answer(self, field: RadioField) -> None:
        """Nothing is chosen beforehand."""
        if field.data not in {"lift", "keep"}:
            raise ValidationError(later("Choisissez une décision."))


class EmancipationForm(Form):
    """Which paper the head saw."""

    document = StringField(
        later("Document vu"),
        filters=[trimmed],
        validators=[
            Required(later("Écrivez quel document vous avez vu, avec sa date.")),
            AtMost(LONGEST_PAPER),
        ],
    )
    why = TextAreaField(
        later("Motif"),
        filters=[trimmed],
        validators=[Required(later("Écrivez pourquoi l’élève est émancipé.")), AtMost(LONGEST)],
        render_kw={"rows": "2"},
    )
