"""The region prepares a campaign, changes it, withdraws it."""

from dataclasses import asdict

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.database import held
from portal.platform.work import emit, use_case
from portal.schools import queries
from portal.schools.campaigns import Known, NotWithdrawn, Plan, check, check_change
from portal.schools.emergency import EmergencyRules
from portal.schools.events import CampaignChanged, CampaignPlanned, CampaignWithdrawn
from portal.schools.models import Campaign


@use_case
def plan_campaign(plan: Plan) -> Campaign:
    """Prepare a campaign, its emergency rules those of the latest; raises `NotPlanned`."""
    region_id, known = queries.hold_region(), queries.campaigns()
    check(plan, others=known)
    campaign = Campaign(region_id=region_id, **asdict(plan))
    campaign.emergency = known[0].emergency if known else EmergencyRules()
    db.session.add(campaign)
    db.session.flush()  # the event names it
    emit(CampaignPlanned(school_id=None, campaign_id=campaign.id))
    return campaign


@use_case
def change_campaign(campaign_id: int, plan: Plan) -> None:
    """Change a campaign; raises `NotPlanned`. What families have read stays: once begun, only its last day moves."""
    before, others = _apart(campaign_id)
    check_change(before, plan, today=clock.today())
    check(plan, others=others)
    values = asdict(plan)
    changed = [name for name, value in values.items() if getattr(before, name) != value]
    if changed:
        db.session.execute(update(Campaign).where(Campaign.id == campaign_id).values(values))
        emit(CampaignChanged(school_id=None, campaign_id=campaign_id, changed=",".join(changed)))


@use_case
def withdraw_campaign(campaign_id: int) -> None:
    """Forget a campaign that has not begun and for which nothing was written; raises `NotWithdrawn`."""
    campaign, _others = _apart(campaign_id)
    if campaign.starts_on <= clock.today():
        raise NotWithdrawn(later("Cette campagne a commencé\u00a0: elle ne se retire plus."))
    try:
        db.session.execute(delete(Campaign).where(Campaign.id == campaign_id))
    except IntegrityError as used:
        raise NotWithdrawn from used
    emit(CampaignWithdrawn(school_id=None, campaign_id=campaign_id))


def _apart(campaign_id: int) -> tuple[Known, list[Known]]:
    """A campaign and the others, held until the use-case ends; raises `NoResultFound` when it was withdrawn meanwhile."""
    queries.hold_region()
    known = queries.campaigns()
    found = [one for one in known if one.id == campaign_id]
    if not found:
        raise NoResultFound(campaign_id)
    return found[0], [one for one in known if one.id != campaign_id]


@use_case
def change_emergency_rules(campaign_id: int, *, rules: EmergencyRules) -> None:
    """How large the emergency pools of a campaign are, and for how long their devices are lent from now on."""
    campaign = db.session.execute(held(select(Campaign).where(Campaign.id == campaign_id))).scalar_one()
    if campaign.emergency != rules:
        campaign.emergency = rules
        emit(CampaignChanged(school_id=None, campaign_id=campaign_id, changed="emergency"))
