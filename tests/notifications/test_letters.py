"""The words of messages: short, in the alphabet of SMS, and silent about people (PRV-8)."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.notifications import gsm, letters
from portal.notifications.letters import Facts
from portal.platform.pdf import TEMPLATES

EMAILS = sorted({path.stem for path in (TEMPLATES / letters.EMAIL).glob("*.txt")} - {"letter"})
TEXTS = sorted(path.stem for path in (TEMPLATES / letters.SMS).glob("*.txt"))
AT = datetime(2026, 9, 2, 12, 2, tzinfo=UTC)
LONG = Facts(
    link="https://pret.grandest.example.org/dossiers/" + "x" * 22,
    first_name="Marie-Antoinette",
    reference="FP-7K3M-2Q9T",
    submitted_at=AT,
    decided_at=AT,
    sent_at=AT,
    received_at=AT,
    tracking_number="6A12345678901",
    code="7K3M-2Q9T",
    minutes=15,
)
LONGEST_SENTENCE = 15


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_message_is_one_sms_and_loses_nothing(app, name):
    text = letters.text_message(name, LONG, lang="fr")
    assert gsm.length(text) <= 160, text
    assert "¿" not in text
    assert set(text) <= gsm._BASIC
    if "{{ link }}" in (TEMPLATES / letters.SMS / f"{name}.txt").read_text():
        assert LONG.link in text, "the address was cut"


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_message_shortens_its_address_rather_than_overflow(app, name):
    text = letters.text_message(name, replace(LONG, link=LONG.link + "y" * 60), lang="fr")
    assert gsm.fits(text), text


def test_a_language_that_sms_cannot_write_falls_back_to_french(app):
    text = letters.text_message("loan_approved", LONG, lang="ar")
    assert gsm.fits(text)


@pytest.mark.parametrize("name", EMAILS)
def test_an_email_has_a_subject_paragraphs_and_its_link(app, name):
    letter = letters.letter(name, LONG, lang="fr")
    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.text.count(LONG.link) == 1
    assert f'href="{LONG.link}"' in letter.html
    assert letter.html.count("<p>") >= 4
    assert "{" not in letter.text


ABOUT_A_LOAN = [name for name in EMAILS if name.startswith(("loan_", "charter_"))]


@pytest.mark.parametrize("name", ABOUT_A_LOAN)
def test_an_email_about_a_loan_carries_its_reference(app, name):
    letter = letters.letter(name, LONG, lang="fr")
    assert LONG.reference in letter.subject
    assert LONG.reference in letter.text


@pytest.mark.parametrize("name", EMAILS)
def test_the_sentences_of_an_email_are_short_and_well_typed(app, name):
    text = letters.letter(name, LONG, lang="fr").text
    words = [line for line in text.splitlines() if not line.startswith("http")]
    for sentence in re.split(r"(?<=[.?])\s|\n", "\n".join(words)):
        assert len(sentence.split()) <= LONGEST_SENTENCE, sentence
        assert "'" not in sentence
        assert not re.search(r"[^\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}][:;?!]", sentence), sentence


def test_an_apostrophe_stays_one_in_both_versions(app):
    letter = letters.letter("loan_sent", replace(LONG, first_name="N’Golo <b>"), lang="fr")
    assert "N’Golo <b>" in letter.text
    assert "N’Golo &lt;b&gt;" in letter.html


def test_a_parcel_without_a_number_says_nothing_of_it(app):
    silent = replace(LONG, tracking_number=None)
    assert "suivi" not in letters.letter("loan_sent", silent, lang="fr").text
    assert "6A" not in letters.text_message("loan_sent", silent, lang="fr")


def test_every_template_of_a_message_is_sent_by_somebody():
    package = Path(letters.__file__).parent
    said = "".join((package / name).read_text(encoding="utf-8") for name in ("handlers.py", "sending.py"))
    for name in {*EMAILS, *TEXTS}:
        assert f'"{name}"' in said


def test_a_page_that_does_not_exist_leads_to_the_first_page(app):
    assert letters.link("nowhere.at_all", public_id="x") == f"{app.config['SETTINGS'].base_url}/"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("Fin prêt", "Fin pret"), ("reçue à l’été", "recue à l'été"), ("« œuf »", '" oeuf "'), ("عربي", "¿¿¿¿")],
)
def test_letters_are_folded_into_the_alphabet_of_sms(typed, sent):
    assert gsm.fold(typed) == sent


def test_the_euro_sign_counts_for_two():
    assert gsm.length("3 €") == 4
