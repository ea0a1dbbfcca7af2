"""What a campaign may be beside the others of its region, and what they lack. Plain values only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from portal.kernel.errors import DomainError
from portal.kernel.values.dates import years_after
from portal.kernel.words import later
from portal.schools.emergency import EmergencyRules

LONGEST = timedelta(days=2 * 366)
SOON = timedelta(days=60)
"""How long before its first day a campaign that lacks something is told of; a text is written, read and translated in less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the region decides of a campaign: its name, its first and last day, and what the kit holds."""

    name: str
    starts_on: date
    ends_on: date
    kit: tuple[str, ...]

    def a_year_later(self) -> "Plan":
        """What the next one most likely is: the same, a year later, named after its school year."""
        starts_on, ends_on = years_after(self.starts_on, 1), years_after(self.ends_on, 1)
        return Plan(name=f"{starts_on.year}-{starts_on.year + 1}", starts_on=starts_on, ends_on=ends_on, kit=self.kit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Plan):
    """A campaign as it is kept: its number, the rules of its emergency pools, how many texts of charter it has published."""

    id: int
    emergency: EmergencyRules
    texts: int

    @property
    def plan(self) -> Plan:
        """What the region decided of it."""
        return Plan(name=self.name, starts_on=self.starts_on, ends_on=self.ends_on, kit=self.kit)


class NotPlanned(DomainError):
    """A plan that is refused: `field` of it, and the sentence that says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def check(plan: Plan, *, others: Iterable[Plan]) -> None:
    """Raise `NotPlanned`. Two campaigns may overlap: from its first day, the later one takes over."""
    if plan.ends_on <= plan.starts_on:
        raise NotPlanned("ends_on", later("Le dernier jour vient après le premier. Corrigez l’un des deux."))
    if plan.ends_on - plan.starts_on > LONGEST:
        raise NotPlanned("ends_on", later("Une campagne dure deux ans au plus. Vérifiez l’année du dernier jour."))
    for other in others:
        if other.name == plan.name:
            raise NotPlanned("name", later("Une autre campagne porte déjà ce nom. Choisissez-en un autre."))
        if other.starts_on == plan.starts_on:
            raise NotPlanned(
                "starts_on",
                later("La campagne %(name)s commence déjà ce jour-là. Choisissez un autre jour.", name=other.name),
            )


def check_change(before: Known, plan: Plan, *, today: date) -> None:
    """Raise `NotPlanned` for what no longer changes: what families have read, and days that are past."""
    if before.ends_on < today:
        raise NotPlanned("ends_on", later("Cette campagne est terminée\u00a0: elle ne change plus."))
    if plan.ends_on < today:
        raise NotPlanned("ends_on", later("Ce jour est passé. Choisissez aujourd’hui ou un jour à venir."))
    if before.starts_on <= today and replace(plan, ends_on=before.ends_on) != before.plan:
        raise NotPlanned("ends_on", later("Cette campagne a commencé\u00a0: seul son dernier jour peut changer."))


class NotWithdrawn(DomainError):
    """A campaign that stays."""

    message = later("Une charte s’écrit déjà pour cette campagne. Supprimez d’abord son brouillon.")


class Standing(StrEnum):
    """Where a campaign stands today."""

    COMING = "coming"
    RUNNING = "running"
    RELIEVED = "relieved"
    OVER = "over"


def standing(campaign: Plan, *, others: Iterable[Plan], today: date) -> Standing:
    """Requests belong to the campaign that began last, until its last day; an earlier one is relieved by it."""
    if campaign.starts_on > today:
        return Standing.COMING
    if campaign.ends_on < today:
        return Standing.OVER
    relieved = any(campaign.starts_on < other.starts_on <= today for other in others)
    return Standing.RELIEVED if relieved else Standing.RUNNING


class Lack(StrEnum):
    """What the region should see to."""

    CHARTER = "charter"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Concern:
    """What a campaign lacks: a text to sign, or another campaign after it."""

    campaign: Plan
    lack: Lack


def concerns(known: Sequence[Known], *, today: date) -> list[Concern]:
    """What runs, or begins soon, without a charter; then the campaign after which nobody can ask any more."""
    soon = today + SOON
    bare = [one for one in known if not one.texts and one.starts_on <= soon and one.ends_on >= today]
    last = max((one for one in known if one.starts_on <= today), key=lambda one: one.ends_on, default=None)
    alone = last is not None and last.ends_on <= soon and not _relieved(last, known, today=today)
    return [Concern(one, Lack.CHARTER) for one in bare] + ([Concern(last, Lack.NEXT)] if last and alone else [])


def _relieved(last: Plan, known: Sequence[Plan], *, today: date) -> bool:
    """Whether another campaign runs on the day after its last one, or today if that is past."""
    next_day = max(last.ends_on + timedelta(days=1), today)
    return any(one.starts_on <= next_day <= one.ends_on for one in known)
