"""What is said after a scan of the stock: a word readable at two metres, then a short sentence."""

from dataclasses import dataclass

from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext
from portal.stock.services.receiving import Reception
from portal.stock.services.stocktaking import Seen
from portal.stock.services.transferring import Step
from portal.stock.states import HERE, Oddity, Pool
from portal.stock.wording import POOLS, STATES


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a scan. `tone`: done, waiting (nothing wrong, nothing new) or problem."""

    tone: str
    word: str
    text: str


def refused(sentence: str) -> Said:
    """A use-case refused: its sentence says what to do."""
    return Said("problem", _("Stop"), _(sentence))


def reception(made: Reception) -> Said:
    """A box was scanned at a delivery."""
    if made.oddity is not None:
        return _odd(made)
    if not made.received:
        return Said("waiting", _("Déjà reçu"), _("%(code)s est déjà en stock. Passez au suivant.", code=made.code))
    if len(made.received) == 1 and not made.already:
        device = made.received[0]
        return Said("done", _("Reçu"), _("%(tag)s, série %(serial)s.", tag=device.asset_tag, serial=device.serial))
    text = ngettext(
        "Carton %(code)s : %(num)d appareil entre en stock.",
        "Carton %(code)s : %(num)d appareils entrent en stock.",
        len(made.received),
        code=made.code,
    )
    return Said("done", _("Carton reçu"), text)


def travelled(step: Step) -> Said:
    """A device left for another school, or came from it."""
    tag = step.device.asset_tag
    if step.again:
        return Said("waiting", _("Déjà scanné"), _("%(tag)s est déjà noté. Passez au suivant.", tag=tag))
    if not step.arrived:
        return Said("done", _("Parti"), _("%(tag)s est en route.", tag=tag))
    if not step.left:
        return Said("done", _("Tout est arrivé"), _("%(tag)s était le dernier.", tag=tag))
    text = ngettext(
        "%(tag)s est en stock. Il en reste %(num)d.", "%(tag)s est en stock. Il en reste %(num)d.", step.left, tag=tag
    )
    return Said("done", _("Arrivé"), text)


def pooled(step: Step, pool: Pool) -> Said:
    """A device changed pools."""
    words = {"tag": step.device.asset_tag, "pool": _(POOLS[pool])}
    if step.again:
        return Said("waiting", _("Déjà fait"), _("%(tag)s y est déjà : %(pool)s.", **words))
    return Said("done", _(POOLS[pool]), _("%(tag)s a changé de dotation.", tag=step.device.asset_tag))


def seen(scan: Seen) -> Said:
    """A label was scanned on a shelf."""
    if scan.again:
        return Said("waiting", _("Déjà compté"), _("%(code)s est déjà compté. Passez au suivant.", code=scan.code))
    if scan.device is None:
        return Said("problem", _("Inconnu ici"), _("%(code)s n’est pas à votre lycée. C’est noté.", code=scan.code))
    if scan.device.state not in HERE:
        words = {"tag": scan.code, "state": _(STATES[scan.device.state].label)}
        return Said("problem", _("Surprise"), _("%(tag)s est noté « %(state)s ». Vous le réglerez à la fin.", **words))
    return Said("done", _("Compté"), scan.code)


def _odd(made: Reception) -> Said:
    match made.oddity:
        case Oddity.ELSEWHERE:
            text = _("%(code)s est attendu ailleurs : %(place)s. Mettez-le de côté.", code=made.code, place=made.place)
            return Said("problem", _("Autre lycée"), text)
        case Oddity.ALREADY_HERE:
            text = _("%(code)s est déjà à votre lycée, hors de cette livraison. C’est noté.", code=made.code)
            return Said("problem", _("Autre livraison"), text)
        case _:
            text = _(
                "%(code)s n’est dans aucun lot. Mettez-le de côté : c’est noté pour le fournisseur.", code=made.code
            )
            return Said("problem", _("Inattendu"), text)
