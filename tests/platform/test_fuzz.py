"""Whatever is sent, nobody meets a failure: every address, every role, what people paste and what others forge (REL-8)."""

import re
from collections.abc import Iterator

import pytest

from portal.policy import Action, Role, may
from tests import factories as make
from tests.meta.test_routes import rules_of
from tests.pages import said
from tests.platform.kinds import kind_of
from tests.platform.two_lycees import town

ENDLESS = "9" * 5_000
SEGMENTS = ("%00", "9" * 16, "%ED%A0%80", "a%00b", "x" * 3_000, "..%2f..%2fetc", "%F0%9F%98%80", "0" * 16, "²", "-1")
TEXTS = (
    "",
    "\x00",
    "Ma\x00rie",
    "😀👩‍👩‍👧",
    "\u202eeiraM\u202c",
    "é" * 300,
    "A" * 20_000,
    "x\ny\r\nz",
    "-1",
    ENDLESS,
    "١٢٣٤٥",
    "²½",
    "nan",
    "<script>alert(1)</script>{{7*7}}",
    "' OR 1=1 --",
    "../../etc/passwd",
    "FР-7K3M-2Q9T",
    "marie@example.org\nBcc: x@example.org",
)
REFUSED_BY_POSTGRESQL = ("\x00", "Ma\x00rie", "é" * 300, "A" * 20_000, ENDLESS, "²½")
"""What its columns do not take and those of SQLite do. The rest is refused before any database is asked."""

FIELDS = (
    "email", "suite", "code", "grant", "eleve", "remise", "recipient", "street", "line2", "line3", "locality", "postcode",
    "city", "town", "asked_about", "mobile", "meant", "version", "motif", "precision", "choix", "seule", "dossier",
    "appareil", "numero", "colis", "right", "down", "papier", "number", "confirmed", "weight", "channel", "name",
    "consent", "langue",
)  # fmt: skip
ARGUMENTS = (
    "page", "tri", "ordre", "recherche", "classe", "motif", "voie", "dossier", "eleve", "suite", "choix", "langue", "etat",
)  # fmt: skip
LISTS = ("loans.queue", "loans.decisions", "stock.devices", "stock.export", "shipping.bench", "schools.directory")
SOUND = {
    "accounts.ask": {"contact": "quelqu.un@example.org", "suite": "/mes-dossiers"},
    "loans.save_address": {"recipient": "Inès Lefèvre", "street": "3 rue de l’Église", "postcode": "54000", "city": "Nancy"},
    "loans.save_contact": {"email": "ines@example.org", "mobile": "06 39 98 00 12"},
    "loans.refuse": {"motif": "stock", "precision": "Au revoir."},
    "shipping.readdress": {"recipient": "A B", "street": "3 rue A", "postcode": "54000", "city": "Nancy", "line2": ""},
    "shipping.weigh": {"weight": "2450"},
    "shipping.track": {"number": "6A 15984 04033 1", "confirmed": "y"},
    "shipping.scan": {"code": "FP-000001", "dossier": "", "appareil": "", "numero": ""},
    "shipping.print_papers": {"right": "0", "down": "0", "papier": "bordereaux", "colis": ""},
    "charter.accept": {"code": "123456", "name": "Inès Lefèvre", "consent": "y"},
}  # fmt: skip
"""A form that would do, of which one field at a time is spoilt."""

NOT_OF_A_LYCEE = {
    "decision",
    "supplier's lot",
    "request to the region",
    "link",
    "token",
    "factor",
    "entry of the directory",
}
"""Objects of the region, or of nobody: no lycée of these tests has one."""

UNASKED = {"static", "health.show"}
"""The server's own files, and health: 503 is its answer while no worker runs."""

pytestmark = pytest.mark.both


WHO = {
    "visitor": None,
    "mother": Role.FAMILY,
    "head": Role.HEAD,
    "manager": Role.MANAGER,
    "technician": Role.TECHNICIAN,
    "region": Role.REGION,
}


@pytest.fixture
def lycees(app):
    return town(app)


@pytest.fixture
def browser(app, as_user, lycees, who):
    if who == "visitor":
        return app.test_client()
    return as_user(make.region_agent() if who == "region" else getattr(lycees[0], who))


@pytest.fixture
def addresses(app, lycees, who):
    """Every address of a method that this person may use, with the objects of their own lycée; leaving is never asked.

    Those that somebody signed in before this one may use are left out: what they refuse does not depend on who asks.
    """
    known = list(WHO)[1 : list(WHO).index(who)]

    def of(method: str) -> Iterator[tuple[str, str]]:
        for rule in rules_of(app):
            action = getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)
            if (
                method not in rule.methods
                or action is Action.SIGN_OUT
                or rule.endpoint in UNASKED
                or not admits(who, action)
                or any(admits(other, action) for other in known)
            ):
                continue
            named = "<" in rule.rule
            for public_id in (lycees[0].ids(rule.endpoint) or ["inconnu"]) if named else [""]:
                yield rule.endpoint, re.sub(r"<[^>]+>", public_id, rule.rule)

    return of


def admits(who: str, action: Action) -> bool:
    role = WHO[who]
    return action is Action.PUBLIC or (role is not None and may(role, action))


def once(found):
    """The first address of each endpoint."""
    return dict(reversed([(endpoint, url) for endpoint, url in found])).items()


def calm(answer) -> None:
    where = f"{answer.request.method} {answer.request.full_path[:150]}"
    assert answer.status_code < 500, where
    if answer.status_code >= 400 and answer.mimetype == "text/html":
        assert "Traceback" not in answer.text, where
        assert "invalide" not in answer.text.lower(), f"{where}: {said(answer)}"
        assert "Not a valid" not in answer.text, where


@pytest.fixture
def texts(engine_name):
    return TEXTS if engine_name == "sqlite" else REFUSED_BY_POSTGRESQL


@pytest.fixture
def segments(engine_name):
    return SEGMENTS if engine_name == "sqlite" else SEGMENTS[:3]


@pytest.mark.parametrize("who", WHO)
def test_forged_addresses_and_questions_get_a_calm_answer(app, browser, addresses, who, texts, segments):
    for endpoint, url in once(addresses("GET")):
        for text in texts if endpoint in LISTS else TEXTS[1:2]:
            calm(browser.get(url, query_string=dict.fromkeys(ARGUMENTS, text[:5_000])))
        calm(browser.get(url, htmx="../..#x"))
        calm(browser.get(url, query_string=[("choix", "a"), ("choix", "\x00"), ("page", "1"), ("page", "2")]))
    for rule in rules_of(app) if who in {"mother", "manager"} else ():
        if "<" in rule.rule and "GET" in rule.methods and rule.endpoint not in UNASKED:
            for segment in segments:
                calm(browser.get(re.sub(r"<[^>]+>", segment, rule.rule)))


@pytest.mark.parametrize("who", WHO)
def test_forms_filled_with_anything_get_a_calm_answer(browser, addresses, texts):
    for endpoint, url in once(addresses("POST")):
        calm(browser.post(url, data="{\x00", content_type="application/json"))
        calm(browser.post(url, data={"x": "y"}, csrf=False))
        for rank, text in enumerate(TEXTS[1:3] + TEXTS[6:10:3]):
            calm(browser.post(url, data=dict.fromkeys(FIELDS, text), htmx=bool(rank % 2)))
        for name in SOUND.get(endpoint, {}):
            for text in texts:
                calm(browser.post(url, data={**SOUND[endpoint], name: text}))


@pytest.mark.parametrize("who", ["mother", "head", "manager"])
def test_every_object_survives_an_empty_form(browser, addresses):
    for _, url in addresses("POST"):
        calm(browser.post(url, data={}))
    for _, url in once(addresses("POST")):
        calm(browser.post(url, data={}, htmx="main"))


def test_forty_thousand_ticks_are_no_failure(app, as_user, lycees):
    ids = [f"{number:x}" for number in range(40_000)]
    head, manager = as_user(lycees[0].head), as_user(lycees[0].manager)
    for path in ("/demandes/accord", "/demandes/refus", "/demandes/decisions/annulation"):
        calm(head.post(path, data={"choix": ids, "motif": "stock"}))
    for path in ("/preparation/impressions", "/preparation/remise"):
        calm(manager.post(path, data={"colis": ids}))


def test_too_large_a_form_is_refused_in_words(app, as_user, lycees):
    answer = as_user(lycees[0].head).post("/demandes/refus", data={"precision": "é" * 6_000_000})
    assert answer.status_code == 413
    assert "<h1" in answer.text


def test_every_kind_of_object_is_tried(app, lycees):
    for rule in rules_of(app):
        if (
            "<" in rule.rule
            and rule.endpoint not in {"static", "assets"}
            and kind_of(rule.endpoint) not in NOT_OF_A_LYCEE
        ):
            assert lycees[0].ids(rule.endpoint), rule.endpoint
