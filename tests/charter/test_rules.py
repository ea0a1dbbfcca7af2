"""What the rules decide, on plain values."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.charter import rules
from portal.charter.evidence import MOMENTS, Observed, broken_link, preuve
from portal.charter.rules import CONSENT, CodeFacts, Standing
from portal.charter.states import SignatureState
from portal.charter.text import model

NOW = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
FREE = Standing(
    state=SignatureState.DISPLAYED,
    entitled=True,
    opposed=False,
    signed=False,
    declined_by_another=False,
    loan_ended=False,
)
SEEN = Observed(
    reference="FP-7K3M-2Q9T",
    version=1,
    title="Charte",
    presented_sha256="a" * 64,
    source_sha256="b" * 64,
    text_sha256="c" * 64,
    legal_title="mère",
    adult_student=False,
    name_on_record="Nadia Benali",
    name_typed="nadia benali",
    consent=CONSENT,
    consent_sha256=sha256(CONSENT.encode()).hexdigest(),
    language_shown="fr",
    code_channel="sms",
    code_masked="06 •• •• •• 12",
    code_hmac="d" * 64,
    code_tries=1,
    **{name: NOW + timedelta(minutes=place) for place, (_, name) in enumerate(MOMENTS)},
    seal_certificate_sha256="e" * 64,
)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("nadia benali", "Nadia Benali"),
        ("BENALI Nadia", "Nadia Benali"),
        ("Mme Nadia Benali", "Nadia Benali"),
        ("Nadia Benali", "Mme Nadia BENALI"),
        ("anne gaelle de la tour", "Anne-Gaëlle de La Tour"),
        ("Loic NGuyen", "Loïc N’Guyen"),
        ("Loïc N'Guyen", "Loïc N’Guyen"),
        ("Ömer Weiss", "Ömer Weiß"),
        ("O", "O"),
    ],
)
def test_a_name_is_recognised_however_it_is_written(typed, known):
    assert rules.same_name(typed, known)


@pytest.mark.parametrize("typed", ["", " ", "—", "Nadia", "Karim Benali", "Nadia Benali Durand", "Mme"])
def test_another_name_is_not(typed):
    assert not rules.same_name(typed, "Nadia Benali")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"loan_ended": True}, "close"),
        ({"signed": True}, "déjà signée"),
        ({"opposed": True}, "s’oppose"),
        ({"declined_by_another": True}, "a refusé"),
        ({"entitled": False}, "18 ans"),
        ({"state": SignatureState.DECLINED}, "n’attend plus"),
        ({"state": SignatureState.REVOKED}, "n’attend plus"),
    ],
)
def test_a_signature_that_cannot_be_given_says_why(change, word):
    assert rules.obstacle(FREE) is None
    assert word in rules.obstacle(replace(FREE, **change))


def test_sms_is_offered_first_and_an_unknown_contact_never():
    assert list(rules.channels(email="a@example.org", mobile="+33639980012")) == ["sms", "email"]
    assert list(rules.channels(email="a@example.org", mobile=None)) == ["email"]
    assert rules.channels(email=None, mobile="") == {}


@pytest.mark.parametrize("text", ["123456", "123 456", " 123\u00a0456 ", "123-456", "12.34.56"])
def test_sig_2_a_code_is_read_however_it_is_copied(text):
    assert rules.read_code(text) == "123456"


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12²456"])
def test_sig_2_what_is_not_six_digits_is_no_code(text):
    assert rules.read_code(text) is None


def code(**changes):
    facts = {"asked_at": NOW, "drawn": True, "expires_at": NOW + timedelta(minutes=10), "tries": 0, "codes": 1}
    return CodeFacts(**{**facts, **changes})


@pytest.mark.parametrize(
    ("facts", "minutes", "same", "word"),
    [
        (code(), 0, True, None),
        (code(), 10, True, "dix minutes"),
        (code(tries=5), 0, True, "cinq essais"),
        (code(), 0, False, "Demandez d’abord"),
        (code(asked_at=None), 0, True, "Demandez d’abord"),
        (code(drawn=False, expires_at=None), 0, True, "pas encore parti"),
    ],
)
def test_sig_2_when_a_code_is_accepted(facts, minutes, same, word):
    sentence = rules.code_obstacle(facts, same_session=same, now=NOW + timedelta(minutes=minutes))
    assert sentence is None if word is None else word in sentence


@pytest.mark.parametrize(
    ("level", "year"),
    [
        ("Seconde", 2029),
        ("2de GT", 2029),
        ("1re générale", 2028),
        ("Première", 2028),
        ("CAP 1", 2028),
        ("Terminale", 2027),
        ("Tle générale", 2027),
        ("BTS", 2027),
    ],
)
def test_a_loan_ends_with_the_studies(level, year):
    assert rules.expected_end(level, ends_on=date(2027, 8, 31)) == date(year, 8, 31)


def test_the_words_for_models_and_prices():
    assert rules.models_in_words(["A"]) == "A"
    assert rules.models_in_words(["A", "B", "C"]) == "A, B ou C, selon le stock du lycée"
    assert rules.models_in_words([]) == "modèle choisi par la région"
    assert rules.price_in_words([35000, 35000]) == "350\u00a0€"
    assert rules.price_in_words([35050, 28000]) == "de 280\u00a0€ à 350,50\u00a0€"
    assert rules.quality("mère") == "mère, responsable légale"
    assert rules.quality("père") == "père, responsable légal"
    assert rules.quality("élève majeur") == "élève majeur"


def test_the_consent_of_the_screen_is_the_one_that_the_shipped_text_announces():
    assert f"« {CONSENT} »" in model("grand-est-2026").source.replace("\u00a0", " ")


# --- SIG-5: nothing is invented -------------------------------------------------------------------------------------

OPTIONAL = [field.name for field in fields(Observed) if "None" in str(field.type)]


@given(st.sets(st.sampled_from(OPTIONAL)))
def test_sig_5_what_was_not_observed_is_absent_and_said_to_be(missing):
    record = json.loads(preuve(replace(SEEN, **dict.fromkeys(missing))))
    types = [event["type"] for event in record["events"]]
    for kind, name in MOMENTS:
        assert (kind in types) is (name not in missing)
        assert (kind in record["not_observed"]) is (name in missing)
    for name in missing & {"name_typed", "verified_at", "code_hmac", "language_shown"}:
        key = {"language_shown": "lang_displayed"}.get(name, name)
        assert f'"{key}"' not in json.dumps(record)
    assert "null" not in json.dumps(record)
    assert [event["n"] for event in record["events"]] == list(range(1, len(types) + 1))


def test_sig_5_the_evidence_holds_as_it_was_made():
    assert broken_link(preuve(SEEN), presented_sha256="a" * 64) is None


def changed(edit):
    record = json.loads(preuve(SEEN))
    edit(record)
    return json.dumps(record).encode()


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (lambda r: r["events"].pop(2), "numéro 3"),
        (lambda r: r["events"][1].update(at="2026-09-01T00:00:00.000Z"), "numéro 2 (document_displayed)"),
        (lambda r: r["events"].pop(), "signature"),
        (lambda r: r["consent"].update(text="J’accepte tout."), "phrase d’accord"),
        (lambda r: r["charter"].update(sha256_pdf_presented="f" * 64), "fichier présenté"),
        (lambda r: r.pop("events"), "forme attendue"),
    ],
)
def test_an_evidence_that_was_changed_names_its_first_broken_link(edit, word):
    assert word in broken_link(changed(edit), presented_sha256="a" * 64)


def test_what_is_no_evidence_at_all_is_refused():
    assert broken_link(b"\xff", presented_sha256="a" * 64)
    assert broken_link(b"[]", presented_sha256="a" * 64)
