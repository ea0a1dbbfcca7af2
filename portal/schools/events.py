"""What happens to a lycée's settings."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolChanged(Event):
    """Somebody changed the settings of a lycée. `changed` names the settings, separated by commas, never their values."""

    sentence: ClassVar[str] = "Réglages du lycée modifiés"

    changed: str

    @property
    def subject(self) -> str:
        """The lycée."""
        return subject_of(self.school_id or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolOpened(Event):
    """A lycée of the directory takes part from now on."""

    sentence: ClassVar[str] = "Lycée ouvert"
    about: ClassVar = ("school", "school_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionChanged(Event):
    """Somebody changed a setting of the region, which `changed` names."""

    sentence: ClassVar[str] = "Réglages de la région modifiés"
    about: ClassVar = ("region", "region_id")

    region_id: int
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlanned(Event):
    """The region prepared a campaign."""

    sentence: ClassVar[str] = "Campagne préparée"
    about: ClassVar = ("campaign", "campaign_id")

    campaign_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChanged(Event):
    """The region changed a campaign: its name, days, kit or rules, which `changed` names, separated by commas."""

    sentence: ClassVar[str] = "Campagne modifiée"
    about: ClassVar = ("campaign", "campaign_id")

    campaign_id: int
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignWithdrawn(Event):
    """The region withdrew a campaign that had not begun."""

    sentence: ClassVar[str] = "Campagne retirée"
    about: ClassVar = ("campaign", "campaign_id")

    campaign_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLoaded(Event):
    """A region loaded a directory of lycées from a file."""

    sentence: ClassVar[str] = "Annuaire chargé"

    created: int
    changed: int


def subject_of(school_id: int) -> str:
    """What the audit trail calls a lycée."""
    return f"school:{school_id}"
