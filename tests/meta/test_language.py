"""What a family reads: said in every language, up to date, and in plain French (UX-5, UX-9)."""

import re
from collections import Counter

import pytest
from babel.messages.pofile import read_po

from deploy import messages
from portal.kernel.words import later, later_many
from portal.platform.i18n import LANGUAGES, RIGHT_TO_LEFT, catalogue, reading

OTHERS = sorted(set(LANGUAGES) - {"fr"})
STAFF = re.compile(
    r"templates/(loans/head|access/staff|recalls|roster|shipping|stock|schools|team|dev|distribution(?!/family)|charter/(pdf|staff)|privacy/desk)/"
    r"|templates/credentials/(staff_door|second_step|recovery|first_\w+|add_factor|app|codes|confirm|_app_choice|_key_choice"
    r"|_factors|_passkey|_staff_help)\.html"
    r"|templates/(federation/to_confirm|components/(_printout|reading))\.html"
    r"|templates/notifications/email/(security_(factor|code|reset)\w*|role_\w+|opposition_recorded)\.txt"
    r"|portal/(credentials/routes/(factors|first_time|showing|door)|platform/postal|team/)"
    r"|templates/charter/(_checks|_difference|_preview_pdf|editor|oppositions|preview|publish|reminders|signatories|translation|versions?)\.html"
    r"|portal/charter/(difference|examples|outline|forms/(editing|people)|routes/(editing|people|reminders)|services/(blanks|drafting|opening))\.py"
    r"|portal/(recalls|roster|shipping|stock(?!/wording_condition)|distribution(?!/wording_receipt)|platform/(jobs|photos|postal|printouts)|schools|worker|privacy/(services|queries|routes/desk|desk_words)|charter/(cli|document|keys|pades|scans|seal|forms/attending|text|wording|routes/(attending|following))|loans/(forms|routes)/head"
    r"|kernel/values/uai"
    r"|access/(forms/staff|routes/(school|verify)|queries/people|printing|handlers|services/(letters|doubts)))"
)
"""Pages that only staff read stay in French for now; the charter is signed in French."""

BANNED = re.compile(
    r"\b(ci-joint\w*|dématérialis\w*|procéder à|veuillez|invalides?|afin d\w*|dans le cadre d\w*|nonobstant|susmentionné\w*"
    r"|préalablement|ultérieurement|le cas échéant|il convient|merci de|n’hésitez pas|modalités?|susceptibles?|usagers?"
    r"|effectuer|cliquer|cliquez|renseigne[rz]|courriel|mail)\b(?<![-\u2011]mail)",
    re.IGNORECASE,
)
LONGEST, MEAN = 25, 15
ENDS = re.compile(r"(?<=[.!?…])\s+")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
ISOLATED = re.compile(r"\u2066%\((name|first_name|reference|email|contact|tracking_number|city|typed)\)s\u2069")


@pytest.fixture(scope="module")
def template():
    return messages.extracted()


@pytest.fixture(scope="module")
def family(template):
    """The sentences that a family may read, as the code writes them."""
    return [one.id for one in template if one.id and not all(STAFF.match(file) for file, _ in one.locations)]


@pytest.fixture(scope="module")
def french(family):
    return [text for one in family for text in forms(one)]


def forms(text):
    return list(text) if isinstance(text, list | tuple) else [text]


def catalogue_of(language):
    with (messages.FOLDER / f"{language}.po").open("rb") as text:
        return read_po(text, locale=language)


def test_what_families_read_is_found_among_the_rest(template, family):
    assert len(template) / 4 < len(family) < len(template)


@pytest.mark.parametrize("language", OTHERS)
def test_a_family_reads_no_french_but_its_own(language, family):
    known = catalogue_of(language)
    silent = [one for one in family if not all(forms(known.get(forms(one)[0]).string or [""]))]
    assert silent == []


@pytest.mark.parametrize("language", OTHERS)
def test_values_stay_in_the_sentence(language, family):
    known = catalogue_of(language)
    for one in family:
        said = forms(known.get(forms(one)[0]).string)
        wanted = Counter(PLACEHOLDER.findall(forms(one)[-1]))
        spelled_out = Counter({"%(num)d": wanted["%(num)d"]}) if len(said) > 1 else Counter()  # « un essai »
        for text in said:
            assert wanted - spelled_out <= Counter(PLACEHOLDER.findall(text)) <= wanted, (one, text)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogues_are_the_sentences_of_today(language, template):
    path = messages.FOLDER / f"{language}.po"
    is_of_today = path.read_bytes() == messages.updated(path, template)  # to show the difference would take minutes
    assert is_of_today, "run `make messages`, then translate what is new"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_guessed_and_no_machine_leaves_its_mark(language):
    path = messages.FOLDER / f"{language}.po"
    assert [one.id for one in catalogue_of(language) if one.fuzzy] == []
    assert not re.search(r"POT-Creation-Date|PO-Revision-Date|^#: ", path.read_text(), re.MULTILINE)


def test_arabic_has_its_six_plurals(family):
    known = catalogue_of("ar")
    assert known.num_plurals == 6
    plurals = [known.get(one[0]).string for one in family if len(forms(one)) > 1]
    assert plurals
    assert all(len(said) == 6 and all(said) for said in plurals)


@pytest.mark.parametrize("language", sorted(RIGHT_TO_LEFT))
def test_names_and_references_are_kept_whole_from_right_to_left(language, family):
    """Without isolates the signs beside a French name would jump over it (UX-5); SMS cannot hold them."""
    isolated = re.compile(r"%\((name|first_name|reference|email|contact|tracking_number|city|typed)\)s")
    known = catalogue_of(language)
    for one in family:
        for text in forms(known.get(forms(one)[0]).string):
            bare = ISOLATED.sub("", text)
            assert not isolated.search(bare), text


def test_french_zero_is_singular():
    said = {number: catalogue("fr").ngettext("demande", "demandes", number) for number in (0, 1, 2)}
    assert said == {0: "demande", 1: "demande", 2: "demandes"}


def test_a_sentence_of_the_rules_is_said_in_the_language_of_its_reader():
    sentence = later("Indiquez la commune.")
    tries = later_many("%(num)d demande cochée", "%(num)d demandes cochées", 3)
    assert sentence == "Indiquez la commune."
    with reading("en"):
        assert (str(sentence), f"{tries}") == ("Enter the town.", "3 requests ticked")
    with reading("ar"):
        assert str(tries) == "3 طلبات محددة"
    assert (str(sentence), str(tries)) == ("Indiquez la commune.", "3 demandes cochées")


def test_what_a_person_typed_is_harmless_in_a_sentence():
    assert later("Garder «\u00a0%(typed)s\u00a0»", typed="<b>x").__html__() == "Garder «\u00a0&lt;b&gt;x\u00a0»"


def test_french_is_plain(french):
    assert [text for text in french if BANNED.search(text)] == []


def test_french_sentences_are_short(french):
    sentences = [sentence for text in french for sentence in ENDS.split(PLACEHOLDER.sub("x", text)) if ended(sentence)]
    lengths = {sentence: sum(bool(re.search(r"\w", word)) for word in sentence.split()) for sentence in sentences}
    assert [sentence for sentence, length in lengths.items() if length > LONGEST] == []
    assert sum(lengths.values()) / len(lengths) <= MEAN


def ended(sentence):
    """A sentence, not a title or a label."""
    return sentence.endswith((".", "!", "?", "…", ":"))


def test_french_has_typographic_apostrophes(french):
    assert [text for text in french if "'" in text or '"' in text] == []


@pytest.mark.parametrize("path", ["/", "/entrer", "/accessibilite", "/donnees-personnelles", "/mentions-legales"])
def test_the_page_says_its_language_and_its_direction(app, path):
    visitor = app.test_client()
    page = visitor.get(f"{path}?langue=ar").get_data(as_text=True)
    assert '<html lang="ar" dir="rtl">' in page
    assert '<html lang="ar" dir="rtl">' in visitor.get(path).get_data(as_text=True)
    assert '<html lang="fr" dir="ltr">' in visitor.get(f"{path}?langue=fr").get_data(as_text=True)


def test_a_refusal_is_said_in_the_language_of_the_page(app):
    visitor = app.test_client()
    visitor.get("/entrer?langue=ar")
    page = visitor.post("/entrer", data={"contact": "nadia"}).get_data(as_text=True)
    assert "تنقص العلامة @" in page
    assert "Il manque" not in page
