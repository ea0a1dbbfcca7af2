"""Who works here: invitations, ends of roles, lost telephones, delegations, both engines."""

from datetime import date

import pytest

from portal.accounts import queries as accounts_queries
from portal.accounts import services as accounts
from portal.accounts.models import RoleGrant
from portal.accounts.rules import RoleHeld, WrongDates
from portal.platform.audit import AuditLine
from portal.policy import Role
from portal.schools.models import Campaign
from portal.team import queries, rules, services
from portal.team.services import Invitation
from tests import factories as make
from tests.pages import Page

TODAY = date(2026, 9, 8)


@pytest.fixture
def head(app):
    make.region(), make.campaign()
    return make.head()


def invitation(**values):
    return Invitation(**{"name": "Amélie Costa", "email": "amelie.costa@example.org", "role": Role.MANAGER, **values})


def invited(head, **values):
    return services.invite(invitation(**values), school_id=head.school.id, by=Role.HEAD)


# --- periods ------------------------------------------------------------------------------------------------------------


def test_a_role_ended_may_be_given_again_and_history_stays(db, head, clock):
    account = make.account()
    first = accounts.grant_role(account_id=account.id, role=Role.MANAGER, school_id=head.school.id)
    accounts.end_role(grant_id=first)
    clock.forward(days=30)
    second = accounts.grant_role(account_id=account.id, role=Role.MANAGER, school_id=head.school.id)
    assert first != second
    assert len(make.every(RoleGrant, account_id=account.id)) == 2
    assert [hat.grant_id for hat in accounts_queries.hats(account.id)] == [second]


def test_periods_of_one_role_never_overlap(db, head):
    account = make.account()
    give = {"account_id": account.id, "role": Role.MANAGER, "school_id": head.school.id}
    accounts.grant_role(**give, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30))
    accounts.grant_role(**give, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
    with pytest.raises(RoleHeld):
        accounts.grant_role(**give, starts_on=date(2026, 9, 15), ends_on=date(2026, 11, 15))
    assert len(make.every(RoleGrant, account_id=account.id)) == 2


def test_a_period_that_ends_before_it_starts_is_refused(db, head):
    with pytest.raises(WrongDates):
        invited(head, starts_on=date(2026, 9, 9), ends_on=date(2026, 9, 1))


def test_ended_at_once_the_person_is_out_at_their_next_page(as_user, head):
    manager = make.manager()
    browser = as_user(manager)
    assert browser.get("/preparation").status_code == 200
    accounts.end_role(grant_id=manager.grant_id)
    assert browser.get("/preparation").location.startswith("/entrer")


def test_an_end_set_for_later_lets_them_finish(db, head, clock):
    manager = make.manager()
    accounts.end_role(grant_id=manager.grant_id, on=date(2026, 9, 10))
    assert accounts_queries.load_actor(manager.account_id, manager.grant_id) is not None
    clock.forward(days=3)
    assert accounts_queries.load_actor(manager.account_id, manager.grant_id) is None


# --- inviting -----------------------------------------------------------------------------------------------------------


def test_an_invitation_opens_an_account_gives_the_role_and_tells_by_email(db, head):
    account_id = invited(head)
    (grant,) = make.every(RoleGrant, account_id=account_id)
    assert (grant.role, grant.at_school_id, grant.starts_on) == (Role.MANAGER, head.school.id, TODAY)
    assert [row.kind for row in make.outbox() if row.kind == "ColleagueInvited"] == ["ColleagueInvited"]


@pytest.mark.parametrize("role", [Role.HEAD, Role.REGION, Role.SCAN_HELPER, Role.FAMILY])
def test_a_head_gives_neither_heads_nor_the_region(db, head, role):
    with pytest.raises(rules.NotYours):
        invited(head, role=role)


def test_the_region_gives_heads_and_agents_of_its_own(db, head):
    services.invite(invitation(role=Role.HEAD), school_id=head.school.id, by=Role.REGION)
    agent = services.invite(invitation(email="agent@example.org"), school_id=None, by=Role.REGION)
    assert [hat.role for hat in accounts_queries.hats(agent)] == [Role.REGION]
    with pytest.raises(rules.NotYours):
        services.invite(invitation(email="x@example.org"), school_id=None, by=Role.HEAD)


def test_inviting_by_the_page(as_user, head):
    browser = as_user(head)
    page = Page(browser.get("/equipe")).follow(browser, "Inviter un collègue")
    refused = Page(
        page.submit(browser, "Envoyer l’invitation", name="", email="amelie", starts_on="2026-02-31"), status=422
    )
    assert len(refused.errors()) == 4
    page = Page(
        page.submit(
            browser, "Envoyer l’invitation", name="Amélie Costa", email="Amelie.Costa@example.org", role="manager"
        )
    )
    (row,) = [row for row in page.rows("Qui travaille ici") if row["Nom"] == "Amélie Costa"]
    assert (row["Rôle"], row["Entrée"]) == ("Gestionnaire", "À installer")


def test_the_region_finds_a_lycee_and_its_team(as_user, head):
    browser = as_user(make.region_agent())
    page = Page(browser.get("/equipe", query_string={"recherche": head.school.name}))
    (row,) = page.rows("Lycées et leurs proviseurs")
    assert row["Proviseur"] == head.account.name
    page = Page(browser.get(f"/equipe/lycees/{head.school.public_id}"))
    assert page.rows("Qui travaille ici")[0]["Nom"] == head.account.name


# --- ending, helping ----------------------------------------------------------------------------------------------------


def test_ending_a_role_by_the_page(as_user, head):
    manager = make.manager()
    browser = as_user(head)
    page = Page(browser.get(f"/equipe/roles/{manager.grant.public_id}"))
    assert Page(page.submit(browser, "Mettre fin au rôle", on=""), status=422).errors()
    page = Page(page.submit(browser, "Mettre fin au rôle"))
    assert page.rows("Avant")[0]["Nom"] == manager.account.name
    assert accounts_queries.load_actor(manager.account_id, manager.grant_id) is None


def test_a_head_ends_neither_themselves_nor_another_head(as_user, head):
    other = make.head()
    browser = as_user(head)
    for grant in (head.grant, other.grant):
        answer = browser.post(f"/equipe/roles/{grant.public_id}/fin", data={"on": "2026-09-08"})
        assert answer.status_code == 409
    assert len([grant for grant in make.every(RoleGrant) if grant.ended_at]) == 0


def test_a_lost_telephone_is_reset_audited_and_told(as_user, head):
    manager = make.manager()
    make.password(manager.account)
    make.phone(manager.account)
    theirs, browser = as_user(manager), as_user(head)
    page = Page(browser.get(f"/equipe/roles/{manager.grant.public_id}"))
    page = Page(page.submit(browser, "Remettre son deuxième facteur à zéro"))
    assert "recommence avec un lien" in page.text(".flashed")
    assert theirs.get("/preparation").location.startswith("/entrer")
    (line,) = [line for line in make.every(AuditLine) if line.kind == "FactorsReset"]
    assert (line.account_id, line.subject) == (head.account_id, f"account:{manager.account_id}")
    assert "FactorsReset" in [row.kind for row in make.outbox()]


def test_a_head_resets_nobody_who_also_works_elsewhere(as_user, head):
    manager = make.manager()
    make.region_agent(account=manager.account)
    answer = as_user(head).post(f"/equipe/roles/{manager.grant.public_id}/deuxieme-facteur")
    assert answer.status_code == 409
    answer = as_user(make.region_agent()).post(f"/equipe/roles/{manager.grant.public_id}/deuxieme-facteur")
    assert answer.status_code == 303


def test_the_region_resets_a_head(as_user, head):
    make.phone(head.account)
    answer = as_user(make.region_agent()).post(f"/equipe/roles/{head.grant.public_id}/deuxieme-facteur")
    assert answer.status_code == 303
    assert not queries.member(head.grant.public_id, school_ids=None).protected


# --- delegating ---------------------------------------------------------------------------------------------------------


def delegated(head, deputy, *, first=TODAY, last=date(2026, 9, 20)):
    return services.delegate(deputy=deputy.account_id, school_id=head.school.id, first=first, last=last, by=head.actor)


def test_a_deputy_decides_with_their_own_account_and_the_trail_says_so(as_user, head):
    manager = make.manager()
    grant_id = delegated(head, manager)
    browser = as_user(manager)
    page = Page(browser.get("/role"))
    assert "par délégation de" in page.text("main")
    assert "20 septembre 2026" in page.text("main")
    assert browser.post("/role", data={"grant": grant_id, "suite": "/demandes"}).location == "/demandes"
    page = Page(browser.get("/demandes"))
    assert "par délégation" in page.text(".who")
    browser.raw_token = None
    assert browser.post("/equipe/aides", data={"day": "2026-09-08", "most": "3"}).status_code == 303
    (line,) = [line for line in make.every(AuditLine) if line.kind == "HelperPassMade"]
    assert (line.account_id, line.role) == (manager.account_id, "head")
    assert browser.post("/role", data={"grant": manager.grant_id}).status_code == 303


def test_a_delegation_stops_by_itself(db, head, clock):
    manager = make.manager()
    grant_id = delegated(head, manager, last=date(2026, 9, 10))
    assert accounts_queries.load_actor(manager.account_id, grant_id).delegated
    clock.forward(days=3)
    assert accounts_queries.load_actor(manager.account_id, grant_id) is None


def test_the_head_ends_a_delegation_at_once(as_user, head):
    manager = make.manager()
    grant_id = delegated(head, manager)
    (grant,) = [grant for grant in make.every(RoleGrant) if grant.id == grant_id]
    browser = as_user(head)
    page = Page(browser.get(f"/equipe/roles/{grant.public_id}"))
    assert head.account.name in page.text("main")
    assert page.submit(browser, "Mettre fin au rôle", follow=False).status_code == 303
    assert accounts_queries.load_actor(manager.account_id, grant_id) is None
    assert accounts_queries.load_actor(manager.account_id, manager.grant_id) is not None


def test_a_delegation_ends_with_the_head_who_gave_it(db, head):
    manager = make.manager()
    grant_id = delegated(head, manager)
    accounts.end_role(grant_id=head.grant_id)
    assert accounts_queries.load_actor(manager.account_id, grant_id) is None


def test_a_delegation_never_outlives_the_campaign(db, head):
    (campaign,) = make.every(Campaign)
    manager = make.manager()
    with pytest.raises(rules.NotDelegable, match="campagne"):
        delegated(head, manager, last=campaign.ends_on.replace(year=campaign.ends_on.year + 1))
    delegated(head, manager, last=campaign.ends_on)


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 9, 7), date(2026, 9, 9)), (date(2026, 9, 12), date(2026, 9, 10))]
)
def test_a_delegation_has_sensible_dates(db, head, first, last):
    with pytest.raises(rules.NotDelegable):
        delegated(head, make.manager(), first=first, last=last)


def test_a_deputy_delegates_to_nobody_and_a_head_not_to_themselves(as_user, head):
    manager, third = make.manager(), make.manager()
    grant_id = delegated(head, manager)
    browser = as_user(manager)
    browser.post("/role", data={"grant": grant_id})
    browser.raw_token = None
    data = {"deputy": third.account_id, "first": "2026-09-08", "last": "2026-09-09"}
    page = Page(browser.post("/equipe/delegation", data=data), status=422)
    assert "déléguer à votre tour" in page.errors()[0]
    with pytest.raises(rules.NotDelegable):
        delegated(head, head)


def test_a_stranger_is_no_deputy(db, head):
    with pytest.raises(rules.NotYours):
        delegated(head, make.manager(make.school()))


def test_delegating_by_the_page(as_user, head):
    browser = as_user(head)
    page = Page(browser.get("/equipe")).follow(browser, "Me faire remplacer")
    assert "Personne à qui déléguer" in page.text("main")
    manager = make.manager()
    page = Page(browser.get("/equipe/delegation"))
    assert Page(page.submit(browser, "Déléguer pour cette période", last=""), status=422).errors()
    page = Page(page.submit(browser, "Déléguer pour cette période", deputy=manager.account_id, last="2026-09-15"))
    rows = [row for row in page.rows("Qui travaille ici") if row["Nom"] == manager.account.name]
    assert any("par délégation" in row["Rôle"] for row in rows)


def test_other_lycees_people_are_missing(as_user, head):
    stranger = make.manager(make.school())
    browser = as_user(head)
    assert browser.get(f"/equipe/roles/{stranger.grant.public_id}").status_code == 404
    assert browser.get(f"/equipe/inviter?lycee={stranger.school.public_id}").status_code == 404
    assert browser.get(f"/equipe/lycees/{stranger.school.public_id}").status_code == 404


def test_pages_cost_few_statements(as_user, head, count_statements):
    for _ in range(5):
        make.manager()
    browser = as_user(head)
    for path in ("/equipe", "/equipe/delegation", "/equipe/aides", "/equipe/inviter"):
        browser.get(path)
        with count_statements() as sql:
            assert browser.get(path).status_code == 200
        assert sql.count <= 4, f"{path}\n{sql}"
