"""Who may give which role, for how long a head may delegate, and whom a day's square lets in."""

from dataclasses import dataclass
from datetime import date

from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.policy import Role

MAY_GIVE = {
    Role.HEAD: (Role.MANAGER, Role.TECHNICIAN),
    Role.REGION: (Role.HEAD, Role.MANAGER, Role.TECHNICIAN),
}
"""The roles that each may give in a lycée; a head's own role is the region's to give, or the head's to delegate."""

MOST_HELPERS, USUAL_HELPERS = 30, 10
MOST_ASKED = 60
"""First names typed for one square in a quarter of an hour."""


class NotYours(DomainError):
    """A role that this person does not give, or may not end."""

    message = later("Ce rôle se donne ou se retire à la région, pas ici. Écrivez à votre interlocuteur.")


class OwnRole(DomainError):
    """Nobody shuts the door behind themselves by mistake."""

    message = later("C’est votre propre rôle. Une autre personne doit y mettre fin.")


class NotDelegable(DomainError):
    """A delegation that may not be."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a delegation may not leave: the campaign, and the head's own role."""

    first: date
    last: date


def refuse_role(role: Role, *, by: Role, at_school: bool) -> None:
    """Raise `NotYours` for a role that `by` does not give there; only the region gives its own."""
    if role not in MAY_GIVE.get(by, ()) if at_school else by is not Role.REGION:
        raise NotYours


def bounds(*, today: date, campaign_ends: date | None, role_ends: date | None) -> Bounds:
    """From today to the end of the campaign, or of the head's role when it comes first; `NotDelegable` outside any."""
    if campaign_ends is None:
        raise NotDelegable(later("Aucune campagne n’est ouverte aujourd’hui : il n’y a rien à déléguer."))
    return Bounds(today, min(campaign_ends, role_ends or campaign_ends))


def refuse_delegation(*, first: date, last: date, within: Bounds, to_self: bool, is_delegate: bool) -> None:
    """Raise `NotDelegable`: a deputy does not delegate what was delegated; nobody delegates beyond the campaign."""
    if is_delegate:
        raise NotDelegable(later("Vous remplacez le proviseur : vous ne pouvez pas déléguer à votre tour."))
    if to_self:
        raise NotDelegable(later("Choisissez une autre personne que vous."))
    if first < within.first:
        raise NotDelegable(later("La délégation ne commence pas dans le passé."))
    if last < first:
        raise NotDelegable(later("La fin vient avant le début. Vérifiez les deux dates."))
    if last > within.last:
        raise NotDelegable(later("La délégation s’arrête au plus tard avec la campagne, et avec votre propre rôle."))


@dataclass(frozen=True, slots=True)
class PassFacts:
    """A square as the rules see it."""

    valid_on: date
    revoked: bool
    came: int
    most: int


UNKNOWN_PASS = later("Nous ne reconnaissons pas ce carré. Demandez au lycée celui d’aujourd’hui.")


def pass_obstacle(facts: PassFacts | None, *, today: date) -> str | None:
    """Why this square lets nobody in, or None."""
    if facts is None:
        return UNKNOWN_PASS
    if facts.revoked:
        return later("Ce carré est fermé. Demandez-en un autre au lycée.")
    if facts.valid_on != today:
        return later("Ce carré ne sert pas aujourd’hui. Demandez au lycée celui du jour.")
    if facts.came >= facts.most:
        return later("Toutes les places de ce carré sont prises. Demandez-en un autre au lycée.")
    return None
