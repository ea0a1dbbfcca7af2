"""OpenID Connect against a real provider: what opens the door, and everything that does not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.federation import journey, oidc
from portal.federation.models import FederatedIdentity
from portal.federation.rules import Proof
from tests import factories as make
from tests.databases import HOST
from tests.pages import Page
from tests.ports import LOOPBACK, free_port

CLAIRE = {"claire": {"given_name": "Claire Marie", "family_name": "DUBOIS", "email": "claire@example.org"}}


@pytest.fixture
def parent(app):
    return make.family(guardian=make.guardian(name="Claire Dubois"))


def linked(account_id, provider, subject="claire"):
    """An identity linked before this test began."""
    return make.identity(account_id=account_id, provider=provider.key, subject=subject)


def home_of(agent):
    return Page(agent.visitor.get("/", follow_redirects=True))


def refused(answer, status=400):
    page = Page(answer, status=status)
    assert page.heading.endswith("n’a pas ouvert la porte")
    assert "Entrer autrement" in page.links()
    return page


def nobody_entered(agent):
    with agent.visitor.session_transaction(base_url=HOST) as session:
        assert "_user_id" not in session
        assert journey.SAID not in session


@pytest.mark.both
@pytest.mark.parametrize("name", ["edu", "franceconnect"])
def test_a_linked_parent_enters_directly(idp, configure, agent, parent, name):
    provider = idp.provider(name)
    configure(provider)
    idp.control(people=CLAIRE)
    linked(parent.account_id, provider)
    answer = agent.return_from(name, login="claire")
    assert answer.location == "/connexion/suite"
    page = Page(agent.visitor.get("/connexion/suite"))
    assert "Claire Marie DUBOIS" in page.text(".lead")
    assert page.buttons() == ["Entrer"]
    assert page.submit(agent.visitor, "Entrer", follow=False).status_code == 303
    assert "Claire Dubois" in home_of(agent).text(".who__name")


def test_the_page_after_the_provider_opens_nothing_until_its_button(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    linked(parent.account_id, idp.provider())
    agent.return_from("edu", login="claire")
    for _ in range(3):
        agent.visitor.get("/connexion/suite")
    assert "Se déconnecter" not in home_of(agent).text()


def test_a_request_carries_long_secrets_and_no_more_than_is_set(idp, configure, agent):
    configure(idp.provider("edu", scopes="openid given_name"), idp.provider("proconnect"))
    query = parse_qs(urlsplit(agent.depart("edu")).query)
    assert len(query["state"][0]) >= 32
    assert len(query["nonce"][0]) >= 32
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{HOST}/connexion/retour/edu"]
    assert query["scope"] == ["openid given_name"]
    query = parse_qs(urlsplit(agent.depart("proconnect")).query)
    assert "code_challenge" not in query  # a switch: ProConnect refuses what its list does not have
    assert '"essential": true' in query["claims"][0]


def test_the_secrets_stay_on_the_server(idp, configure, agent):
    configure(idp.provider())
    answer = agent.visitor.get("/connexion/avec/edu")
    with agent.visitor.session_transaction(base_url=HOST) as session:
        (kept,) = session[journey.DEPARTURES].values()
    sent = f"{answer.headers} {answer.text}"
    assert kept["request"]["verifier"] not in sent
    assert len(kept["request"]["verifier"]) >= 43


def test_a_return_serves_once(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    back = agent.outside(agent.depart("edu"), login="claire")
    assert agent.visitor.get(back).status_code == 302
    refused(agent.visitor.get(back))


def test_a_code_of_another_departure_is_refused_by_the_provider_itself(idp, configure, agent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    used = parse_qs(urlsplit(agent.outside(agent.depart("edu"), login="claire")).query)
    agent.visitor.get("/connexion/retour/edu", query_string={name: value[0] for name, value in used.items()})
    fresh = parse_qs(urlsplit(agent.depart("edu")).query)
    query = {"state": fresh["state"][0], "code": used["code"][0], "iss": idp.url}
    refused(agent.visitor.get("/connexion/retour/edu", query_string=query))


@pytest.mark.parametrize("state", ["", "x" * 43])
def test_a_forged_state_opens_nothing(idp, configure, agent, state):
    configure(idp.provider())
    agent.depart("edu")
    refused(agent.visitor.get("/connexion/retour/edu", query_string={"state": state, "code": "abc", "iss": idp.url}))
    nobody_entered(agent)


def test_the_return_of_another_browser_opens_nothing(idp, configure, browser):
    """Login CSRF: an attacker leaves by their own account and makes somebody else come back."""
    configure(idp.provider())
    idp.control(people=CLAIRE)
    attacker, victim = browser(), browser()
    back = attacker.outside(attacker.depart("edu"), login="claire")
    victim.depart("edu")
    refused(victim.visitor.get(back))
    nobody_entered(victim)


def test_the_return_of_one_provider_is_nothing_to_another(idp, configure, agent):
    configure(idp.provider("edu"), idp.provider("franceconnect"))
    idp.control(people=CLAIRE)
    back = agent.outside(agent.depart("edu"), login="claire")
    refused(agent.visitor.get(back.replace("/edu", "/franceconnect")))


def test_an_answer_that_names_another_issuer_is_refused(idp, configure, agent):
    """RFC 9207: two providers are not mixed up."""
    configure(idp.provider())
    back = agent.outside(agent.depart("edu"), login="claire")
    refused(agent.visitor.get(back.partition("&iss=")[0] + "&iss=https%3A%2F%2Fother.example.org"))


def test_who_takes_more_than_ten_minutes_starts_again(idp, configure, agent, clock):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    back = agent.outside(agent.depart("edu"), login="claire")
    clock.forward(minutes=10, seconds=1)
    refused(agent.visitor.get(back))


LIES = {
    "wrong audience": {"claims": {"aud": "somebody-else"}},
    "several audiences without azp": {"claims": {"aud": ["edu", "somebody-else"]}},
    "another authorized party": {"claims": {"azp": "somebody-else"}},
    "wrong issuer": {"claims": {"iss": "https://other.example.org"}},
    "wrong nonce": {"claims": {"nonce": "x" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "no expiry": {"claims": {"exp": None}},
    "issued in the future": {"claims": {"iat": 4_000_000_000}},
    "no subject": {"claims": {"sub": None}},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "alg none": {"sign": "none"},
    "alg None, in capitals": {"sign": "none", "header": {"alg": "None"}},
    "public key as a shared secret": {"sign": "secret"},
    "client secret as a key": {"sign": "secret", "header": {"secret": "the secret of edu, of forty characters.."}},
    "a stranger's key under our number": {"sign": "stranger"},
    "an unknown key": {"sign": "stranger", "header": {"kid": "unknown"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_an_id_token_that_lies_opens_nothing(idp, configure, agent, parent, lie):
    configure(idp.provider())
    linked(parent.account_id, idp.provider())
    idp.control(people=CLAIRE, lies={"id_token": lie})
    refused(agent.return_from("edu", login="claire"))
    nobody_entered(agent)


USERINFO = {
    "another person": {"claims": {"sub": "marc"}},
    "no person": {"claims": {"sub": None}},
    "wrong audience": {"claims": {"aud": "edu"}},
    "wrong issuer": {"claims": {"iss": "https://other.example.org"}},
    "no issuer": {"claims": {"iss": None}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "alg none": {"sign": "none"},
    "public key as a shared secret": {"sign": "secret"},
    "a stranger's key": {"sign": "stranger"},
    "plain JSON instead of a signature": {"sign": "json"},
}


@pytest.mark.parametrize("lie", USERINFO.values(), ids=USERINFO.keys())
def test_a_signed_userinfo_that_lies_opens_nothing(idp, configure, agent, parent, lie):
    configure(idp.provider("franceconnect"))
    linked(parent.account_id, idp.provider("franceconnect"))
    idp.control(people=CLAIRE, lies={"userinfo": lie})
    refused(agent.return_from("franceconnect", login="claire"))
    nobody_entered(agent)


def test_a_plain_userinfo_about_somebody_else_opens_nothing(idp, configure, agent):
    configure(idp.provider())
    idp.control(people=CLAIRE, lies={"userinfo": {"claims": {"sub": "marc"}, "sign": "json"}})
    refused(agent.return_from("edu", login="claire"))


def test_a_level_that_was_asked_and_not_given_is_refused(idp, configure, agent):
    configure(idp.provider("franceconnect", acr=("eidas2",)))
    idp.control(people=CLAIRE, acr="eidas1")
    url = agent.depart("franceconnect")
    assert "acr_values=eidas2" in url
    back = agent.outside(url, login="claire")
    refused(agent.visitor.get(back))


def test_keys_that_rotate_are_followed_and_the_old_one_is_dead(idp, configure, agent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    assert agent.return_from("edu", login="claire").status_code == 302  # the old key is known
    idp.rotate()
    assert agent.return_from("edu", login="claire").status_code == 302  # the new one is learnt
    idp.control(people=CLAIRE, lies={"id_token": {"sign": "old"}})
    refused(agent.return_from("edu", login="claire"))


def test_a_dead_key_is_forgotten_even_when_no_new_one_was_seen(idp, configure, agent, clock):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    agent.depart("edu")
    idp.rotate()
    idp.control(people=CLAIRE, lies={"id_token": {"sign": "old", "claims": {"exp": 4_000_000_000}}})
    clock.forward(seconds=oidc.FRESH / timedelta(seconds=1))
    refused(agent.return_from("edu", login="claire"))


def test_who_says_no_at_the_provider_is_shown_the_other_ways(idp, configure, agent):
    configure(idp.provider())
    back = agent.outside(agent.depart("edu"), answer="no")
    assert "error=access_denied" in back
    page = Page(agent.visitor.get(back, follow_redirects=True))
    assert "Vous n’êtes pas entré par ce service." in page.text(".flashed")
    assert page.soup.select("form")


def test_a_provider_that_is_down_leaves_the_other_ways(idp, configure, agent):
    configure(idp.provider(issuer=f"http://{LOOPBACK}:{free_port()}"))
    page = refused(agent.visitor.get("/connexion/avec/edu"), status=503)
    assert page.links()[0] == "Entrer autrement"


BAD_ANSWERS = {
    "html": {"raw": {"status": 200, "type": "text/html", "body": "<html>Maintenance</html>"}},
    "list": {"raw": {"status": 200, "type": "application/json", "body": "[]"}},
    "error": {"raw": {"status": 502, "type": "text/html", "body": "Bad gateway"}},
    "too long": {"raw": {"status": 200, "type": "application/json", "body": '"' + "x" * 300_000 + '"'}},
    "elsewhere": {"redirect": "http://127.0.0.1:9/token"},
}


@pytest.mark.parametrize("told", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_provider_that_answers_nonsense_leaves_the_other_ways(idp, configure, agent, told):
    configure(idp.provider())
    idp.control(people=CLAIRE, **told)
    refused(agent.return_from("edu", login="claire"), status=503)


def test_a_slow_provider_is_not_waited_for(idp, configure, agent, monkeypatch):
    monkeypatch.setattr("portal.federation.wire.TIMEOUT", 0.2)
    configure(idp.provider())
    idp.control(people=CLAIRE, delay=1500)
    refused(agent.return_from("edu", login="claire"), status=503)


def test_no_connection_is_held_while_the_provider_is_waited_for(idp, configure, agent, monkeypatch, app):
    from portal.extensions import db
    from portal.federation import wire

    held, handle = [], wire._OwnHostOnly.handle_request
    monkeypatch.setattr(
        wire._OwnHostOnly,
        "handle_request",
        lambda self, request: held.append(db.engine.pool.checkedout()) or handle(self, request),
    )
    configure(idp.provider())
    idp.control(people=CLAIRE)
    agent.return_from("edu", login="claire")
    assert len(held) >= 4
    assert set(held) == {0}


def test_signing_out_ends_the_session_at_the_provider_too(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    linked(parent.account_id, idp.provider())
    agent.sign_in("edu", login="claire")
    page = Page(home_of(agent).submit(agent.visitor, "Se déconnecter"))
    assert page.heading == "Votre session Fin prêt est fermée"
    url = page.href("Fermer aussi cette session")
    assert len(parse_qs(urlsplit(url).query)["state"][0]) >= 32
    assert "id_token_hint=" in url
    back = agent.outside(url)
    assert back.startswith("/connexion/fin?state=")
    again = Page(agent.visitor.get(back, follow_redirects=True))
    assert "Votre session ÉduConnect est fermée aussi." in again.text(".flashed")
    assert "Identifiant" in agent.web.get(agent.depart("edu"), follow_redirects=True).text  # it asks again who one is


def test_a_farewell_with_a_forged_state_says_nothing(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    linked(parent.account_id, idp.provider())
    agent.sign_in("edu", login="claire")
    agent.sign_out()
    page = Page(agent.visitor.get("/connexion/fin?state=forged", follow_redirects=True))
    assert "fermée aussi" not in page.text()


def test_the_page_asked_for_is_reached_after_the_provider(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    linked(parent.account_id, idp.provider())
    back = agent.outside(agent.depart("edu", suite="/connexion"), login="claire")
    agent.visitor.get(back)
    assert agent.visitor.post("/connexion/suite").location == "/connexion"


@pytest.mark.parametrize("suite", ["//evil.example.org", "https://evil.example.org", "/\\evil.example.org"])
def test_nobody_is_sent_to_another_site(idp, configure, agent, parent, suite):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    linked(parent.account_id, idp.provider())
    agent.visitor.get(agent.outside(agent.depart("edu", suite=suite), login="claire"))
    assert agent.visitor.post("/connexion/suite").location == "/"


def test_a_link_made_for_one_provider_is_worth_nothing_at_another_address(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    make.identity(account_id=parent.account_id, provider="https://other.example.org", subject="claire")
    assert agent.sign_in("edu", login="claire").location == "/connexion/premiere-fois"
    assert [one.proof for one in make.every(FederatedIdentity)] == [Proof.SESSION]
