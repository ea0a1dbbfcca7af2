"""What a lycée says of itself: who helps, when, where, from which address, on which paper."""

from collections.abc import Mapping
from typing import Any, Self

from flask import request
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.kernel.errors import DomainError
from portal.kernel.values.address import ADDRESS_PARTS, PostalAddress
from portal.kernel.values.emails import parse_email
from portal.kernel.values.folding import one_line
from portal.kernel.values.numbers import whole
from portal.kernel.values.phones import display_phone, parse_phone
from portal.kernel.values.postcodes import Verdict, check
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, SelectChoice, stop
from portal.schools.models import School
from portal.schools.opening import (
    DAYS,
    read_closings,
    read_hours,
    week_in_words,
    write_closings,
    write_hours,
)
from portal.schools.printing import LABELS_ON_A4, MAX_SHIFT_MM, LabelSheet, Printing
from portal.schools.reminders import UnreadableDays, read_days, write_days


def _tidy(value: str | None) -> str:
    return one_line(value or "")


def _line(label: str, limit: int = 120, *validators: Any) -> StringField:
    return StringField(label, filters=[_tidy], validators=[*validators, AtMost(limit)])


class Settings(Form):
    """A part of the settings. `version` is that of the settings when the form was opened."""

    version = HiddenField()

    @classmethod
    def of(cls, school: School) -> Self:
        """As it is now."""
        raise NotImplementedError

    @property
    def values(self) -> Mapping[str, Any]:
        """By attribute of `School`, once validated."""
        raise NotImplementedError

    @property
    def opened(self) -> int:
        """The version that the person read; none that exists when the field was lost."""
        return whole(self.version.data or "") or 0

    def unlike(self, now: Self) -> list[dict[str, str]]:
        """Where what was typed differs from what is kept now: label, theirs, yours."""
        pairs = [(field, now[name]) for name, field in self._fields.items() if name != "version"]
        return [
            {"label": str(mine.label.text), "theirs": _shown(theirs), "yours": _shown(mine)}
            for mine, theirs in pairs
            if _shown(mine) != _shown(theirs)
        ]


def _shown(field: Any) -> str:
    if isinstance(field, BooleanField):
        return str(later("Oui")) if field.data else str(later("Non"))
    if isinstance(field, SelectField | RadioField):
        return next((str(option.label.text) for option in field if option.data == field.data), str(field.data))
    return str(field.data or "").replace("\r\n", "\n").strip()


class WelcomeForm(Settings):
    """Who answers families, when the desk is open, where kits are collected."""

    contact_name = _line(
        later("Personne qui aide les familles"), 120, Required(later("Indiquez un nom ou un service."))
    )
    contact_phone = _line(later("Téléphone montré aux familles"), 40)
    contact_email = _line(later("Adresse e‑mail montrée aux familles"), 254)
    pickup_place = _line(
        later("Lieu de retrait"), 160, Required(later("Indiquez où l’on vient chercher l’ordinateur."))
    )
    lundi = _line(later("Lundi"), 60)
    mardi = _line(later("Mardi"), 60)
    mercredi = _line(later("Mercredi"), 60)
    jeudi = _line(later("Jeudi"), 60)
    vendredi = _line(later("Vendredi"), 60)
    samedi = _line(later("Samedi"), 60)
    closings = TextAreaField(later("Jours de fermeture"), validators=[AtMost(2000)])

    @classmethod
    def of(cls, school: School) -> Self:
        """As it is now."""
        week = {day: write_hours((school.opening or {}).get(day, ())) for day in DAYS}
        known = {
            "version": str(school.version),
            "contact_name": school.contact_name,
            "contact_phone": display_phone(school.contact_phone),
            "contact_email": school.contact_email,
            "pickup_place": school.pickup_place,
            "closings": write_closings(school.closings or ()),
        }
        return cls(data={**known, **week})

    def _validate_hours(self, field: StringField) -> None:
        try:
            self.week[field.name] = read_hours(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from None

    validate_lundi = validate_mardi = validate_mercredi = validate_jeudi = _validate_hours
    validate_vendredi = validate_samedi = _validate_hours

    def validate_closings(self, field: TextAreaField) -> None:
        """Dates, one or a stretch a line."""
        try:
            self.closed = read_closings(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from None

    def validate_contact_phone(self, field: StringField) -> None:
        """A number one can dial."""
        try:
            self.phone = parse_phone(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from None

    def validate_contact_email(self, field: StringField) -> None:
        """An address one can write to."""
        try:
            field.data = parse_email(field.data or "")
        except DomainError as error:
            raise ValidationError(error.message) from None

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then that the desk opens at least once a week."""
        self.week: dict[str, list[list[str]]] = {}
        if not super().validate(extra_validators):
            return False
        if not any(self.week.values()):
            self.refuse("lundi", later("Indiquez au moins une demi-journée d’ouverture."))
        return not self.errors

    @property
    def values(self) -> Mapping[str, Any]:
        """The hours are kept twice: by half-day, and in the words that families read everywhere."""
        opening = {day: spans for day in DAYS if (spans := self.week.get(day))}
        return {
            "contact_name": self.contact_name.data,
            "contact_phone": self.phone,
            "contact_email": self.contact_email.data,
            "pickup_place": self.pickup_place.data,
            "opening": opening,
            "contact_hours": week_in_words(opening)[:160],
            "closings": self.closed,
        }


class PostalForm(Settings):
    """An address in the parts of NF Z10-011; postcode and town are compared offline, as for families."""

    recipient = _line(later("Nom sur l’enveloppe"), 120)
    line2 = _line(later("Service, bureau"), 120)
    line3 = _line(later("Bâtiment, entrée"), 120)
    street = _line(later("Numéro et rue"), 120)
    locality = _line(later("Boîte postale ou lieu-dit"), 120)
    postcode = _line(later("Code postal"), 12)
    city = _line(later("Commune"), 80)
    sure = BooleanField(later("J’ai vérifié : garder cette commune et ce code postal"))

    @property
    def address(self) -> PostalAddress:
        """As a value, with the official spelling of the town when it is known."""
        parts = {name: str(self[name].data or "") for name in ADDRESS_PARTS}
        found = check(parts["postcode"], parts["city"])
        return PostalAddress(**{**parts, "city": found.city if found.verdict is Verdict.EXACT else parts["city"]})

    def _is_usable(self) -> bool:
        self.postcode.data = "".join((self.postcode.data or "").split())
        problems = self.address.problems()
        for problem in problems:
            self.refuse(problem.field, problem.message)
        found = check(self.postcode.data, self.city.data or "")
        if not problems and found.doubtful and not self.sure.data:
            towns = ", ".join(found.suggestions[:5])
            advice = (
                later(
                    "Ce code postal est celui de\u00a0: %(towns)s. Corrigez, ou cochez la case de vérification.",
                    towns=towns,
                )
                if towns
                else later("Nous ne connaissons pas ce code postal. Corrigez-le, ou cochez la case de vérification.")
            )
            self.refuse("city", advice)
        return not self.errors

    def validate(self, extra_validators: Any = None) -> bool:
        """Each line, then the whole as La Poste reads it."""
        return super().validate(extra_validators) and self._is_usable()


class AddressForm(PostalForm):
    """Where the lycée is, and who heads it."""

    head_name = _line(later("Nom du chef d’établissement"), 120, Required(later("Indiquez un nom.")))
    head_title = _line(later("Titre"), 80, Required(later("Indiquez le titre, par exemple proviseure.")))
    deliberation = _line(later("Délibération du conseil d’administration"), 120)

    @classmethod
    def of(cls, school: School) -> Self:
        """As it is now."""
        return cls(obj=school, version=str(school.version), sure=False)

    @property
    def values(self) -> Mapping[str, Any]:
        """The address line by line."""
        parts = {name: getattr(self.address, name) or None for name in ADDRESS_PARTS}
        return {
            **parts,
            "head_name": self.head_name.data,
            "head_title": self.head_title.data,
            "deliberation": self.deliberation.data or None,
        }


class SenderForm(PostalForm):
    """Who sends, on slips and labels, where it is not the lycée's own address."""

    own = BooleanField(later("Écrire une autre adresse d’expéditeur que celle du lycée"))

    @classmethod
    def of(cls, school: School) -> Self:
        """As it is now; the lycée's own address to begin with."""
        shown = school.sender_address
        known = {name: getattr(shown, name) for name in ADDRESS_PARTS} if shown else {}
        return cls(data={"version": str(school.version), "own": school.sender is not None, **known})

    def _is_usable(self) -> bool:
        return not self.own.data or super()._is_usable()

    @property
    def values(self) -> Mapping[str, Any]:
        """The block, or none."""
        return {"sender": {name: getattr(self.address, name) for name in ADDRESS_PARTS} if self.own.data else None}


_SHIFT = later("Indiquez un décalage entre −10 et 10 mm, au dixième, par exemple 0,4.")


class Days(StringField):
    """Days after the invitation, as « 3, 7, 14 »; empty, there are none of one's own."""

    days: list[int] | None = None

    def pre_validate(self, _form: Any) -> None:
        """Read them into `days`."""
        try:
            self.days = read_days(self.data or "")
        except UnreadableDays as refusal:
            raise stop(refusal.message) from None


class SignaturesForm(Settings):
    """How many holders of parental authority sign for a minor, and when families are reminded."""

    two_signatures = RadioField(
        later("Pour un élève mineur, la charte est signée par"),
        choices=[
            SelectChoice("one", later("Un responsable légal : l’autre en est informé")),
            SelectChoice("two", later("Deux responsables légaux, quand l’élève en a deux")),
        ],
    )
    reminders = Days(later("Jours de relance"), filters=[_tidy], validators=[AtMost(40)])

    @classmethod
    def of(cls, school: School) -> Self:
        """As it is now."""
        return cls(
            data={
                "version": str(school.version),
                "two_signatures": "two" if school.two_signatures else "one",
                "reminders": write_days(school.reminder_days or ()),
            }
        )

    @property
    def values(self) -> Mapping[str, Any]:
        """One or two, and the lycée's own days."""
        return {"two_signatures": self.two_signatures.data == "two", "reminder_days": self.reminders.days}


class Tenths(StringField):
    """A shift in millimetres, to the tenth, written with a comma or a point; empty is none."""

    mm = 0.0

    def pre_validate(self, _form: Any) -> None:
        """Read the number, within what a printer can be off."""
        try:
            read = float((self.data or "0").replace(",", ".").replace("−", "-"))
        except ValueError:
            raise stop(_SHIFT) from None
        if not abs(read) <= MAX_SHIFT_MM or round(read, 1) != read:
            raise stop(_SHIFT)
        self.mm = read


class PrintersForm(Settings):
    """How far each paper is off, and what labels are printed on."""

    slips_right = Tenths(later("Bordereaux : vers la droite (mm)"))
    slips_down = Tenths(later("Bordereaux : vers le bas (mm)"))
    labels_right = Tenths(later("Étiquettes : vers la droite (mm)"))
    labels_down = Tenths(later("Étiquettes : vers le bas (mm)"))
    sheet = SelectField(
        later("Papier des étiquettes"),
        choices=[
            SelectChoice(LabelSheet.SINGLE.value, later("Rouleau ou feuille 10 × 15 cm, une étiquette")),
            SelectChoice(LabelSheet.A4.value, later("Planche A4 de quatre étiquettes, 105 × 148 mm")),
        ],
    )
    start = SelectField(
        later("Première étiquette libre de la planche"),
        choices=[
            SelectChoice("1", later("1 : en haut à gauche")),
            SelectChoice("2", later("2 : en haut à droite")),
            SelectChoice("3", later("3 : en bas à gauche")),
            SelectChoice("4", later("4 : en bas à droite")),
        ],
    )

    @classmethod
    def of(cls, school: School) -> Self:
        """As it is now, with a comma."""
        now = school.printers
        shifts = {name: f"{getattr(now, name):g}".replace(".", ",") for name in SHIFTS}
        return cls(data={"version": str(school.version), "sheet": now.sheet.value, "start": str(now.start), **shifts})

    @property
    def values(self) -> Mapping[str, Any]:
        """As JSON."""
        start = whole(self.start.data or "") or 1
        made = Printing(
            slips_right=self.slips_right.mm,
            slips_down=self.slips_down.mm,
            labels_right=self.labels_right.mm,
            labels_down=self.labels_down.mm,
            sheet=LabelSheet(self.sheet.data),
            start=min(start, LABELS_ON_A4),
        )
        return {"printing": made.kept}


SHIFTS = ("slips_right", "slips_down", "labels_right", "labels_down")


class UploadForm(Form):
    """A directory to load."""

    fichier = FileField(later("Fichier CSV"))

    def content(self) -> bytes:
        """The bytes of the file; refused when none was chosen."""
        sent = request.files.get("fichier")
        read = sent.read() if sent else b""
        if not read:
            self.validate()
            self.refuse("fichier", later("Choisissez un fichier CSV, avec une ligne de titres."))
        return read
