"""What a person of the lycée says of a loan of the emergency pool."""

from wtforms import RadioField, StringField
from wtforms.validators import Optional

from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.forms import AtMost, Day, Form, Required, SelectChoice, trimmed
from portal.recalls.states import Unfit
from portal.recalls.wording import FOUND
from portal.stock.states import Condition

UNTIL, LASTING = "jour", "campagne"


class MoveForm(Form):
    """Another day of return, or none, and why."""

    duree = RadioField(
        later("Jusqu’à quand ?"),
        choices={UNTIL: later("Jusqu’à un jour précis"), LASTING: later("Sans date de retour, comme les autres prêts")},
        default=UNTIL,
        validators=[Required(later("Choisissez la durée du prêt."))],
    )
    retour = Day(later("À rendre le"), validators=[Optional()])
    motif = StringField(
        later("Pourquoi ?"),
        filters=[trimmed],
        validators=[Required(later("Dites pourquoi, en une phrase.")), AtMost(200)],
    )

    def complete(self) -> bool:
        """Whether the answers say until when; a day must be to come."""
        sound = self.validate()
        if self.duree.data == UNTIL and not self.retour.errors:
            if self.retour.data is None:
                self.refuse("retour", later("Indiquez le jour du retour."))
            elif self.retour.data <= clock.today():
                self.refuse("retour", later("Choisissez un jour à venir."))
        return sound and not self.retour.errors


class CheckInForm(Form):
    """How the device came back."""

    etat = RadioField(
        later("Dans quel état ?"),
        choices=[SelectChoice(one, words) for one, words in FOUND.items()],
        validators=[Required(later("Dites dans quel état est l’appareil."))],
    )

    @property
    def found(self) -> Condition | Unfit:
        """As the use-case wants it."""
        return next(one for one in FOUND if one == self.etat.data)
