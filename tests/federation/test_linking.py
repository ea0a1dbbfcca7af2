"""From an identity that nobody knows to a link: by the portal's own door first, by the lycée when in doubt."""

import pytest

from portal.access import services as access
from portal.access.models import IdentityDoubt
from portal.federation import services
from portal.federation.models import FederatedClaim, FederatedIdentity
from portal.federation.rules import Child, Linking, NotLinked, Proof, Vector
from portal.platform import scope
from portal.platform.outbox import HANDLERS, event_class
from portal.schools.models import School
from tests import factories as make
from tests.federation.rig import CLAIRE, claims
from tests.pages import Page

HOME = "/connexion"


@pytest.fixture
def parent(app):
    return make.family(guardian=make.guardian(name="Claire Dubois"))


def door(agent):
    return Page(agent.visitor.get("/entrer"))


def test_without_a_provider_there_is_no_button_and_no_page(app, agent, parent):
    assert "Ou avec un compte que vous avez déjà" not in door(agent).text()
    for path in ("/connexion/avec/edu", "/connexion/retour/edu", "/connexion/suite", "/connexion/premiere-fois"):
        Page(agent.visitor.get(path), status=404)
    Page(agent.visitor.post("/connexion/suite"), status=404)
    agent.visitor.enter(parent)
    Page(agent.visitor.get(HOME), status=404)
    Page(agent.visitor.post(HOME), status=404)
    Page(agent.visitor.post("/connexion/inconnu/delier"), status=404)
    assert "Mes connexions" not in Page(agent.visitor.get("/", follow_redirects=True)).text("header")


def test_the_door_shows_one_button_a_provider_and_says_for_whom(idp, ent, configure, agent):
    configure(idp.provider("edu"), idp.provider("proconnect"), ent.provider())
    page = door(agent)
    ways = page.texts(".ways__list li")
    assert ways == [
        "Entrer avec ÉduConnect",
        "Entrer avec ProConnect Personnel du lycée et de la région",
        "Entrer avec Mon Bureau Numérique",
    ]
    refused = Page(agent.visitor.post("/entrer", data={"contact": ""}), status=422)
    assert refused.texts(".ways__list li") == ways


def test_a_button_brings_along_the_page_to_go_to(idp, configure, agent):
    configure(idp.provider())
    page = Page(agent.visitor.get("/entrer?suite=/connexion"))
    assert page.href("Entrer avec ÉduConnect").endswith("?suite=/connexion")


@pytest.mark.both
def test_an_unknown_parent_comes_in_as_usual_once_and_links(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    assert agent.sign_in("edu", login="claire").location == "/connexion/premiere-fois"
    page = Page(agent.visitor.get("/connexion/premiere-fois"))
    assert page.heading == "C’est la première fois avec ÉduConnect"
    assert page.href("Entrer comme d’habitude") == "/entrer?suite=/connexion"
    agent.visitor.enter(parent)  # the portal's own door is tested elsewhere; what was said waits in this session
    page = Page(agent.visitor.get(HOME))
    assert "ÉduConnect nous dit que vous êtes Claire DUBOIS." in page.text("main")
    done = Page(page.submit(agent.visitor, "Relier mon compte"))
    assert "ÉduConnect est relié à votre compte." in done.text(".flashed")
    assert "Relié le" in done.text("main")
    agent.sign_out()
    assert agent.sign_in("edu", login="claire").location == "/"


def test_what_was_said_survives_the_own_door(app, idp, configure, agent, parent, monkeypatch):
    """The real door: a new session key, and what a provider said is still there."""
    from portal.accounts import services as accounts

    configure(idp.provider())
    idp.control(people=CLAIRE)
    agent.sign_in("edu", login="claire")
    accounts.ask(contact=parent.account.email, browser="b", next_path=HOME)
    from portal.accounts.models import SignInLink

    secrets = accounts.draw_secrets(make.every(SignInLink)[0].id)
    answer = agent.visitor.post(f"/lien/{secrets.token}")
    assert answer.location == HOME
    agent.visitor.raw_token = None
    assert "Relier mon compte" in Page(agent.visitor.get(HOME)).buttons()


def test_a_parent_does_not_link_the_other_parent_s_identity(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people={"marc": {"given_name": "Marc", "family_name": "DUBOIS"}})
    agent.sign_in("edu", login="marc")
    agent.visitor.enter(parent)
    done = Page(Page(agent.visitor.get(HOME)).submit(agent.visitor, "Relier mon compte"))
    assert "Le nom n’est pas le même. Le lycée vérifie, puis relie ÉduConnect." in done.text(".flashed")
    assert make.every(FederatedIdentity) == []
    assert [one.subject for one in make.every(FederatedClaim)] == ["marc"]


def test_an_identity_of_somebody_else_is_not_taken(idp, configure, agent, parent):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    other = make.account(name="Claire Dubois")
    make.identity(account_id=other.id, provider=idp.url, subject="claire")
    agent.visitor.enter(parent)
    agent.return_from("edu", login="claire")
    answer = agent.visitor.post(HOME)
    assert "déjà relié à une autre personne" in Page(answer, status=409).text("main")


def test_a_second_identity_of_one_provider_is_refused(db, parent):
    make.identity(account_id=parent.account_id, provider="https://id.example.org", subject="first")
    with pytest.raises(NotLinked, match="Un autre compte"):
        services.link(account_id=parent.account_id, claims=claims(), for_staff=False, as_staff=False)


def test_one_account_has_several_providers(db, parent):
    for key in ("https://one.example.org", "https://two.example.org"):
        services.link(account_id=parent.account_id, claims=claims(key=key), for_staff=False, as_staff=False)
        assert services.recognise(claims(key=key)).account_id == parent.account_id
    assert len(make.every(FederatedIdentity)) == 2


def test_an_account_lets_go_of_a_link_by_itself(idp, configure, agent, parent):
    configure(idp.provider())
    make.identity(account_id=parent.account_id, provider=idp.url, subject="claire")
    agent.visitor.enter(parent)
    done = Page(Page(agent.visitor.get(HOME)).submit(agent.visitor, "Délier ce compte"))
    assert "Ce compte n’est plus relié." in done.text(".flashed")
    assert make.every(FederatedIdentity) == []
    assert "IdentityUnlinked" in make.trail()


def test_the_only_door_is_not_closed(idp, configure, agent):
    configure(idp.provider())
    person = make.account(name="Claire Dubois", email=None)
    family = make.family(guardian=make.guardian(name="Claire Dubois", account_id=person.id))
    make.identity(account_id=person.id, provider=idp.url, subject="claire")
    agent.visitor.enter(family)
    page = Page(Page(agent.visitor.get(HOME)).submit(agent.visitor, "Délier ce compte"), status=409)
    assert "votre seule façon d’entrer" in page.text("main")


def test_somebody_else_s_link_is_not_there(idp, configure, agent, parent):
    configure(idp.provider())
    other = make.identity(account_id=make.account().id, provider=idp.url, subject="other")
    agent.visitor.enter(parent)
    Page(agent.visitor.post(f"{HOME}/{other.public_id}/delier"), status=404)
    assert len(make.every(FederatedIdentity)) == 1


@pytest.fixture
def doubted(db, parent):
    """Claire's account, and an identity of another first name: the list of the lycée has a line."""
    services.link(account_id=parent.account_id, claims=claims(given_name="Klara"), for_staff=False, as_staff=False)
    (line,) = make.every(IdentityDoubt)
    return line


def decide(doubt, decision, **values):
    """As the person of the lycée does, then the worker."""
    before = {row.key for row in make.outbox()}
    with scope.schools(doubt.school_id):
        decision(doubt.public_id, **values)
    told = [row for row in make.outbox() if row.key not in before]
    for row in told:
        hear(row)
    return told


def hear(row):
    """What this feature does of an event."""
    for handler in HANDLERS.get(event_class(row.kind), []):
        if handler.run.__module__ == "portal.federation.handlers":
            handler.run(event_class(row.kind)(**row.payload), row.key)


def test_a_doubt_stands_in_the_list_of_the_lycee(doubted, parent):
    assert (doubted.guardian_id, doubted.claimed_name) == (parent.guardian.id, "Klara DUBOIS")
    assert doubted.subject == make.every(FederatedClaim)[0].public_id
    assert "claire" not in doubted.subject


def test_the_word_of_a_lycee_links_and_may_be_taken_back(doubted, parent):
    head = make.head()
    decide(doubted, access.doubts.unite, by=head.account_id)
    (identity,) = make.every(FederatedIdentity)
    assert (identity.account_id, identity.subject, identity.proof) == (parent.account_id, "claire", Proof.SCHOOL)
    assert services.recognise(claims()).account_id == parent.account_id
    decide(doubted, access.doubts.reopen)
    assert make.every(FederatedIdentity) == []


def test_two_people_stay_two(doubted):
    decide(doubted, access.doubts.part, by=make.head().account_id)
    assert make.every(FederatedIdentity) == []
    assert services.recognise(claims()).account_id == 0


def test_a_word_that_was_taken_back_before_the_worker_heard_it_links_nobody(doubted):
    told = decide(doubted, access.doubts.unite, by=make.head().account_id)
    decide(doubted, access.doubts.reopen)
    hear(next(row for row in told if row.kind == "DoubtDecided"))
    assert make.every(FederatedIdentity) == []


def test_the_word_of_a_lycee_changes_no_other_link(doubted, parent):
    """Said twice, about nothing, or without having been said: nothing more."""
    (waiting,) = make.every(FederatedClaim)
    services.confirm(reference=waiting.public_id, account_id=parent.account_id)
    assert make.every(FederatedIdentity) == []
    decide(doubted, access.doubts.unite, by=make.head().account_id)
    services.confirm(reference=waiting.public_id, account_id=parent.account_id)
    services.confirm(reference=waiting.public_id, account_id=make.account().id)
    services.take_back(reference="unknown", account_id=parent.account_id)
    assert [one.account_id for one in make.every(FederatedIdentity)] == [parent.account_id]


def test_what_no_lycee_decides_is_forgotten(db, parent, clock):
    services.link(account_id=parent.account_id, claims=claims(given_name="Klara"), for_staff=False, as_staff=False)
    make.identity(account_id=parent.account_id, confirmed_at=None)
    kept = make.identity(account_id=parent.account_id, provider="https://two.example.org")
    clock.forward(days=89)
    assert services.forget_claims() == 0
    clock.forward(days=2)
    assert services.forget_claims() == 2
    assert [one.id for one in make.every(FederatedIdentity)] == [kept.id]


def test_asked_again_a_lycee_has_one_question(db, parent):
    for _ in range(3):
        services.link(account_id=parent.account_id, claims=claims(given_name="Klara"), for_staff=False, as_staff=False)
    assert len(make.every(FederatedClaim)) == 1


def test_the_doubt_about_an_adult_student_goes_to_the_list_of_the_lycee(db):
    own = make.account(name="Inès Lefèvre")
    adult = make.adult_student(account_id=own.id)
    asked = services.link(account_id=own.id, claims=claims(), for_staff=False, as_staff=False)
    assert asked is Linking.SCHOOL_DECIDES
    (line,) = make.every(IdentityDoubt)
    assert (line.student_id, line.claimed_name) == (adult.id, "Claire DUBOIS")
    decide(line, access.doubts.unite, by=make.head().account_id)
    assert services.recognise(claims()).account_id == own.id


def test_an_account_that_no_lycee_knows_is_told_so(db):
    nobody = make.account(name="Inès Lefèvre")
    with pytest.raises(NotLinked, match="Parlez-en au lycée"):
        services.link(account_id=nobody.id, claims=claims(), for_staff=False, as_staff=False)
    assert make.every(FederatedClaim) == []


def test_a_closed_account_stays_closed(idp, configure, agent, clock):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    closed = make.account(name="Claire Dubois", disabled_at=clock.now())
    make.identity(account_id=closed.id, provider=idp.url, subject="claire")
    Page(agent.sign_in("edu", login="claire"), status=409)


def test_what_a_provider_said_is_too_old_after_a_quarter_of_an_hour(idp, configure, agent, parent, clock):
    configure(idp.provider())
    idp.control(people=CLAIRE)
    agent.return_from("edu", login="claire")
    clock.forward(minutes=16)
    assert "trop ancien" in Page(agent.visitor.get("/connexion/suite"), status=409).text("main")


def test_eight_tabs_at_once_link_once(db, parent, together):
    def link():
        try:
            return services.link(account_id=parent.account_id, claims=claims(), for_staff=False, as_staff=False)
        except NotLinked:
            return False

    assert any(together(link))
    assert len(make.every(FederatedIdentity)) == 1


def test_eight_tabs_that_come_from_the_ent_at_once_are_one_account(db, together):
    student = make.student(source_id="701294")
    make.guardianship(student, make.guardian(name="Claire Dubois", email=None, mobile=None))
    uai = make.every(School, id=student.school_id)[0].uai
    vector = Vector(parent=True, family_name="DUBOIS", given_name="Claire", child=Child(uai, "701294"))
    arrivals = together(lambda: services.recognise(claims(vectors=(vector,))))
    assert len({one.account_id for one in arrivals}) == 1
    assert not any(one.doubtful for one in arrivals)
    assert len(make.every(FederatedIdentity)) == 1


def test_the_page_of_links_costs_four_statements_at_most(idp, configure, agent, parent, count_statements):
    configure(idp.provider())
    for number in range(6):
        make.identity(account_id=parent.account_id, provider=f"https://{number}.example.org")
    agent.visitor.enter(parent)
    with count_statements() as sql:
        agent.visitor.get(HOME)
    assert sql.count <= 4, sql
