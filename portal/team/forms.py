"""What a head, or the region, fills in about people."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from wtforms import BooleanField, EmailField, RadioField, StringField
from wtforms.validators import Optional, ValidationError

from portal.kernel import clock
from portal.kernel.values.emails import UnreadableEmail, parse_email
from portal.kernel.values.phones import UnreadablePhone, parse_phone
from portal.platform.forms import AtMost, Count, Day, Form, Required, trimmed
from portal.policy import ROLE_LABELS, Role
from portal.team.rules import MOST_HELPERS
from portal.team.services import Invitation

LONGEST_NAME, LONGEST_FIRST_NAME = 120, 40


def _one_address(_form: Form, field: EmailField) -> None:
    """One address, written as addresses are."""
    try:
        field.data = parse_email(field.data or "")
    except UnreadableEmail as error:
        raise ValidationError(error.message) from None


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

    validate_email = _one_address

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


class JoinForm(Form):
    """Who runs a lycée that joins, and what the directory does not always say of it."""

    head_name = StringField(
        "Prénom et nom du proviseur",
        filters=[trimmed],
        validators=[Required("Indiquez le prénom et le nom du proviseur."), AtMost(LONGEST_NAME)],
    )
    head_email = EmailField(
        "Adresse e-mail du proviseur",
        filters=[trimmed],
        validators=[Required("Indiquez l’adresse professionnelle du proviseur.")],
    )
    manager_name = StringField(
        "Prénom et nom du gestionnaire", filters=[trimmed], validators=[Optional(), AtMost(LONGEST_NAME)]
    )
    manager_email = EmailField("Adresse e-mail du gestionnaire", filters=[trimmed], validators=[Optional()])
    street = StringField(
        "Numéro et rue du lycée",
        filters=[trimmed],
        validators=[Required("Indiquez le numéro et le nom de la rue."), AtMost(LONGEST_NAME)],
    )
    phone = StringField("Téléphone du lycée", filters=[trimmed])

    validate_head_email = validate_manager_email = _one_address

    def validate_phone(self, field: StringField) -> None:
        """A number that families can dial."""
        try:
            self.number = parse_phone(field.data or "")
        except UnreadablePhone as error:
            raise ValidationError(error.message) from None

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer, then a manager who is named and reached, or not at all, and who is somebody else."""
        super().validate(extra_validators)
        name, email = self.manager_name.data, self.manager_email.data
        if email and not name:
            self.refuse("manager_name", "Indiquez aussi le nom du gestionnaire, ou effacez son adresse.")
        if name and not email:
            self.refuse("manager_email", "Indiquez aussi l’adresse du gestionnaire, ou effacez son nom.")
        if email and email.lower() == (self.head_email.data or "").lower():
            self.refuse("manager_email", "Cette adresse est celle du proviseur. Indiquez celle du gestionnaire.")
        return not self.errors

    @property
    def head(self) -> Invitation:
        """Who signs."""
        return Invitation(name=self.head_name.data or "", email=self.head_email.data or "", role=Role.HEAD)

    @property
    def manager(self) -> Invitation | None:
        """Who prepares the kits, if that is known already."""
        name, email = self.manager_name.data, self.manager_email.data
        return Invitation(name=name, email=email, role=Role.MANAGER) if name and email else None


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
