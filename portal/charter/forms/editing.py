"""What the region writes: a draft, its publication, a courtesy translation."""

from typing import Final, Self

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.charter.outline import Fault
from portal.charter.queries.texts import Concerned
from portal.charter.states import Resign
from portal.charter.text import MODELS
from portal.kernel.values.numbers import whole
from portal.kernel.words import later, later_many
from portal.platform.forms import AtMost, Form, Required, SelectChoice, trimmed
from portal.schools.forms import Days

LONGEST_TEXT: Final = 60_000
"""Characters: three times the model."""
LAST: Final = "last"


def _lines(text: str | None) -> str:
    """Line ends as they are kept, whichever system typed them."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


class BeginForm(Form):
    """What a draft begins with."""

    start = RadioField(later("Partir de"), choices=[], validate_choice=False)

    def offer(self, *, published: bool) -> Self:
        """The published text first, then the models."""
        models = [SelectChoice(name, words) for name, words in MODELS.items()]
        last = [SelectChoice(LAST, later("Le dernier texte publié"))] if published else []
        self.start.choices = [*last, *models]
        return self

    def validate_start(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in {choice.data for choice in field}:
            raise ValidationError(later("Choisissez le texte de départ."))


class RemindersForm(Form):
    """When the families of a region are reminded, where their lycée says nothing."""

    days = Days(later("Jours de relance"), filters=[trimmed], validators=[AtMost(40)])


class WrittenForm(Form):
    """Words with what was put right, and what they were like when the page was opened."""

    source = TextAreaField(
        later("Le texte de la charte"), filters=[_lines], validators=[AtMost(LONGEST_TEXT)], render_kw={"rows": "28"}
    )
    summary = TextAreaField(
        later("Le résumé en une page"), filters=[_lines], validators=[AtMost(LONGEST_TEXT)], render_kw={"rows": "14"}
    )

    @property
    def both(self) -> dict[str, str]:
        """The text and its summary."""
        return {"source": self.source.data or "", "summary": self.summary.data or ""}

    def refuse_faults(self, faults: list[Fault]) -> None:
        """Each fault beside its field."""
        for fault in faults:
            self.refuse(fault.field, fault.sentence)


class DraftForm(WrittenForm):
    """The draft of a charter. `edition` is that of the draft when the page was opened."""

    edition = HiddenField()
    title = StringField(
        later("Titre de la charte"),
        filters=[trimmed],
        validators=[Required(later("Donnez un titre à la charte.")), AtMost(160)],
    )

    @property
    def opened(self) -> int:
        """The edition that the person read."""
        return whole(self.edition.data or "") or 0

    @property
    def words(self) -> dict[str, str]:
        """By attribute of the draft."""
        return {"title": self.title.data or "", **self.both}


class TranslationForm(WrittenForm):
    """A courtesy translation. `revision` is the last one when the page was opened, 0 for none."""

    revision = HiddenField()

    @property
    def opened(self) -> int:
        """The revision that the person read."""
        return whole(self.revision.data or "") or 0


class PublishForm(Form):
    """Who signs again; nothing is chosen beforehand."""

    edition = HiddenField()
    resign = RadioField(later("Qui doit signer de nouveau ?"), choices=[], validate_choice=False)

    def offer(self, concerned: Concerned) -> Self:
        """Each choice with the number of families it concerns."""
        words = {
            Resign.NOBODY: later("Personne : ceux qui ont signé gardent leur charte"),
            Resign.NOT_LENT: later("Ceux qui n’ont pas encore d’ordinateur"),
            Resign.EVERYONE: later("Tout le monde, même ceux qui ont déjà un ordinateur"),
        }
        self.resign.choices = [SelectChoice(one.value, words[one]) for one in Resign]
        self.hints = {one.value: families(concerned.again(one)) for one in Resign}
        return self

    @property
    def opened(self) -> int:
        """The edition that the person read."""
        return whole(self.edition.data or "") or 0

    @property
    def chosen(self) -> Resign:
        """Who signs again."""
        return Resign(self.resign.data)

    def validate_resign(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in {one.value for one in Resign}:
            raise ValidationError(later("Choisissez qui doit signer de nouveau."))


def families(count: int) -> str:
    """« 12 familles reçoivent une nouvelle invitation »."""
    if not count:
        return later("Aucune famille ne signe de nouveau.")
    return later_many(
        "Une famille reçoit une nouvelle invitation.", "%(num)d familles reçoivent une nouvelle invitation.", count
    )
