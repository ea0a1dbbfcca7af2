"""The page object refuses what it says it refuses, and reads forms and tables as a browser does."""

import pytest
from werkzeug.test import TestResponse, create_environ
from werkzeug.wrappers import Request

from tests.pages import Page

FORM = """
<form method="post" action="/envoi" id="f"><input type="hidden" name="csrf_token" value="jeton">
<label for="a">Nom</label><input id="a" name="nom" value="Inès">
<label><input type="checkbox" name="accord" value="oui"> D’accord</label>
<label><input type="radio" name="choix" value="1" checked> Un</label><label><input type="radio" name="choix" value="2"> Deux</label>
<label for="s">Lycée</label><select id="s" name="lycee"><option value="x">X</option><option value="y" selected>Y</option></select>
<label for="t">Mot</label><textarea id="t" name="mot">
Bonjour</textarea>
<button type="submit" name="suite" value="oui">Envoyer</button></form>
"""


def answer(body: str, status: int = 200, title: str = "Essai — Fin prêt") -> TestResponse:
    html = body
    if not body.startswith("fragment:"):
        html = f'<!doctype html><html lang="fr" dir="ltr"><head><title>{title}</title></head><body><main>{body}</main></body></html>'
    request = Request(create_environ("/essai", method="POST"))
    return TestResponse([html.removeprefix("fragment:").encode()], str(status), {"Content-Type": "text/html"}, request)


def test_a_good_page_is_accepted():
    assert Page(answer(f"<h1>Bonjour</h1>{FORM}")).heading == "Bonjour"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>Rien</p>", "one h1"),
        ("<h1>Un</h1><h1>Deux</h1>", "one h1"),
        ("<h1>A</h1><script>1</script>", "inline <script>"),
        ("<h1>A</h1><style>p{}</style>", "inline <style>"),
        ('<h1>A</h1><p style="color:red">B</p>', "inline style="),
        ('<h1 onclick="x()">A</h1>', "inline onclick="),
        ('<h1 hx-get="/x">A</h1>', "write data-hx-get"),
        ("<h1>L'élève</h1>", "straight apostrophe"),
        ('<h1>A</h1><img alt="L\'élève" src="/x">', "straight apostrophe"),
        ("<h1>Pourquoi ?</h1>", "breaking space"),
        ("<h1>« Oui »</h1>", "breaking space"),
        ("<h1>{{ nom }}</h1>", "raw code"),
        ("<h1>A</h1><p>None</p>", "raw code"),
        ('<h1 id="a">A</h1><p id="a">B</p>', "have the id « a »"),
        ('<h1>A</h1><form method="post" action="/x"></form>', "no CSRF token"),
        ('<h1>A</h1><form method="get"></form>', "needs an action"),
        ('<h1>A</h1><form action="/x"></form>', "needs an action"),
        ("<h1>A</h1><input name='n'>", "has no label"),
        ('<h1>A</h1><label for="nulle-part">B</label>', "points at ['nulle-part']"),
        ("<h1>A</h1><label>B</label>", "bound to nothing"),
        ("<h1>A</h1><button>B</button>", "has no type"),
        ('<h1>A</h1><p aria-describedby="x">B</p>', "points at ['x']"),
    ],
)
def test_a_bad_page_is_refused(body, fault):
    with pytest.raises(AssertionError) as refusal:
        Page(answer(body))
    assert fault in str(refusal.value)


def test_words_in_another_language_or_in_code_are_left_alone():
    Page(answer("<h1>A</h1><p lang='en'>It's here?</p><code>l'heure : 'x'</code>"))


def test_an_unexpected_status_says_what_the_page_said():
    with pytest.raises(AssertionError, match=r"409.*Déjà fait"):
        Page(answer("<h1>Déjà fait</h1>", 409))


@pytest.mark.parametrize(
    ("body", "title", "fault"),
    [
        ("<h1>A</h1>", "Erreur : A — Fin prêt", "shows #error-summary"),
        ('<h1>A</h1><div id="error-summary"><ul></ul></div>', "Erreur : A — Fin prêt", "is empty"),
        ('<h1>A</h1><div id="error-summary"><ul><li><a href="#x">B</a></li></ul></div>', "Erreur : A — Fin prêt", "#x"),
        ('<h1>A</h1><div id="error-summary"><ul><li>B</li></ul></div>', "A — Fin prêt", "begins with"),
    ],
)
def test_a_refusal_shows_its_errors_and_where_they_are(body, title, fault):
    with pytest.raises(AssertionError) as refusal:
        Page(answer(body, 422, title), status=422)
    assert fault in str(refusal.value)


def test_a_form_is_read_as_a_browser_does():
    page = Page(answer(f"<h1>A</h1>{FORM}"))
    own = {"csrf_token": "jeton", "nom": "Inès", "choix": "1", "lycee": "y", "mot": "Bonjour"}
    assert page.fill("#f") == own
    assert page.fill("Envoyer", nom="Léa", accord="oui", choix=2) == {
        **own,
        "nom": "Léa",
        "accord": "oui",
        "choix": 2,
        "suite": "oui",
    }
    assert "nom" not in page.fill("#f", nom=None)
    with pytest.raises(AssertionError, match="no field « prenom »"):
        page.fill("#f", prenom="Léa")
    with pytest.raises(AssertionError, match="offers"):
        page.fill("#f", lycee="z")


def test_a_table_is_read_by_its_headers():
    table = "<table><caption>Demandes (1)</caption><thead><tr><th>Élève</th><th>État</th></tr></thead><tbody><tr><th>Léa</th><td>à décider</td></tr></tbody></table>"
    assert Page(answer(f"<h1>A</h1>{table}")).rows("Demandes") == [{"Élève": "Léa", "État": "à décider"}]


def test_a_fragment_needs_neither_title_nor_heading():
    assert Page(answer("fragment:<p id='x'>Fait</p>")).text("#x") == "Fait"
