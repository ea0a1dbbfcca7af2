"""Every way in is known, guarded and calm. Snapshots: `python -m pytest tests/meta --write-snapshots`, then read the diff."""

import re
from pathlib import Path

import pytest

from portal.policy import GRANTS, ROLE_LABELS, Action, Role, may
from tests import factories as make

HERE = Path(__file__).parent
WITHOUT_ACTION = {"static", "assets", "health.show"}
MARK = {True: "yes", False: "·"}


@pytest.fixture
def snapshot(request):
    """Compare with a file of this folder, or write it."""

    def check(name, text):
        file = HERE / name
        if request.config.getoption("--write-snapshots"):
            file.write_text(text, encoding="utf-8")
        assert file.read_text(encoding="utf-8") == text, f"{name} changed: read the difference, then --write-snapshots"

    return check


def rules_of(app):
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods)))


def test_every_route_names_its_action(app):
    for endpoint, view in app.view_functions.items():
        assert (endpoint in WITHOUT_ACTION) != isinstance(getattr(view, "action", None), Action), endpoint


def test_every_action_is_granted_to_somebody_and_used_by_a_route(app, make_app):
    used = {getattr(view, "action", None) for view in app.view_functions.values()}
    assert set(Action) == set(GRANTS)
    assert {action for action in Action if not GRANTS[action]} == set()
    assert {action for action in Action if action not in used} == set()


def test_who_may_do_what_is_what_was_read(snapshot):
    width = max(len(action) for action in Action)
    head = f"{'':<{width}}  " + "  ".join(f"{role.value:<10}" for role in Role)
    lines = [f"{action:<{width}}  " + "  ".join(f"{MARK[may(role, action)]:<10}" for role in Role) for action in Action]
    snapshot("policy.txt", "\n".join(line.rstrip() for line in [head, *lines]) + "\n")
    assert set(ROLE_LABELS) == set(Role)


def test_no_address_appears_or_disappears_unread(app, snapshot):
    lines = []
    for rule in rules_of(app):
        action = getattr(app.view_functions[rule.endpoint], "action", "—")
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        lines.append(f"{methods:<5} {rule.rule:<60} {rule.endpoint:<44} {action}")
    snapshot("routes.txt", "\n".join(lines) + "\n")


def test_addresses_are_in_french_and_name_nobody(app):
    for rule in rules_of(app):
        assert re.fullmatch(r"[a-z0-9/<>:_.-]*", rule.rule), rule.rule
        converters = {name: type(kind).__name__ for name, kind in rule._converters.items()}
        assert "IntegerConverter" not in converters.values(), f"{rule.rule}: a number can be guessed, use the public id"


def test_the_demo_exists_only_where_settings_allow_it(app, make_app):
    def endpoints(portal):
        return {rule.endpoint.partition(".")[0] for rule in portal.url_map.iter_rules()}

    demo = make_app(demo=True, base_url="http://127.0.0.1:8000")
    assert endpoints(app).isdisjoint({"demo", "showcase"})
    assert {"demo", "showcase"} <= endpoints(demo)


def answers(app, browser, method):
    """Every address of one method, with made-up ids; the way out comes last."""
    for rule in sorted(rules_of(app), key=lambda rule: rule.endpoint == "accounts.sign_out"):
        if method in rule.methods and rule.endpoint != "static":
            url = re.sub(r"<[^>]+>", "inconnu", rule.rule)
            yield rule, (browser.post(url) if method == "POST" else browser.get(url))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_visitor_is_sent_to_the_door_unless_the_action_is_public(app, client, method):
    for rule, answer in answers(app, client, method):
        action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
        if action is not Action.PUBLIC:
            assert answer.status_code in {302, 303}, rule
            assert answer.location.startswith("/entrer"), rule


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FAMILY])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_role_without_the_right_is_refused(app, as_user, method, role):
    browser = as_user(make.staff(role))
    for rule, answer in answers(app, browser, method):
        action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
        if not may(role, action):
            assert answer.status_code == 403, rule
        elif action is Action.SIGN_OUT:
            browser = as_user(make.staff(role))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_family_is_refused_what_belongs_to_the_staff(app, as_user, method):
    family = make.family()
    browser = as_user(family)
    for rule, answer in answers(app, browser, method):
        action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
        if not may(Role.FAMILY, action):
            assert answer.status_code == 403, rule
        elif action is Action.SIGN_OUT:
            browser.enter(family)


def test_a_form_without_its_token_changes_nothing(app, as_user):
    browser = as_user(make.head())
    for rule in rules_of(app):
        if "POST" in rule.methods:
            answer = browser.post(re.sub(r"<[^>]+>", "inconnu", rule.rule), csrf=False)
            assert answer.status_code == 400, rule


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer_carries_the_headers_that_protect(app, as_user, method):
    browser = as_user(make.manager())
    for rule, answer in answers(app, browser, method):
        assert HEADERS.items() <= dict(answer.headers).items(), rule
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, rule
        assert "unsafe" not in policy, rule
        if rule.endpoint != "assets":
            assert answer.headers["Cache-Control"] == "no-store", rule
            assert "HX-Request" in answer.headers["Vary"], rule
        if rule.endpoint == "accounts.sign_out":
            browser.enter(make.manager())
