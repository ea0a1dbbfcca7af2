"""Shapes and words of the session's forms."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Final, Self

from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from portal.distribution.models import DistributionSession, SessionClass
from portal.distribution.papers import SHEETS
from portal.distribution.rules import MOST_STATIONS, USUAL_DEVICES, USUAL_SLEEVES, Plan
from portal.distribution.states import Workshop
from portal.kernel.words import later
from portal.platform.forms import AtMost, Count, Day, Form, Required, SelectChoice, trimmed
from portal.schools.forms import Tenths
from portal.schools.opening import UnreadableHours, read_time

LONGEST_NAME: Final = 80
CALLED: Final = "appel-"
"""Before the name of a class: the field of the hour at which it is called."""


def read_hour(text: str) -> time | None:
    """What was typed as an hour; None for what is none."""
    try:
        return time.fromisoformat(read_time(text))
    except UnreadableHours:
        return None


class PlanForm(Form):
    """A day, its classes and when each is called, and how many stations each workshop has."""

    name = StringField(
        later("Nom de la séance"),
        filters=[trimmed],
        validators=[Required(later("Donnez un nom à la séance.")), AtMost(LONGEST_NAME)],
    )
    day = Day(later("Jour"), validators=[Required(later("Indiquez le jour de la séance."))])
    classes = SelectMultipleField(later("Classes"), validate_choice=False)
    sleeves = Count(later("Postes de l’atelier 1 (housse)"))
    devices = Count(later("Postes de l’atelier 2 (appareil)"))

    typed: Mapping[str, str] = {}
    hours: Mapping[str, time] = {}

    @classmethod
    def new(cls) -> Self:
        """As one begins."""
        return cls(data={"sleeves": USUAL_SLEEVES, "devices": USUAL_DEVICES})

    @classmethod
    def of(
        cls, session: DistributionSession, classes: Sequence[SessionClass], stations: Mapping[Workshop, int]
    ) -> Self:
        """As it was planned."""
        form = cls(
            data={
                "name": session.name,
                "day": session.day,
                "classes": [one.class_name for one in classes],
                "sleeves": stations[Workshop.SLEEVE],
                "devices": stations[Workshop.DEVICE],
            }
        )
        form.typed = {one.class_name: f"{one.called_at:%H:%M}" for one in classes if one.called_at}
        return form

    def read_hours(self, sent: Mapping[str, str]) -> Self:
        """The hours, which have a field for each class."""
        self.typed = {name.removeprefix(CALLED): hour for name, hour in sent.items() if name.startswith(CALLED)}
        self.hours = {name: at for name, hour in self.typed.items() if (at := read_hour(hour))}
        return self

    def validate_classes(self, field: SelectMultipleField) -> None:
        """One at least, and hours that exist."""
        field.data = list(dict.fromkeys(str(name)[:30] for name in field.data or ()))
        if not field.data:
            raise ValidationError(later("Cochez au moins une classe."))
        wrong = [name for name in field.data if self.typed.get(name, "").strip() and name not in self.hours]
        if wrong:
            raise ValidationError(later("Écrivez l’heure ainsi : 9 h 30 (classe %(name)s).", name=wrong[0]))

    def validate_sleeves(self, field: Count) -> None:
        """A few."""
        if field.data is None or not 1 <= field.data <= MOST_STATIONS:
            raise ValidationError(later("Écrivez un nombre entre 1 et %(most)d.", most=MOST_STATIONS))

    validate_devices = validate_sleeves

    @property
    def plan(self) -> Plan:
        """What was filled in, once validated."""
        assert self.day.data is not None, "the form has it"
        return Plan(
            name=self.name.data or "",
            day=self.day.data,
            classes={name: self.hours.get(name) for name in self.classes.data or ()},
            stations={Workshop.SLEEVE: self.sleeves.data or 1, Workshop.DEVICE: self.devices.data or 1},
        )


class LabelsForm(Form):
    """Which labels, on which paper, from which cell of the sheet, moved by how much."""

    sheet = RadioField(later("Papier"), validate_choice=False)
    class_name = SelectField(later("Classe"), validate_choice=False)
    start = Count(later("Première case"))
    right = Tenths(later("Décaler vers la droite (mm)"))
    down = Tenths(later("Décaler vers le bas (mm)"))

    def offer(self, class_names: Sequence[str]) -> Self:
        """The papers, and the classes of the session."""
        self.sheet.choices = [SelectChoice(name, paper.words) for name, paper in SHEETS.items()]
        names = [SelectChoice(name, name) for name in class_names]
        self.class_name.choices = [SelectChoice("", later("Toutes les classes")), *names]
        return self

    def validate_sheet(self, field: RadioField) -> None:
        """One of those."""
        if field.data not in SHEETS:
            raise ValidationError(later("Choisissez un papier dans la liste."))

    def validate_start(self, field: Count) -> None:
        """A cell that the paper has."""
        most = SHEETS[self.sheet.data].cells if self.sheet.data in SHEETS else 1
        if field.data is None or not 1 <= field.data <= most:
            raise ValidationError(later("Sur ce papier, la première case va de 1 à %(most)d.", most=most))
