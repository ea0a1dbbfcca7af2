"""The charter's text: what it may hold, how it is filled, and how plainly the model speaks."""

import re
from io import BytesIO
from statistics import mean

import pikepdf
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from portal.charter.text import MODELS, VARIABLES, CharterText, CharterTextError, MissingValuesError, model, sha256
from portal.platform.pdf import html_to_pdf
from portal.schools.profile import FOLDER, read_profile
from portal.schools.reminders import USUAL, of_region
from portal.stock.states import DeviceKind

CHARTER = "# Charte\n\nBonjour {{signataire}}.\n\n## Le prêt\n\nPour **{{eleve}}**, en {{ classe }}.\n\n- un chargeur\n"
VALUES = {
    "eleve": "Inès Haddad",
    "classe": "2de 4",
    "signataire": "Karim Haddad",
    "qualite": "responsable légal",
    "lycee": "lycée Jean-Moulin",
    "chef": "Mme Odile Ferrand",
    "titre_chef": "proviseure",
    "region": "région Grand Est",
    "campagne": "2026-2027",
    "materiel": "ordinateur portable 14 pouces",
    "prix": "350 €",
    "fin": "6 juillet 2029",
    "aide": "M. Weber, 06 39 98 00 12, de 8 h à 17 h",
    "dpo": "dpo@example.org",
}


TEXTS = [*MODELS, *(f"{name}.resume" for name in MODELS)]


def text_of(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def charter() -> CharterText:
    return model("grand-est-2026")


def sentences(text: CharterText) -> list[str]:
    blocks = text.plain(VALUES).split("\n\n")
    return [sentence for block in blocks for sentence in re.split(r"(?<=[.?!])\s+", block) if len(sentence.split()) > 1]


# --- reading and filling ---------------------------------------------------------------------------------------


def test_a_text_is_filled_and_divided_into_numbered_parts():
    text = CharterText.parse(CHARTER)
    page = text_of(text.render(VALUES))
    assert text.title == "Charte"
    assert text.variables == {"signataire", "eleve", "classe"}
    assert page.select_one("p").text == "Bonjour Karim Haddad."
    assert page.select_one("section#le-pret h2").text == "1. Le prêt"
    assert page.select_one("section strong > bdi").text == "Inès Haddad"
    assert page.select_one("section")["aria-labelledby"] == page.select_one("h2")["id"]


def test_the_table_of_parts_shows_what_each_blank_stands_for():
    (part,) = CharterText.parse(CHARTER).sections
    assert (part.number, part.title, part.id) == (1, "Le prêt", "le-pret")
    assert "[nom de l’élève]" in part.html


@pytest.mark.parametrize("name", ["*Ali*", "<b>Ali</b>", "{{classe}}", "[Ali](javascript:x)", "&lt;", "# Ali", "`Ali`"])
def test_a_name_cannot_become_markup(name: str):
    text = CharterText.parse(CHARTER)
    filled = VALUES | {"eleve": name}
    assert text_of(text.render(filled)).select_one("section p strong").text == name
    assert name in text.plain(filled)


@given(st.text(min_size=1))
def test_whatever_a_name_holds_the_page_keeps_the_same_elements(name: str):
    text = CharterText.parse(CHARTER)
    values = VALUES | {"eleve": f"x{name}"}
    shape = [tag.name for tag in text_of(text.render(values)).find_all(True)]
    assert shape == [tag.name for tag in text_of(text.render(VALUES)).find_all(True)]
    text.plain(values).encode()


def test_an_invisible_mark_cannot_reorder_the_words():
    html = CharterText.parse(CHARTER).render(VALUES | {"eleve": "Ali\u202e\x00\nB"})
    assert "Ali B" in html


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        ("# T\n\nBonjour {{prenom}}", 3, "prenom"),
        ("# T\n\n## P\n\nBonjour {{eleve", 5, "accolade"),
        ("# T\n\n## P\n\n{{élève}}", 5, "élève"),
        ("Bonjour", 1, "titre"),
        ("", 1, "titre"),
        ("# T\n\n## P\n\n### Q", 5, "##"),
        ("# T\n\n- ## P", 3, "##"),
        ("# T\n\n## P\n\n## P", 5, "déjà"),
        ("# T\n\n## …", 3, "titre"),
        ("# T\n\n## Pour {{eleve}}", 3, "variable"),
        ("# T\n\n## *P*", 3, "mise en forme"),
    ],
)
def test_a_text_that_cannot_be_used_says_why_and_on_which_line(source: str, line: int, word: str):
    with pytest.raises(CharterTextError, match=f"^Ligne {line} : .*{word}") as refusal:
        CharterText.parse(source)
    assert refusal.value.line == line


def test_every_missing_value_is_named_at_once():
    with pytest.raises(MissingValuesError) as refusal:
        CharterText.parse(CHARTER).render({"eleve": "Inès", "classe": "  "})
    assert refusal.value.names == ("classe", "signataire")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<b>gras</b>",
        "[lien](https://example.org)",
        "![image](https://example.org/i.png)",
        "<https://example.org>",
        "    code",
        "```\ncode\n```",
        "&#123;&#123;inconnue&#125;&#125;",
        r"\{\{inconnue\}\}",
    ],
)
def test_links_images_code_and_html_stay_plain_characters(source: str):
    page = text_of(CharterText.parse(f"# T\n\n{source}\n").render({}))
    assert {tag.name for tag in page.find_all(True)} == {"p"}


def test_the_plain_text_holds_the_very_words_of_the_page(charter: CharterText):
    page = text_of(charter.render(VALUES)).get_text(" ")
    plain = charter.plain(VALUES).removeprefix(charter.title).replace("\n- ", " ")
    assert re.sub(r"\W+", " ", page).split() == re.sub(r"\W+", " ", plain).split()


def test_a_fingerprint_follows_the_words_and_not_the_line_ends():
    assert sha256("a\r\nb") == sha256("a\nb\n") != sha256("a b")
    assert len(sha256("é")) == 64


# --- the model charters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_each_model_has_nineteen_parts_and_every_blank_is_known(name: str):
    text = model(name)
    assert len(text.sections) == 19
    assert len({part.id for part in text.sections}) == 19
    assert text.variables == set(VARIABLES) == set(VALUES)


@pytest.mark.parametrize("name", TEXTS)
def test_each_model_says_that_the_region_must_approve_it(name: str):
    assert "Modèle à faire valider par la région" in model(name).plain(VALUES)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("ce-qui-vous-est-prete", ["chargeur", "clé USB ou une carte SD de 128\u00a0Go", "housse"]),
        ("en-cas-de-casse", ["ne donne pas de nouvel ordinateur", "assurance", "prix négocié"]),
        ("en-cas-de-perte-ou-de-vol", ["ne donne pas de nouvel ordinateur", "récépissé", "fonds d’urgence"]),
        ("a-la-fin-des-etudes", ["gratuitement", "refuser", "bon état"]),
        ("en-cas-de-panne", ["trois ans"]),
        ("si-l-eleve-change-de-lycee", ["rend le lot complet"]),
        ("votre-accord", ["jamais cochée à l’avance", "Seul le texte français engage"]),
    ],
)
def test_the_rules_of_grand_est_are_in_the_model(charter: CharterText, part: str, words: list[str]):
    html = next(section.html for section in charter.filled(VALUES) if section.id == part)
    assert [word for word in words if word not in text_of(html).get_text()] == []


@pytest.mark.parametrize("name", MODELS)
def test_sentences_are_short(name: str):
    lengths = [len(sentence.split()) for sentence in sentences(model(name))]
    assert mean(lengths) <= 11
    assert max(lengths) <= 25
    assert max(len(sentence.split()) for sentence in sentences(model(f"{name}.resume"))) <= 15


@pytest.mark.parametrize("name", MODELS)
def test_each_summary_fits_on_one_page_in_large_type(name: str):
    summary = model(f"{name}.resume")
    style = "@page { size: A4; margin: 15mm } body { font-size: 14pt } h2, p { margin-block: 1mm }"
    head = f'<title>x</title><link rel="stylesheet" href="shipped:layout/document.css"><style>{style}</style>'
    page = f'<html lang="fr">{head}<h1>{summary.title}</h1>{summary.render(VALUES)}</html>'
    with pikepdf.open(BytesIO(html_to_pdf(page))) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_the_french_is_printed_as_french_is(name: str):
    source = model(name).source
    assert "'" not in source
    assert '"' not in source
    assert re.findall(r"[^\u00a0\u202f\s] ?[;?!»]|(?<!\u00a0):\s", source) == []


@pytest.mark.parametrize("name", TEXTS)
def test_no_jargon_is_left_unexplained(name: str):
    words = model(name).plain(VALUES).lower()
    jargon = ["commodat", "bailleur", "préjudice", "nonobstant", "susmentionné", "ayant droit", "invalide"]
    assert [word for word in jargon if word in words] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_each_region_profile_names_a_charter_that_is_shipped_with_its_summary(name):
    profile = read_profile(name)
    assert profile.charter_text in MODELS
    assert model(profile.charter_text).sections
    assert model(profile.charter_summary).sections
    assert {offer.kind for offer in profile.models} <= {kind.value for kind in DeviceKind}
    assert of_region(profile.rules) == USUAL
    assert all(profile.rules["packing"]["checklist"])
