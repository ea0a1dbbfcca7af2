"""The region writes the charter: its draft, what is missing, its publication, and whom a new text asks again."""

import pytest

from portal.charter import handlers, outline, services
from portal.charter.difference import compare
from portal.charter.events import CharterPublished, PreviewAsked
from portal.charter.models import CharterDraft, CharterSignature, CharterTranslation, CharterVersion
from portal.charter.services import WrittenMeanwhile
from portal.charter.states import Resign
from portal.charter.text import MODELS, model, shipped_translation
from portal.loans.states import CharterGate, LoanState
from tests import factories as make
from tests.charter import flow
from tests.pages import Page

GRAND_EST = model("grand-est-2026")
SUMMARY = model("grand-est-2026.resume").source
NAME = "2026-2027"
LONGER = GRAND_EST.source.replace("prévenez le lycée sous cinq jours", "prévenez le lycée sous huit jours", 1)


@pytest.fixture
def campaign(app):
    return make.charter_version(whole=True).campaign_id


@pytest.fixture
def desk(campaign, as_user):
    """The region's agent, with a draft open."""
    client = as_user(make.region_agent())
    page = Page(client.get("/textes-de-charte"))
    return client, Page(page.submit(client, "Écrire une nouvelle version", start="last"))


def job(call, *args, **kwargs):
    return flow.job(call, *args, **kwargs)


# --- the text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_every_shipped_text_may_be_published(name):
    source, summary = model(name).source, model(f"{name}.resume").source
    assert outline.faults(source=source, summary=summary) == []
    assert len(model(name).sections) == 19
    assert "'" not in source


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_shipped_translations_stand_beside_each_part_of_the_text(language):
    source, summary = shipped_translation("grand-est-2026", language)
    assert outline.translation_faults(source=source, summary=summary, french=GRAND_EST) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{{eleve}}", "{{prenom}}", "la variable « prenom » est inconnue"),
        ("## L’assurance", "## Divers", "Il manque la partie sur l’assurance"),
        ("Je l’accepte", "J’accepte", "Il manque la phrase d’accord"),
        ("{{aide}}", "le lycée", "La variable {{aide}} n’est nulle part"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(before, after, said):
    faults = outline.faults(source=GRAND_EST.source.replace(before, after), summary=SUMMARY)
    assert [fault.field for fault in faults] == ["source"]
    assert said.replace(" ", "\u00a0") in faults[0].sentence.replace(" ", "\u00a0")


def test_the_difference_is_said_to_the_word():
    (one,) = compare(GRAND_EST.source, LONGER)
    assert (one.kind, one.part) == ("changed", "Comment vous recevez l’ordinateur")
    assert [(piece.kind, piece.words) for piece in one.pieces if piece.kind != "same"] == [
        ("removed", "cinq"),
        ("added", "huit"),
    ]
    assert compare(GRAND_EST.source, GRAND_EST.source) == []
    (tablet,) = compare(GRAND_EST.source, GRAND_EST.source.replace(" ou une tablette", ""))
    assert [piece.words for piece in tablet.pieces][1:2] == ["portable ou une tablette\u00a0:"], (
        "a sign keeps its space"
    )
    gone = compare(GRAND_EST.source, GRAND_EST.source.replace("- son chargeur ;\n".replace(" ;", "\u00a0;"), ""))
    assert [piece.kind for paragraph in gone for piece in paragraph.pieces] == ["removed"]


# --- the draft --------------------------------------------------------------------------------------------------------


def test_a_draft_is_checked_as_one_types_and_keeps_what_was_typed(desk):
    client, page = desk
    assert "ce texte peut être publié" in page.text("#checks")
    wrong = GRAND_EST.source.replace("{{eleve}}", "{{prenom}}")
    address = page.one("#source")["data-hx-post"]
    live = client.post(address, data={"title": "T", "source": wrong, "summary": SUMMARY, "edition": "1"}, htmx=True)
    assert "« prenom » est inconnue" in Page(live).text("#checks").replace("\u00a0", " ")
    whole = Page(
        client.post(address, data={"title": "T", "source": wrong, "summary": SUMMARY, "edition": "1"}), status=422
    )
    assert "{{prenom}}" in whole.one("#source").text
    assert make.every(CharterDraft)[0].edition == 1
    assert whole.errors()


def test_two_people_lose_no_word_of_a_draft(desk, as_user):
    client, page = desk
    other = as_user(make.region_agent())
    theirs = Page(other.get(f"/textes-de-charte/{NAME}/brouillon"))
    Page(page.submit(client, "Enregistrer le brouillon", source=LONGER))
    mine = GRAND_EST.source.replace("Prenez le temps", "Prenez tout le temps")
    both = Page(theirs.submit(other, "Enregistrer le brouillon", source=mine), status=409)
    assert "tout le temps" in both.one("#source").text
    assert "huit jours" in both.one("textarea[readonly]").text
    assert make.every(CharterDraft)[0].source == LONGER
    Page(both.submit(other, "Enregistrer mon texte"))
    assert "tout le temps" in make.every(CharterDraft)[0].source


def test_the_exact_pdf_of_a_draft_is_printed_by_the_worker(desk):
    client, page = desk
    preview = page.follow(client, "Voir l’aperçu")
    assert "Inès Exemple" in preview.text("main")
    waits = Page(client.post(f"{preview.response.request.path}", follow_redirects=True))
    assert "Le PDF se prépare" in waits.text("#preview-pdf")
    draft = make.every(CharterDraft)[0]
    event = PreviewAsked(school_id=None, campaign_id=draft.campaign_id, edition=draft.edition)
    job(handlers.preview, event, "key")
    ready = Page(client.get(preview.response.request.path, htmx=True))
    assert client.get(ready.href("Ouvrir le PDF exact")).data.startswith(b"%PDF-")


def test_an_unfinished_draft_is_not_published(desk):
    client, page = desk
    Page(
        page.submit(client, "Enregistrer le brouillon", source=GRAND_EST.source.replace("## L’assurance", "## Divers"))
    )
    refused = Page(client.get(f"/textes-de-charte/{NAME}/brouillon/publication"), status=422)
    assert "Il manque la partie sur l’assurance" in refused.errors()[0]
    assert len(make.every(CharterVersion)) == 1


# --- publication and signing again ------------------------------------------------------------------------------------


def versions_of(loan):
    return sorted((one.version_id, one.state.value) for one in make.every(CharterSignature, loan_id=loan.id))


@pytest.mark.both
@pytest.mark.parametrize("resign", list(Resign))
def test_a_new_text_asks_those_whom_the_region_chose_and_once(app, resign):
    waiting, signed, lent = flow.asked(), flow.signed(), flow.signed()
    make.change(make.fresh(lent.loan), state=LoanState.LENT)
    first = make.every(CharterVersion)[0]
    job(services.begin, first.campaign_id, title="T", source=LONGER, summary=SUMMARY, by=None)
    version = job(services.publish_draft, first.campaign_id, edition=1, resign=resign)
    event = CharterPublished(school_id=None, version_id=version.id, resign=resign.value)
    for _ in range(2):
        job(handlers.ask_again, event, "key")
    new = (version.id, "invited")
    assert versions_of(waiting.loan) == [(first.id, "revoked"), new]
    again = {Resign.NOBODY: [], Resign.NOT_LENT: [signed], Resign.EVERYONE: [signed, lent]}[resign]
    for about in (signed, lent):
        assert versions_of(about.loan) == [(first.id, "signed"), *([new] if about in again else [])]
    assert make.fresh(signed.loan).charter is (CharterGate.TO_SIGN if signed in again else CharterGate.SIGNED)
    assert make.fresh(lent.loan).charter is CharterGate.SIGNED
    assert make.every(CharterVersion)[0].source == first.source


def test_a_family_that_holds_a_laptop_signs_the_new_text_or_not_and_keeps_it(app):
    about = flow.signed()
    make.change(make.fresh(about.loan), state=LoanState.LENT)
    first = make.every(CharterVersion)[0]
    version = job(services.publish, campaign_id=first.campaign_id, title="T", source=LONGER, summary=SUMMARY)
    (new,) = job(services.renew, about.loan.id, version_id=version.id)
    flow.as_family(about.family, services.decline, new)
    assert make.fresh(about.loan).charter is CharterGate.SIGNED
    flow.as_family(about.family, services.change_mind, new)
    flow.show(about.loan)
    assert about.id == new
    flow.read(about)
    assert flow.sign(about, flow.code_for(about)) == {}
    assert make.fresh(about.loan).charter is CharterGate.SIGNED


def test_the_region_sees_what_changes_and_how_many_families_before_it_publishes(desk):
    client, page = desk
    flow.asked()
    page = Page(page.submit(client, "Enregistrer le brouillon", source=LONGER))
    ask = page.follow(client, "Publier…")
    assert "huit" in ask.text("ins")
    assert "cinq" in ask.text("del")
    assert "Une famille n’a pas encore signé" in ask.text("main")
    refused = Page(ask.submit(client, "Publier la version 2"), status=422)
    assert refused.errors() == ["Choisissez qui doit signer de nouveau."]
    done = Page(ask.submit(client, "Publier la version 2", resign="nobody"))
    assert done.heading == "Charte, version 2"
    assert make.outbox(kind="CharterPublished")


# --- translations -----------------------------------------------------------------------------------------------------


def test_a_courtesy_translation_stands_beside_the_french_and_is_kept_with_the_signature(app, as_user):
    make.charter_version(whole=True)
    about = flow.asked()
    source, summary = shipped_translation("grand-est-2026", "ar")
    version = make.every(CharterVersion)[0]
    job(services.translate, version.id, language="ar", revision=0, source=source, summary=summary, by=None)
    client = as_user(about.family)
    page = Page(client.get(f"/charte/{about.signature.public_id}/lire?langue=ar"))
    assert len(page.texts(".charter-text .beside__text--other[lang=ar][dir=rtl]")) == 20
    assert len(page.texts(".charter-text .beside--two")) == 20
    flow.read(about, language="ar")
    assert about.signature.language_shown == "ar"
    assert about.signature.translation_id == make.every(CharterTranslation)[0].id
    with pytest.raises(WrittenMeanwhile):
        job(services.translate, version.id, language="ar", revision=0, source=source, summary=summary, by=None)


def test_a_translation_without_the_same_parts_is_refused_with_its_words_kept(campaign, as_user):
    client = as_user(make.region_agent())
    page = Page(client.get(f"/textes-de-charte/{NAME}/1/traduction/en"))
    short = "# Agreement\n\n## Only one part\n\nWords.\n"
    refused = Page(page.submit(client, "Enregistrer la traduction", source=short), status=422)
    assert "La traduction compte 1 parties" in refused.errors()[0]
    assert "Only one part" in refused.one("#source").text
    assert Page(page.submit(client, "Enregistrer la traduction")).heading == "Charte, version 1"
    assert client.get(f"/textes-de-charte/{NAME}/1/traduction/fr").status_code == 404
