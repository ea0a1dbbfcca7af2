"""A region opens with all that its families will read and sign."""

from dataclasses import dataclass

from portal.charter import text as charters
from portal.charter.queries import ModelRow
from portal.charter.services.drafting import translate
from portal.charter.services.text import publish
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.i18n import LANGUAGES
from portal.platform.work import use_case
from portal.schools import queries
from portal.schools import services as schools
from portal.schools.profile import Profile
from portal.stock import services as stock


class RegionIsOpen(DomainError):
    """A portal serves one region."""

    message = later("Une région est déjà ouverte. Un portail sert une seule région.")


@dataclass(frozen=True, slots=True)
class NewRegion:
    """What a profile became: the region, its campaign, the first version of its charter, the models that the charter names."""

    id: int
    campaign_id: int
    version_id: int
    models: tuple[ModelRow, ...]


@use_case
def open_region(profile: Profile) -> NewRegion:
    """Open the portal's region: its first campaign, the models it lends, its model charter with every translation shipped.

    The region then edits that text as a new version; lycées join afterwards. Raises `RegionIsOpen`.
    """
    if queries.a_region_is_open():
        raise RegionIsOpen
    campaign = schools.open_region(profile)
    models = tuple(stock.add_model(offer, region_id=campaign.region_id) for offer in profile.models)
    version = publish(
        campaign_id=campaign.id,
        title=profile.charter_title,
        source=charters.model(profile.charter_text).source,
        summary=charters.model(profile.charter_summary).source,
    )
    for language in LANGUAGES:
        if words := charters.shipped_translation(profile.charter_text, language):
            source, summary = words
            translate(version.id, language=language, revision=0, source=source, summary=summary, by=None)
    return NewRegion(campaign.region_id, campaign.id, version.id, models)
