"""What the lycée chooses: for whom letters are printed."""

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField, RadioField, SelectField

from portal.access.queries.people import Audience
from portal.kernel.words import later
from portal.platform.forms import Form, SelectChoice

AUDIENCES = {
    Audience.WITHOUT_CONTACT: later("Ceux que ni e-mail ni SMS ne joint"),
    Audience.NEVER_CAME: later("Ceux qui ne sont jamais entrés"),
    Audience.WISH: later("Ceux qui demandent une lettre"),
    Audience.ALL: later("Toutes les familles"),
}


class PrintForm(Form):
    """For whom letters are printed; `personne` is one person, chosen in the list."""

    qui = RadioField(
        later("Pour qui"),
        choices=[SelectChoice(key.value, word) for key, word in AUDIENCES.items()],
        validate_choice=False,
    )
    classe = SelectField(later("Classe"), validate_choice=False)
    personne = HiddenField()
    remplacer = BooleanField(later("J’ai compris : les anciennes lettres de ces familles ne serviront plus"))

    def offer(self, classes: Sequence[str]) -> "PrintForm":
        """The lycée's classes."""
        self.classe.choices = [
            SelectChoice("", later("Toutes les classes")),
            *(SelectChoice(one, one) for one in classes),
        ]
        return self

    @property
    def audience(self) -> Audience:
        """Whom; those whom nothing else reaches, unless told."""
        return Audience(self.qui.data) if self.qui.data in set(Audience) else Audience.WITHOUT_CONTACT

    @property
    def class_name(self) -> str:
        """One class, or all."""
        return str(self.classe.data or "")[:30]

    @property
    def person(self) -> str:
        """One person's public id, or none."""
        return str(self.personne.data or "")[:40]
