"""`flask region open`: a region begins with its profile, and with the charter that its families will sign."""

import pytest

from portal.accounts.models import Account, RoleGrant
from portal.charter.models import CharterTranslation, CharterVersion
from portal.charter.text import CharterText
from portal.policy import Role
from portal.schools.models import Campaign, Region
from portal.schools.profile import profiles, read_profile
from portal.stock.models import DeviceModel
from portal.team.events import ColleagueInvited
from tests import factories as make

AGENT = ["--agent", "Paul Schmitt", "--email", "paul.schmitt@example.org"]


def open_region(app, *words):
    return app.test_cli_runner().invoke(args=["region", "open", *words])


def opened(app, name):
    done = open_region(app, "--profile", name, *AGENT)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", profiles())
def test_each_profile_opens_a_region_with_its_own_charter_of_nineteen_parts(app, name):
    profile = read_profile(name)
    assert profile.charter_title in opened(app, name)
    (region,), (campaign,), (version,) = (make.every(kind) for kind in (Region, Campaign, CharterVersion))
    assert (region.name, campaign.name) == (profile.name, profile.campaign_name)
    assert campaign.emergency == profile.emergency
    assert (version.campaign_id, version.number, version.title) == (campaign.id, 1, profile.charter_title)
    assert len(CharterText.parse(version.source).sections) == 19
    assert {model.name for model in make.every(DeviceModel)} == {offer.name for offer in profile.models}


def test_the_first_agent_is_invited_by_e_mail_with_the_role_of_the_region(db, app):
    opened(app, "grand-est")
    (account,), (grant,) = make.every(Account), make.every(RoleGrant)
    assert (account.email, grant.role, grant.at_school_id) == ("paul.schmitt@example.org", Role.REGION, None)
    assert [row.payload["account_id"] for row in make.outbox() if row.kind == ColleagueInvited.__name__] == [account.id]
    assert {one.language for one in make.every(CharterTranslation)} == {"en", "ar"}


@pytest.mark.parametrize(
    ("email", "before", "why"), [("paul", 0, "adresse"), ("paul.schmitt@example.org", 1, "Une région est déjà ouverte")]
)
def test_what_cannot_be_opened_leaves_nothing_behind_and_says_why(app, email, before, why):
    if before:
        opened(app, "grand-est")
    refused = open_region(app, "--profile", "normandie", "--agent", "Paul Schmitt", "--email", email)
    assert refused.exit_code == 1
    assert why in refused.output
    assert len(make.every(Region)) == len(make.every(Account)) == before
