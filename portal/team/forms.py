"""What a head, or the region, fills in about people."""

from collections.abc import Iterable, Mapping
from typing import Self

from wtforms import BooleanField, EmailField, RadioField, StringField
from wtforms.validators import Optional, ValidationError

from portal.kernel import clock
from portal.kernel.values.emails import UnreadableEmail, parse_email
from portal.platform.forms import AtMost, Count, Day, Form, Required, trimmed
from portal.policy import ROLE_LABELS, Role
from portal.team.rules import MOST_HELPERS
from portal.team.services import Invitation

LONGEST_NAME, LONGEST_FIRST_NAME = 120, 40


class InviteForm(Form):
    """Somebody to work with."""

    name = StringField(
        "Son prénom et son nom",
        filters=[trimmed],
        validators=[Required("Indiquez son prénom et son nom."), AtMost(LONGEST_NAME)],
    )
    email = EmailField(
        "Son adresse e-mail", filters=[trimmed], validators=[Required("Indiquez son adresse professionnelle.")]
    )
    role = RadioField("Son rôle", validate_choice=False)
    starts_on = Day("À partir du", validators=[Optional()])
    ends_on = Day("Jusqu’au", validators=[Optional()])

    def offer(self, roles: Iterable[Role]) -> Self:
        """The roles that this person gives."""
        self.roles = tuple(roles)
        self.role.choices = [(role.value, ROLE_LABELS[role]) for role in self.roles]
        return self

    def validate_email(self, field: EmailField) -> None:
        """One address, written as addresses are."""
        try:
            field.data = parse_email(field.data or "")
        except UnreadableEmail as error:
            raise ValidationError(error.message) from None

    def validate_role(self, field: RadioField) -> None:
        """One of those."""
        if field.data not in {role.value for role in self.roles}:
            raise ValidationError("Choisissez un rôle dans la liste.")

    @property
    def invitation(self) -> Invitation:
        """What was filled in."""
        return Invitation(
            name=self.name.data or "",
            email=self.email.data or "",
            role=Role(self.role.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


class EndForm(Form):
    """The last day of a role."""

    on = Day("Dernier jour", validators=[Required("Indiquez le dernier jour.")])


class ResetForm(Form):
    """What somebody has lost."""

    password_too = BooleanField("Le mot de passe est oublié aussi")


class DelegationForm(Form):
    """To whom, and when."""

    deputy = RadioField("À qui ?", validate_choice=False)
    first = Day("Du", validators=[Required("Indiquez le premier jour.")])
    last = Day("Au (compris)", validators=[Required("Indiquez le dernier jour.")])

    def offer(self, people: Mapping[int, str]) -> Self:
        """The colleagues of the lycée."""
        self.people = {str(account_id): name for account_id, name in people.items()}
        self.deputy.choices = list(self.people.items())
        return self

    def validate_deputy(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.people:
            raise ValidationError("Choisissez une personne dans la liste.")


class PassForm(Form):
    """A day, and how many helpers."""

    day = Day("Pour quel jour ?", validators=[Required("Indiquez le jour.")])
    most = Count("Combien d’aides au plus ?")

    def validate_most(self, field: Count) -> None:
        """A few."""
        if field.data is None or not 1 <= field.data <= MOST_HELPERS:
            raise ValidationError(f"Écrivez un nombre entre 1 et {MOST_HELPERS}.")

    def validate_day(self, field: Day) -> None:
        """Today or later."""
        if field.data and field.data < clock.today():
            raise ValidationError("Ce jour est passé. Choisissez aujourd’hui ou plus tard.")


class HelperForm(Form):
    """A first name, so that one knows who scanned."""

    name = StringField(
        "Votre prénom",
        filters=[trimmed],
        validators=[Required("Tapez votre prénom."), AtMost(LONGEST_FIRST_NAME)],
        render_kw={"maxlength": str(LONGEST_FIRST_NAME)},
    )
