"""The staff comes in by an outside service once whoever gives the role has confirmed it; never a family by theirs."""

import pytest

from portal.federation import services
from portal.federation.models import FederatedIdentity
from portal.federation.rules import Linking, NotLinked
from portal.federation.services import Arrival
from tests import factories as make
from tests.federation.rig import CLAIRE, claims
from tests.pages import Page

HOME = "/connexion"
TO_CONFIRM = "/connexion/a-confirmer"


def test_staff_link_with_their_role_only(db):
    head = make.head()
    with pytest.raises(NotLinked, match="avec votre rôle"):
        services.link(account_id=head.account_id, claims=claims(), for_staff=True, as_staff=False)
    for _ in range(2):  # asked twice, it waits once
        asked = services.link(account_id=head.account_id, claims=claims(), for_staff=True, as_staff=True)
        assert asked is Linking.HEAD_CONFIRMS
    assert services.recognise(claims()) == Arrival(unconfirmed=True)


def test_the_head_confirms_by_which_service_a_colleague_comes_in(idp, configure, agent, as_user):
    configure(idp.provider("proconnect"))
    idp.control(people=CLAIRE)
    school = make.school()
    manager = make.manager(school, account=make.account(name="Claire Dubois"))
    agent.sign_in("proconnect", login="claire")
    agent.visitor.enter(manager)
    done = Page(Page(agent.visitor.get(HOME)).submit(agent.visitor, "Relier mon compte"))
    assert "doit confirmer ce compte" in done.text(".flashed")
    agent.sign_out()
    assert agent.sign_in("proconnect", login="claire").location == "/connexion/premiere-fois"
    assert "attend d’être confirmé" in Page(agent.visitor.get("/connexion/premiere-fois")).heading
    head = as_user(make.head(school))
    page = Page(head.get(TO_CONFIRM))
    assert "Claire Dubois" in page.text("main")
    assert "est confirmé" in Page(page.submit(head, "Confirmer")).text(".flashed")
    assert "Rien à confirmer" in Page(head.get(TO_CONFIRM)).text("main")
    assert services.recognise(claims(key=idp.url)).account_id == manager.account_id
    assert "IdentityConfirmed" in make.trail()


def test_a_refused_link_opens_nothing_and_may_be_asked_again(idp, configure, as_user):
    configure(idp.provider("proconnect"))
    school = make.school()
    make.identity(account_id=make.manager(school).account_id, confirmed_at=None)
    head = as_user(make.head(school))
    Page(Page(head.get(TO_CONFIRM)).submit(head, "Ce n’est pas cette personne"))
    assert make.every(FederatedIdentity) == []


def test_nobody_confirms_for_themselves_nor_for_a_role_that_they_do_not_give(idp, configure, as_user):
    configure(idp.provider("proconnect"))
    school, other = make.school(), make.school()
    head = make.head(school)
    shared = make.technician(school)
    make.technician(other, account=shared.account)
    asked = [
        make.identity(account_id=one.account_id, subject=one.account.name + str(n), confirmed_at=None)
        for n, one in enumerate((head, make.manager(other), shared, make.region_agent()))
    ]
    mine = as_user(head)
    assert "Rien à confirmer" in Page(mine.get(TO_CONFIRM)).text("main")
    for one in asked:
        Page(mine.post(f"{TO_CONFIRM}/{one.public_id}", data={"reponse": "oui"}), status=404)
    region = as_user(make.region_agent())
    assert len(Page(region.get(TO_CONFIRM)).texts("main h2")) == len(asked)


def test_a_provider_of_staff_opens_no_door_to_who_has_no_role(idp, configure, agent):
    configure(idp.provider("proconnect"))
    idp.control(people=CLAIRE)
    nobody = make.account(name="Claire Dubois")
    make.identity(account_id=nobody.id, provider=idp.url, subject="claire")
    answer = agent.sign_in("proconnect", login="claire")
    assert "n’a pas de rôle dans un lycée aujourd’hui" in Page(answer, status=409).text("main")


def test_a_provider_of_families_opens_no_role_of_the_staff(idp, configure, agent):
    """A manager who is a parent too, and comes in by ÉduConnect, is a parent."""
    configure(idp.provider("edu"))
    idp.control(people=CLAIRE)
    manager = make.manager(account=make.account(name="Claire Dubois"))
    make.identity(account_id=manager.account_id, provider=idp.url, subject="claire")
    agent.sign_in("edu", login="claire")
    assert "Famille" in Page(agent.visitor.get("/", follow_redirects=True)).text(".who")
