"""The ENT's CAS server, a real one: tickets, and the vector that says whose parent one is."""

from urllib.parse import parse_qs, urlsplit

import pytest

from portal.federation import journey, tickets, wire
from portal.federation.models import FederatedClaim, FederatedIdentity
from portal.federation.rules import Proof
from portal.schools.models import School
from tests import factories as make
from tests.databases import HOST
from tests.federation.rig import OTHER_SITE, PASSWORD
from tests.pages import Page
from tests.ports import LOOPBACK, free_port

WHO = {"username": "claire", "password": PASSWORD}


@pytest.fixture
def child(app):
    return make.student(source_id="701294")


@pytest.fixture
def mother(child):
    return make.family(child, guardian=make.guardian(name="Claire Dubois-Martin"))


def vector(student, *, name="DUBOIS MARTIN|Claire", profile=2):
    uai = make.every(School, id=student.school_id)[0].uai
    return f"{profile}|{name}|{student.source_id}|{uai}"


def name_shown(agent):
    return Page(agent.visitor.get("/", follow_redirects=True)).text(".who__name")


def refused(answer, status=400):
    assert Page(answer, status=status).heading.endswith("n’a pas ouvert la porte")


@pytest.mark.both
@pytest.mark.parametrize("version", [2, 3])
def test_a_parent_enters_by_the_ent_without_any_letter(ent, configure, agent, child, mother, version):
    configure(ent.provider(version=version))
    ent.people(claire={"FrEduVecteur": [vector(child)]})
    assert agent.sign_in("ent", **WHO).location == "/"
    assert name_shown(agent) == "Claire Dubois-Martin"
    (identity,) = make.every(FederatedIdentity)
    assert (identity.account_id, identity.subject, identity.proof) == (mother.account_id, "claire", Proof.VECTOR)
    agent.sign_out()
    ent.people()  # the second time, the link is enough
    assert agent.sign_in("ent", **WHO).location == "/"
    assert len(make.every(FederatedIdentity)) == 1


def test_a_parent_without_any_account_gets_one(ent, configure, agent, child):
    guardian = make.guardian(name="Claire Dubois", email=None, mobile=None)
    make.guardianship(child, guardian)
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": [vector(child, name="DUBOIS|Claire")]})
    assert agent.sign_in("ent", **WHO).location == "/"
    assert name_shown(agent) == "Claire Dubois"
    assert make.fresh(guardian).account_id == make.every(FederatedIdentity)[0].account_id


def test_two_children_in_two_lycees_are_one_account(ent, configure, agent, child, mother):
    other = make.student(make.school(), source_id="801294")
    there = make.guardian(name="Claire Dubois-Martin", school_id=other.school_id, email=None)
    make.guardianship(other, there)
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": [vector(child), vector(other)]})
    agent.sign_in("ent", **WHO)
    assert make.fresh(there).account_id == mother.account_id


def test_a_student_enters_by_the_ent(ent, configure, agent):
    student = make.adult_student(source_id="701295", given_name="Inès", family_name="Dubois")
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": [vector(student, name="|", profile=4)]})
    assert agent.sign_in("ent", **WHO).location == "/"
    assert name_shown(agent) == "Inès Dubois"
    assert make.fresh(student).account_id is not None


@pytest.mark.parametrize("names", ["DURAND|Claire", "DUBOIS MARTIN|Marc"])
def test_a_name_that_nobody_behind_the_child_has_goes_to_the_lycee(ent, configure, agent, child, mother, names):
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": [vector(child, name=names)]})
    assert agent.sign_in("ent", **WHO).location == "/connexion/premiere-fois"
    page = Page(agent.visitor.get("/connexion/premiere-fois"))
    assert page.heading == "Le lycée doit vérifier"
    assert make.every(FederatedIdentity) == []
    assert [claim.subject for claim in make.every(FederatedClaim)] == ["claire"]


def test_two_guardians_of_one_name_go_to_the_lycee(ent, configure, agent, child, mother):
    make.guardianship(child, make.guardian(name="Claire Dubois-Martin"), kinship="belle-mère")
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": [vector(child)]})
    assert agent.sign_in("ent", **WHO).location == "/connexion/premiere-fois"
    assert make.every(FederatedIdentity) == []


def test_a_child_that_no_lycee_of_ours_has_says_nothing(ent, configure, agent, child, mother):
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": ["2|DUBOIS MARTIN|Claire|999999|0540001H"]})
    assert agent.sign_in("ent", **WHO).location == "/connexion/premiere-fois"
    assert make.every(FederatedClaim) == []


@pytest.mark.parametrize("told", ["", "2|DUBOIS", "9|A|B|1|0540001H", "||||", "2|A|B||0540001H"])
def test_a_vector_that_is_none_says_nothing(ent, configure, agent, told):
    configure(ent.provider())
    ent.people(claire={"FrEduVecteur": [told]})
    assert agent.sign_in("ent", **WHO).location == "/connexion/premiere-fois"


def test_an_address_in_common_links_nobody(ent, configure, agent, mother):
    configure(ent.provider())
    ent.people(claire={"mail": mother.account.email, "ENTPersonNom": "DUBOIS-MARTIN", "ENTPersonPrenom": "Claire"})
    assert agent.sign_in("ent", **WHO).location == "/connexion/premiere-fois"
    assert make.every(FederatedIdentity) == []


def test_a_ticket_serves_once(ent, configure, agent, browser, app):
    provider = ent.provider()
    configure(provider)
    back = agent.outside(agent.depart("ent"), **WHO)
    assert agent.visitor.get(back).status_code == 302
    refused(agent.visitor.get(back))  # our state has served
    query = parse_qs(urlsplit(back).query)
    service = f"{HOST}/connexion/retour/ent?state={query['state'][0]}"
    with pytest.raises(wire.Refused):  # and so has the server's ticket
        tickets.come_back(provider, ticket=query["ticket"][0], service=service)


def test_a_ticket_for_another_site_is_refused(ent, configure, agent):
    configure(ent.provider())
    agent.outside(agent.depart("ent"), **WHO)
    elsewhere = agent.web.get(f"{ent.url}/login", params={"service": f"{OTHER_SITE}/connexion/retour/ent"})
    assert elsewhere.headers["Location"].startswith(OTHER_SITE)
    ticket = parse_qs(urlsplit(elsewhere.headers["Location"]).query)["ticket"][0]
    state = parse_qs(urlsplit(parse_qs(urlsplit(agent.depart("ent")).query)["service"][0]).query)["state"][0]
    refused(agent.visitor.get("/connexion/retour/ent", query_string={"state": state, "ticket": ticket}))


def test_the_service_is_the_exact_address_that_the_browser_left_with(ent, configure, agent, monkeypatch):
    sent, line = [], tickets._Line.get
    monkeypatch.setattr(tickets._Line, "get", lambda self, url, **query: sent.append(query) or line(self, url, **query))
    configure(ent.provider())
    url = agent.depart("ent")
    agent.visitor.get(agent.outside(url, **WHO))
    assert [query["params"]["service"] for query in sent] == parse_qs(urlsplit(url).query)["service"]


@pytest.mark.parametrize("ticket", ["", "ST-inconnu", "PT-123", "ST-" + "x" * 300, "ST-é"])
def test_a_forged_ticket_is_refused(ent, configure, agent, ticket):
    configure(ent.provider())
    state = parse_qs(urlsplit(parse_qs(urlsplit(agent.depart("ent")).query)["service"][0]).query)["state"][0]
    refused(agent.visitor.get("/connexion/retour/ent", query_string={"state": state, "ticket": ticket}))
    with agent.visitor.session_transaction(base_url=HOST) as session:
        assert journey.SAID not in session


def test_the_ticket_of_another_browser_is_refused(ent, configure, browser):
    configure(ent.provider())
    attacker, victim = browser(), browser()
    back = attacker.outside(attacker.depart("ent"), **WHO)
    victim.depart("ent")
    refused(victim.visitor.get(back))


def test_an_ent_that_is_down_leaves_the_other_ways(ent, configure, agent):
    provider = ent.provider(url=f"http://{LOOPBACK}:{free_port()}/")
    configure(provider)
    state = parse_qs(urlsplit(parse_qs(urlsplit(agent.depart("ent")).query)["service"][0]).query)["state"][0]
    refused(agent.visitor.get("/connexion/retour/ent", query_string={"state": state, "ticket": "ST-1"}), status=503)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><p>Maintenance",
        b"",
        b"<a/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x/>',
        b"<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'><cas:authenticationSuccess/></cas:serviceResponse>",
    ],
)
def test_an_ent_that_answers_nonsense_opens_nothing(ent, app, monkeypatch, body):
    class Line:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def get(self, *_, **__):
            return wire.httpx.Response(200, content=body)

    monkeypatch.setattr(tickets, "line", lambda _: Line())
    with pytest.raises(wire.ProviderFault):
        tickets.come_back(ent.provider(), ticket="ST-1", service=HOST)


@pytest.mark.parametrize(("version", "parameter"), [(2, "url"), (3, "service")])
def test_signing_out_ends_the_session_of_the_ent_too(ent, configure, agent, child, mother, version, parameter):
    configure(ent.provider(version=version))
    ent.people(claire={"FrEduVecteur": [vector(child)]})
    agent.sign_in("ent", **WHO)
    page = Page(agent.sign_out())
    url = page.href("Fermer aussi cette session")
    assert parse_qs(urlsplit(url).query) == {parameter: [f"{HOST}/connexion/fin"]}
    again = Page(agent.visitor.get(agent.outside(url), follow_redirects=True))
    assert "Votre session Mon Bureau Numérique est fermée aussi." in again.text(".flashed")
