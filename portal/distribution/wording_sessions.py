"""Words of the pages of a session: its state, who is ready, who is missing."""

from typing import Final

from portal.distribution.events import ListRefreshed
from portal.distribution.rules import Missing, Readiness
from portal.distribution.states import SessionState
from portal.kernel.words import later
from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext

STATES: Final = {
    SessionState.PLANNED: (later("Prévue"), "info"),
    SessionState.OPEN: (later("Ouverte"), "done"),
    SessionState.CLOSED: (later("Close"), "neutral"),
}

SERVED: Final = later("Servi")

Words = dict[Missing | Readiness, tuple[str, str]]

READINESS: Final[Words] = {
    Readiness.READY: (later("Prêt"), "done"),
    Readiness.NOT_ASKED: (later("Sans demande"), "waiting"),
    Readiness.OBJECTED: (later("Charte refusée"), "problem"),
    Readiness.UNREACHABLE: (later("Responsable injoignable"), "problem"),
    Readiness.UNSIGNED: (later("Charte à signer"), "waiting"),
    Readiness.UNDECIDED: (later("Demande à décider"), "waiting"),
}

MISSING: Final[Words] = {
    Missing.COMING: (later("Pas encore venu"), "info"),
    Missing.NO_DEVICE: (later("Housse remise, sans appareil"), "waiting"),
    Missing.STOPPED: (later("Ne peut pas être servi"), "problem"),
    Missing.ABSENT: (later("Absent"), "problem"),
}

REASONS: Final[Words] = {**MISSING, **READINESS}
"""Why a student has no device: what stops them, or that they did not come."""

SEVERAL: Final[dict[Missing | Readiness, str]] = {
    Missing.COMING: later("Pas encore venus"),
    Missing.NO_DEVICE: later("Housses remises, sans appareil"),
    Missing.ABSENT: later("Absents"),
    Readiness.NOT_ASKED: later("Sans demande"),
    Readiness.OBJECTED: later("Chartes refusées"),
    Readiness.UNREACHABLE: later("Responsables injoignables"),
    Readiness.UNSIGNED: later("Chartes à signer"),
    Readiness.UNDECIDED: later("Demandes à décider"),
}
"""The same of several students."""


def refreshed(told: ListRefreshed) -> str:
    """What a list has gained and lost, in one sentence."""
    counted = [
        ngettext("%(num)d élève ajouté", "%(num)d élèves ajoutés", len(told.added)) if told.added else "",
        ngettext("%(num)d élève parti", "%(num)d élèves partis", len(told.gone)) if told.gone else "",
        ngettext("%(num)d changement de classe", "%(num)d changements de classe", len(told.moved))
        if told.moved
        else "",
    ]
    changes = ", ".join(part for part in counted if part)
    return _("La liste est à jour : %(changes)s.", changes=changes or _("rien n’a changé"))
