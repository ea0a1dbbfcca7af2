"""What the region fills in about a campaign."""

import re
from dataclasses import replace
from typing import Self

from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.kernel.values.folding import one_line
from portal.kernel.words import later
from portal.platform.forms import AtMost, Day, Form, Required
from portal.schools.campaigns import Plan

MOST_PIECES, LONGEST_PIECE = 20, 60
_NAME = re.compile(r"\w[\w .'’()-]*")
"""What may stand in an address: the texts of a campaign's charter are found by its name."""


class LastDayForm(Form):
    """A campaign that has begun: families have read the rest."""

    ends_on = Day(later("Dernier jour"), validators=[Required(later("Indiquez le dernier jour."))])

    def after(self, before: Plan) -> Plan:
        """The campaign with what was filled in, once validated."""
        return replace(before, ends_on=self.ends_on.data or before.ends_on)


class CampaignForm(LastDayForm):
    """A campaign that nobody has read yet: all of it changes."""

    name = StringField(
        later("Nom de la campagne"),
        filters=[lambda text: one_line(text or "")],
        validators=[Required(later("Nommez la campagne, par exemple 2027-2028.")), AtMost(40)],
    )
    starts_on = Day(later("Premier jour"), validators=[Required(later("Indiquez le premier jour."))])
    kit = TextAreaField(
        later("Contenu du kit"),
        validators=[Required(later("Indiquez ce que l’élève reçoit, une chose par ligne."))],
        render_kw={"rows": "5"},
    )

    @classmethod
    def of(cls, plan: Plan | None) -> Self:
        """As it is planned; empty before the first campaign."""
        if plan is None:
            return cls()
        values = {name: getattr(plan, name) for name in ("name", "starts_on", "ends_on")}
        return cls(data={**values, "kit": "\n".join(plan.kit)})

    def validate_name(self, field: StringField) -> None:
        """Letters, figures and a few signs."""
        if not _NAME.fullmatch(field.data or ""):
            raise ValidationError(later("Commencez par une lettre ou un chiffre, sans barre ni signe spécial."))

    def validate_kit(self, _field: TextAreaField) -> None:
        """A few short lines: they are printed in the charter."""
        pieces = self._pieces
        if len(pieces) > MOST_PIECES:
            raise ValidationError(later("Écrivez %(most)d lignes au plus.", most=MOST_PIECES))
        if any(len(piece) > LONGEST_PIECE for piece in pieces):
            raise ValidationError(later("Écrivez %(most)d caractères au plus par ligne.", most=LONGEST_PIECE))

    @property
    def _pieces(self) -> tuple[str, ...]:
        return tuple(filter(None, map(one_line, (self.kit.data or "").splitlines())))

    @property
    def plan(self) -> Plan:
        """As the use-case wants it, once validated."""
        first, last = self.starts_on.data, self.ends_on.data
        assert first and last, "validated"  # noqa: PT018 (one thing: both days are required)
        return Plan(name=self.name.data or "", starts_on=first, ends_on=last, kit=self._pieces)

    def after(self, _before: Plan) -> Plan:
        """The same as `plan`: nothing of it stays by itself."""
        return self.plan
