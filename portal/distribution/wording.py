"""What a station says after a scan: a word readable at two metres, one sentence, and at most one button."""

from dataclasses import dataclass
from typing import Final

from portal.distribution.gate import Held, Machine, Reason, Turn
from portal.distribution.states import Workshop
from portal.kernel.words import later
from portal.platform.i18n import gettext as _
from portal.stock.rules import NOT_AVAILABLE

WORKSHOPS: Final = {
    Workshop.SLEEVE: later("Atelier 1 : remettre la housse"),
    Workshop.DEVICE: later("Atelier 2 : remettre l’appareil"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a scan. `tone`: done, waiting (go on with the other half) or problem; `fine`: the sound it makes.

    `to_sign` is the student (code) whose charter can be signed on the spot, `again` the one whose charter now is;
    `to_check` is the loan (public id) whose kit one may look at, now that it leaves.
    """

    tone: str
    word: str
    text: str
    fine: bool = True
    to_sign: str = ""
    again: str = ""
    to_check: str = ""


NOTHING: Final = Held()


@dataclass(frozen=True, slots=True)
class Said:
    """The answer, and what the station keeps for the next scan."""

    answer: Answer
    held: Held = NOTHING


_REFUSALS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.EMPTY: (later("Rien lu"), later("Le champ est vide. Scannez à nouveau.")),
    Reason.UNKNOWN: (later("Inconnu"), later("Ce code n’est pas dans la séance. Vérifiez l’étiquette, puis scannez.")),
    Reason.WRONG_WORKSHOP: (later("Élève d’abord"), later("Ici, scannez l’élève. L’appareil se scanne à l’atelier 2.")),
    Reason.DROPPED: (later("Pas aujourd’hui"), later("L’élève n’est plus attendu. Demandez au responsable de séance.")),
    Reason.NO_LOAN: (later("Pas de demande"), later("La famille n’a pas envoyé de demande. Passez à l’élève suivant.")),
    Reason.UNSIGNED: (later("Charte à signer"), later("La charte n’est pas signée.")),
    Reason.DECLINED: (later("Charte refusée"), later("La famille a refusé de signer la charte.")),
    Reason.OPPOSED: (later("Opposition"), later("Un responsable légal s’oppose au prêt.")),
    Reason.UNDECIDED: (later("Pas encore"), later("Le proviseur n’a pas encore accepté la demande.")),
    Reason.ENDED: (later("Dossier fini"), later("Ce dossier n’attend aucun appareil. Passez à l’élève suivant.")),
    Reason.BY_POST: (later("Par La Poste"), later("La famille a choisi la livraison : rien n’est remis ici.")),
    Reason.SERVED: (later("Déjà servi"), later("Cet élève a déjà reçu son appareil.")),
    Reason.NOT_CLEARED: (later("Atelier 1"), later("L’élève passe d’abord à l’atelier 1.")),
    Reason.NOT_AVAILABLE: (later("Autre appareil"), later("Cet appareil ne peut pas être prêté. Prenez-en un autre.")),
    Reason.LENT: (later("Déjà remis"), later("Cet appareil est déjà prêté. Mettez-le de côté et prenez-en un autre.")),
    Reason.OTHER_KIND: (
        later("Autre appareil"),
        later("Ce n’est pas le type de matériel demandé. Prenez-en un autre."),
    ),
    Reason.SET_ASIDE: (later("Autre appareil"), later("Cet appareil est préparé pour un autre élève.")),
    Reason.SAME: (later("Déjà remis"), later("Cette remise était déjà enregistrée.")),
    Reason.UNSEALED: (later("Non reconnu"), later("Ce scan ne vient pas de ce poste. Une personne doit vérifier.")),
}


def who(turn: Turn) -> str:
    """« Inès, 2de 4 »: what a helper needs to say, and no more."""
    return f"{turn.name}, {turn.class_name}"


def refused(reason: Reason, *, turn: Turn | None = None, machine: Machine | None = None) -> Answer:
    """Nothing was done, and why."""
    word, why = (_(part) for part in _REFUSALS[reason])
    if reason is Reason.NOT_AVAILABLE and machine:
        why = _(NOT_AVAILABLE[machine.state])
    if turn and reason is not Reason.UNKNOWN:
        why = _("%(who)s. %(why)s", who=who(turn), why=why)
    to_sign = turn.code if turn and turn.loan_public_id and reason is Reason.UNSIGNED else ""
    return Answer("problem", word, why, fine=False, to_sign=to_sign)


def sentence(reason: str) -> str:
    """Why a scan could not stand."""
    return _(_REFUSALS[Reason(reason)][1])


def stopped(sentence: str) -> Answer:
    """The station itself cannot go on, or somebody was quicker."""
    return Answer("problem", _("Stop"), _(sentence), fine=False)


def cleared(turn: Turn) -> Answer:
    """Workshop 1: the sleeve leaves with the student."""
    return Answer("done", _("Housse"), _("%(who)s. Remettez la housse.", who=who(turn)))


def already_cleared(turn: Turn) -> Answer:
    """Workshop 1, once more: nothing to do, nothing wrong."""
    return Answer("done", _("Déjà passé"), _("%(who)s peut aller à l’atelier 2.", who=who(turn)))


def signed(turn: Turn) -> Answer:
    """Back at workshop 1, the charter signed meanwhile."""
    text = _("%(who)s. Appuyez ici, ou scannez à nouveau son étiquette.", who=who(turn))
    return Answer("done", _("Charte signée"), text, again=turn.code)


def which_device(turn: Turn) -> Answer:
    """Workshop 2: the student is there, the device is missing."""
    return Answer("waiting", turn.name, _("Scannez l’appareil."))


def for_whom(tag: str) -> Answer:
    """Workshop 2, the other way round."""
    return Answer("waiting", _("Pour qui ?"), _("Appareil %(tag)s. Scannez l’élève.", tag=tag))


def handed_over(turn: Turn, *, tag: str) -> Answer:
    """Workshop 2: it is lent."""
    text = _("%(who)s repart avec l’appareil %(tag)s.", who=who(turn), tag=tag)
    return Answer("done", _("Remis"), text, to_check=turn.loan_public_id or "")


def undone(turn: Turn, *, workshop: Workshop) -> Answer:
    """As before the scan."""
    back = _("Gardez la housse.") if workshop is Workshop.SLEEVE else _("Gardez l’appareil.")
    return Answer("waiting", _("Annulé"), _("%(who)s. %(back)s", who=who(turn), back=back))
