"""What the bench says after a scan: a word readable at two metres, then one or two short sentences."""

from typing import Final

from portal.kernel.values.tracking import TrackingNumber
from portal.kernel.words import later
from portal.loans.states import LoanState
from portal.platform.i18n import gettext as _
from portal.shipping import rules
from portal.shipping.queries import Line
from portal.shipping.rules import Verdict

STOP: Final = later("Stop")
OTHER: Final = later("Autre appareil")
UNKNOWN: Final = later("Inconnu")
UNSIGNED: Final = later("Charte non signée")
NOTHING_TO_DO: Final = later("Ce dossier n’attend aucun matériel. Rechargez la liste pour voir où il en est.")
TOO_LATE: Final = later(
    "Quelqu’un vient de faire la même chose en même temps. Scannez à nouveau pour voir où cela en est."
)
NO_PARCEL: Final = later("Ce dossier n’a pas de colis. Préparez d’abord l’appareil, puis scannez le numéro de suivi.")


def unknown(raw: str) -> str:
    """The code is of nothing in this school."""
    if raw.strip():
        return _(
            "Rien dans votre lycée ne porte le code %(code)s. Vérifiez l’étiquette, puis scannez à nouveau.",
            code=raw.strip()[:40],
        )
    return _("Le champ est vide. Scannez une étiquette, puis attendez la réponse.")


def other_device(line: Line) -> str:
    """The loan chosen already has its device."""
    return _(
        "%(name)s a déjà l’appareil %(tag)s. Prenez celui-là, ou annulez sa préparation.",
        name=line.name,
        tag=line.asset_tag,
    )


def for_whom(tag: str) -> Verdict:
    """A free device was scanned first."""
    text = _("L’appareil %(tag)s est libre. Scannez le dossier de l’élève, ou choisissez-le dans la liste.", tag=tag)
    return Verdict("waiting", _("Pour qui ?"), text)


def chosen(line: Line) -> Verdict:
    """A loan or a parcel was scanned: what to scan next."""
    if line.state is LoanState.APPROVED and line.asset_tag:
        text = _("Scannez l’appareil %(tag)s, emplacement %(place)s.", tag=line.asset_tag, place=line.location or "?")
    elif line.state is LoanState.APPROVED:
        text = _("Aucun appareil n’est réservé : scannez celui que vous lui donnez.")
    elif line.state is LoanState.AWAITING_PICKUP and not line.signed:
        return Verdict(
            "problem",
            _(UNSIGNED),
            _("%(who)s : faites signer la charte avant de remettre le matériel.", who=line.who)
            + " "
            + _(rules.CHARTER_REASONS[line.charter]),
            fine=False,
            to_sign=line.public_id,
        )
    elif line.state is LoanState.AWAITING_PICKUP:
        text = _("Pour remettre le matériel, scannez l’appareil %(tag)s.", tag=line.asset_tag)
    else:
        text = _("Colis %(code)s : scannez le numéro de suivi de La Poste.", code=line.code)
    return Verdict("waiting", line.name, text)


def already(line: Line) -> Verdict:
    """The same device again: nothing to do, nothing wrong."""
    if line.state is LoanState.AWAITING_PICKUP:
        return Verdict(
            "done", _("Déjà mis de côté"), _("%(who)s. Pour le remettre, choisissez d’abord l’élève.", who=line.who)
        )
    return Verdict("done", _("Déjà préparé"), _("%(who)s. Colis %(code)s.", who=line.who, code=line.code))


def packed(line: Line, *, code: str, exchanged: bool) -> Verdict:
    """A parcel is made."""
    text = _("%(who)s. Colis %(code)s.", who=line.who, code=code)
    return _with_warning(line, _("Prêt"), _with_exchange(text, exchanged=exchanged))


def set_aside(line: Line, *, exchanged: bool) -> Verdict:
    """The kit waits at the school."""
    text = _("%(who)s. La famille est prévenue qu’il attend au lycée.", who=line.who)
    return _with_warning(line, _("Mis de côté"), _with_exchange(text, exchanged=exchanged))


def _with_exchange(text: str, *, exchanged: bool) -> str:
    return text + " " + _("Son appareil prévu passe à l’autre dossier.") if exchanged else text


def _with_warning(line: Line, word: str, text: str) -> Verdict:
    """It is done, but it will not leave as it is."""
    if not line.signed:
        reason = rules.CHARTER_REASONS[line.charter]
        return Verdict(
            "waiting",
            _("Charte à signer"),
            _("Préparé pour %(who)s, mais il ne peut pas sortir.", who=line.who) + " " + _(reason),
            fine=False,
            to_sign=line.public_id,
        )
    if line.by_post and (problem := line.address_obstacle):
        return Verdict("waiting", _("Adresse à corriger"), f"{text} {_(problem)}", fine=False)
    return Verdict("done", word, text)


def collected(line: Line) -> Verdict:
    """The family has it."""
    return Verdict("done", _("Remis"), _("%(who)s repart avec l’appareil %(tag)s.", who=line.who, tag=line.asset_tag))


def doubt() -> Verdict:
    """The check digit of a tracking number does not fit."""
    text = _("Un chiffre semble faux. Comparez avec l’étiquette, puis scannez-le une seconde fois pour le garder.")
    return Verdict("waiting", _("Vérifiez"), text, fine=False)


def tracked(line: Line, number: TrackingNumber) -> Verdict:
    """The number is known, and the family will see it."""
    return Verdict("done", _("Suivi noté"), _("%(who)s : %(number)s.", who=line.who, number=number.display()))


def undone(line: Line) -> Verdict:
    """The preparation was undone."""
    text = _(
        "%(who)s : l’appareil %(tag)s retourne à son emplacement, %(place)s.",
        who=line.who,
        tag=line.asset_tag,
        place=line.location or "?",
    )
    return Verdict("waiting", _("Annulé"), text)


def refusal(word: str, sentence: str, *, loan: str = "") -> Verdict:
    """Nothing was done; `loan` is the one chosen, which can be signed on the spot when that is all it lacks."""
    return Verdict("problem", _(word), _(sentence), fine=False, to_sign=loan if word == UNSIGNED else "")
