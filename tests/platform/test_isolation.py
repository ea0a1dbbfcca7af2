"""Nobody reaches what is not theirs: every address, every role, objects of one's own and of others (SEC-6, PRV-1).

A stranger's object and one that never existed give the same page, byte for byte but for the CSRF token.
"""

import re

import pytest

from portal.policy import Action, Role, may
from tests import factories as make
from tests.meta.test_routes import rules_of
from tests.platform.kinds import HANDED_OVER, LOAN, SIGNATURE, kind_of
from tests.platform.two_lycees import town

TOKENS = (
    (re.compile(r'(name="csrf_token"[^>]*value=")[^"]*'), r"\1…"),
    (re.compile(r'("X-CSRFToken": ")[^"]*'), r"\1…"),
)
NOBODYS = "AAAAAAAAAAAAAAAAAAAAAA"
STAFF = ("head", "manager", "technician")
HERS = ("mere.seule@example.org", "06 39 98 99 01", "0639989901", "+33639989901", "7 rue du Secret", "Mère Seule")
"""What the mother wrote in her own draft."""


@pytest.fixture
def lycees(app):
    return town(app)


def plain(answer, public_id):
    """The page without what must differ."""
    text = answer.text.replace(public_id, NOBODYS)
    for pattern, put in TOKENS:
        text = pattern.sub(put, text)
    return text


def named(app, *, role):
    """The rules with an id that a role may use."""
    for rule in rules_of(app):
        action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
        if (
            "<" in rule.rule
            and action is not Action.PUBLIC
            and may(role, action)
            and kind_of(rule.endpoint) != "decision"
        ):
            yield rule


def ask(browser, rule, public_id, **how):
    url = re.sub(r"<[^>]+>", public_id, rule.rule)
    return browser.get(url, **how) if "GET" in rule.methods else browser.post(url, data=FILLED, **how)


FILLED = {
    "remise": "school", "recipient": "A B", "street": "3 rue A", "postcode": "54000", "city": "Nancy", "weight": "2000",
    "email": "a.b@example.org", "contact": "a.b@example.org", "number": "6A159840403310", "channel": "email", "name": "A B", "code": "123456",
    "consent": "y", "motif": "stock", "kind": "erase", "text": "Oui.", "typed": "EFFACER",
}  # fmt: skip


def assert_found_nowhere(browser, rule, public_ids):
    for rank, how in enumerate(({}, {"htmx": True})):
        missing = ask(browser, rule, NOBODYS, **how)
        for public_id in public_ids[:1] if rank else public_ids:
            assert_same(ask(browser, rule, public_id, **how), missing, rule, public_id)


def assert_same(theirs, missing, rule, public_id):
    where = f"{rule.endpoint}: {theirs.status_code} for a stranger's, {missing.status_code} for a missing one"
    assert theirs.status_code == missing.status_code, where
    assert theirs.status_code in UNKNOWN, where
    assert plain(theirs, public_id) == plain(missing, public_id), where
    assert theirs.headers.get("Content-Type") == missing.headers.get("Content-Type"), where


UNKNOWN = (404, 409)
"""Not found; the bench says « nothing to do » for any id that it does not know."""


@pytest.mark.parametrize("who", STAFF)
def test_another_lycees_objects_do_not_exist(app, as_user, lycees, who):
    here, there = lycees
    person = getattr(here, who)
    browser, tried = as_user(person), 0
    for rule in named(app, role=person.grant.role):
        assert_found_nowhere(browser, rule, there.ids(rule.endpoint)[:6])
        tried += len(there.ids(rule.endpoint))
    assert tried >= 3


@pytest.mark.parametrize("who", ["neighbour", "stranger", "student"])
def test_another_familys_objects_do_not_exist(app, as_user, lycees, who):
    here, there = lycees
    person = {"neighbour": here.neighbour, "stranger": there.mother, "student": make.signed_in_student()}[who]
    browser = as_user(person)
    for rule in named(app, role=Role.FAMILY):
        assert_found_nowhere(browser, rule, here.ids(rule.endpoint))


def test_the_other_parents_draft_and_signatures_do_not_exist(app, as_user, lycees):
    here, _ = lycees
    browser = as_user(here.father)
    for rule in named(app, role=Role.FAMILY):
        if kind_of(rule.endpoint) == SIGNATURE:
            assert_found_nowhere(browser, rule, here.ids(rule.endpoint))
    for step in ("remise", "adresse", "contact", "verification"):
        assert browser.get(f"/mes-dossiers/{here.draft.public_id}/{step}").status_code == 404


def test_no_page_shows_a_parent_what_the_other_wrote(app, as_user, lycees):
    here, _ = lycees
    mother, father = here.mother.guardian, here.father.guardian
    secret = (*HERS, mother.email, mother.mobile, mother.street)
    browser = as_user(here.father)
    for rule in rules_of(app):
        action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
        if "GET" not in rule.methods or rule.endpoint == "static" or not may(Role.FAMILY, action):
            continue
        for public_id in (here.ids(rule.endpoint) if "<" in rule.rule else [""]) or [NOBODYS]:
            answer = ask(browser, rule, public_id)
            found = [text for text in secret if text and text in answer.text]
            assert not found, f"{rule.endpoint} shows the other parent {found}"
    assert father.email != mother.email


def test_an_id_of_another_kind_opens_nothing(app, as_user, lycees):
    here, _ = lycees
    for person, role in ((here.mother, Role.FAMILY), (here.manager, Role.MANAGER), (here.head, Role.HEAD)):
        browser = as_user(person)
        for rule in named(app, role=role):
            wrong = here.signatures[0] if kind_of(rule.endpoint) in {LOAN, HANDED_OVER} else here.loans["lent"]
            if "POST" not in rule.methods:
                assert ask(browser, rule, wrong.public_id).status_code in UNKNOWN, rule.endpoint


def test_a_family_without_the_role_is_told_so_whatever_the_object(app, as_user, lycees):
    here, there = lycees
    people = {
        Role.FAMILY: here.mother,
        Role.HEAD: here.head,
        Role.MANAGER: here.manager,
        Role.TECHNICIAN: here.technician,
    }
    for role, person in people.items():
        browser = as_user(person)
        for rule in rules_of(app):
            action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
            if "<" in rule.rule and not may(role, action):
                for public_id in [*here.ids(rule.endpoint)[:1], *there.ids(rule.endpoint)[:1]]:
                    assert ask(browser, rule, public_id).status_code == 403, rule.endpoint


def test_a_visitor_is_sent_to_the_door_whatever_the_object(app, client, lycees):
    here, _ = lycees
    for rule in rules_of(app):
        action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
        if "<" in rule.rule and action is not Action.PUBLIC:
            for public_id in [*here.ids(rule.endpoint)[:1], NOBODYS]:
                answer = ask(client, rule, public_id)
                assert answer.status_code in {302, 303}, rule.endpoint
                assert answer.location.startswith("/entrer"), rule.endpoint


def test_lists_and_exports_hold_only_ones_own_lycee(app, as_user, lycees):
    here, there = lycees
    strangers = [device.asset_tag for device in there.devices] + [loan.reference for loan in there.loans.values()]
    for who in STAFF:
        browser = as_user(getattr(here, who))
        for rule in rules_of(app):
            action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
            if "<" not in rule.rule and "GET" in rule.methods and may(getattr(here, who).grant.role, action):
                text = browser.get(rule.rule).text
                assert not [one for one in strangers if one in text], rule.endpoint
    export = as_user(here.technician).get("/materiel/export.csv").text
    assert here.devices[0].asset_tag in export


def test_ones_own_objects_are_there(app, as_user, lycees):
    """The other tests would pass on a portal that shows nothing to anybody."""
    here, _ = lycees
    for person, role in ((here.mother, Role.FAMILY), (here.manager, Role.MANAGER), (here.head, Role.HEAD)):
        browser = as_user(person)
        for rule in named(app, role=role):
            if "GET" in rule.methods:
                answers = [ask(browser, rule, public_id).status_code for public_id in here.ids(rule.endpoint)]
                assert {200, 302, 303} & set(answers), f"{rule.endpoint}: {answers}"
