"""Words of the school's pages about the charter."""

from typing import Final

from portal.charter.queries.follow import Status
from portal.charter.services import Reminded
from portal.charter.states import SignatureState
from portal.kernel.words import later
from portal.loans.states import CharterGate
from portal.platform.i18n import ngettext

STATUSES: Final = {
    Status.SIGNED: (later("Signée"), "done"),
    Status.TO_SIGN: (later("À signer"), "waiting"),
    Status.PROBLEM: (later("Problème"), "problem"),
    Status.UNREACHABLE: (later("Injoignable"), "problem"),
}
FILTERS: Final = {
    Status.TO_SIGN: later("À signer"),
    Status.SIGNED: later("Signées"),
    Status.PROBLEM: later("Problèmes"),
    Status.UNREACHABLE: later("Injoignables"),
}
_S = SignatureState
SIGNATURES: Final = {
    _S.INVITED: (later("Invité, pas encore venu"), "waiting"),
    _S.OPENED: (later("A ouvert la charte"), "waiting"),
    _S.DISPLAYED: (later("Dit avoir lu la charte"), "waiting"),
    _S.CODE_VERIFIED: (later("Signature en cours"), "waiting"),
    _S.SIGNED: (later("A signé"), "done"),
    _S.SEALED: (later("A signé"), "done"),
    _S.DECLINED: (later("A refusé de signer"), "problem"),
    _S.EXPIRED: (later("Demande close"), "neutral"),
    _S.REVOKED: (later("N’a plus à signer"), "neutral"),
}
ROUTES: Final = {
    "online": later("en ligne"),
    "letter": later("en ligne, avec la lettre du lycée"),
    "desk": later("au guichet, devant un agent"),
    "paper": later("sur papier"),
}
REASONS: Final = {
    CharterGate.TO_SIGN: later("La charte n’est pas encore signée."),
    CharterGate.DECLINED: later("La famille a refusé de signer la charte."),
    CharterGate.OPPOSED: later("Un responsable légal s’oppose au prêt."),
}
NOBODY: Final = later("Le fichier du lycée ne nomme personne qui puisse signer. Corrigez la fiche de l’élève.")


def reason(gate: CharterGate, *, anybody: bool) -> str | None:
    """The one reason why no device leaves; None once it is signed."""
    if gate is CharterGate.TO_SIGN and not anybody:
        return NOBODY
    return REASONS.get(gate)


def reminded(said: Reminded, *, ticked: bool) -> str:
    """What became of a batch of reminders, in a few sentences."""
    if not ticked:
        return "Aucun dossier n’est coché. Cochez ceux à relancer."
    parts = [
        ngettext("%(num)d personne est relancée.", "%(num)d personnes sont relancées.", said.sent) if said.sent else "",
        ngettext("%(num)d l’a déjà été aujourd’hui.", "%(num)d l’ont déjà été aujourd’hui.", said.lately)
        if said.lately
        else "",
        ngettext(
            "%(num)d n’a pas de contact pour ce message\u00a0: imprimez une lettre, ou faites signer au guichet.",
            "%(num)d n’ont pas de contact pour ce message\u00a0: imprimez des lettres, ou faites signer au guichet.",
            said.without,
        )
        if said.without
        else "",
    ]
    return " ".join(part for part in parts if part) or "Personne n’attend plus de signature dans ce choix."
