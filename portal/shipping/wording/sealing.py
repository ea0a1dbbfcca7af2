"""What the check before closing a box says: a word readable at two metres, then one sentence."""

from typing import Final

from portal.kernel.words import later
from portal.platform.i18n import gettext as _
from portal.shipping.queries import Line
from portal.shipping.rules import DEVICE, LOAN, SLIP, Trio, Verdict

NAMES: Final = {DEVICE: later("l’appareil"), SLIP: later("le bordereau"), LOAN: later("le dossier")}
THEIRS: Final = {DEVICE: later("L’appareil"), SLIP: later("Le bordereau"), LOAN: later("Le dossier")}
MISSING: Final = {
    DEVICE: later("Scannez l’étiquette de l’appareil."),
    SLIP: later("Scannez le code-barres du bordereau de livraison."),
    LOAN: later("Scannez le code-barres du bordereau de retour."),
}


def mismatch(part: str, mine: Line, other: str, line: Line) -> str:
    """Two scans are of two families: nothing is closed."""
    return _(
        "%(part)s est de %(mine)s, mais %(other)s est de %(theirs)s\u00a0: n’expédiez pas ce colis.",
        part=_(THEIRS[part]),
        mine=f"{mine.name} ({mine.reference})",
        other=_(NAMES[other]),
        theirs=f"{line.name} ({line.reference})",
    )


def nobodys(code: str) -> str:
    """A device that no loan holds."""
    return _("L’appareil %(code)s n’est réservé à personne\u00a0: ce n’est pas celui de ce colis.", code=code)


def no_parcel_here(line: Line) -> str:
    """Nothing to close."""
    if line.parcel_id is None:
        return _("Le dossier de %(who)s n’a pas de colis\u00a0: préparez d’abord l’appareil.", who=line.name)
    return _("Le colis de %(who)s est déjà parti.", who=line.name)


def exchanged(line: Line) -> str:
    """The device in the box is no more the one of the loan."""
    return _(
        "L’appareil de %(who)s a été échangé depuis\u00a0: annulez la préparation, puis recommencez.", who=line.name
    )


def so_far(trio: Trio, line: Line) -> Verdict:
    """What is still to be scanned, or that the three agree."""
    for part, code in trio.parts():
        if not code:
            return Verdict("waiting", line.name, _(MISSING[part]))
    text = _("Suivez la liste, fermez le carton, puis scannez encore le bordereau.")
    return Verdict("done", _("Conforme"), text)


def already(line: Line) -> Verdict:
    """Closed before."""
    return Verdict(
        "done", _("Déjà fermé"), _("Le colis %(code)s de %(who)s peut partir.", code=line.code, who=line.name)
    )


def sealed(line: Line) -> Verdict:
    """The box may leave."""
    return Verdict("done", _("Fermé"), _("Colis %(code)s de %(who)s. Au suivant.", code=line.code, who=line.name))


def scan_first() -> str:
    """A photo is of a box that is known."""
    return _("Scannez d’abord l’appareil, le bordereau et le dossier : la photo va au bon colis.")


def photographed(line: Line) -> Verdict:
    """The photo is kept; the box is still open."""
    text = _("Colis %(code)s de %(who)s. Scannez encore le bordereau pour fermer.", code=line.code, who=line.name)
    return Verdict("done", _("Photo gardée"), text)
