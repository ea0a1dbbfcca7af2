"""Passwords and codes, on plain values (SEC-8)."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from portal.credentials import hashing, rules

NOW = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def obstacle(password, *, staff=True, personal=()):
    return rules.password_obstacle(password, staff=staff, personal=personal)


def test_sec_8_motdepasse12_is_refused_by_the_list_where_its_length_would_do():
    assert "plus courants" in obstacle("Motdepasse12", staff=False)


def test_sec_8_eighty_signs_with_spaces_are_accepted():
    passphrase = "les grenouilles du canal jouent aux cartes pendant que la boulangère compte bleu"
    assert len(passphrase) == 80
    assert obstacle(passphrase) is None


@pytest.mark.parametrize(
    "password",
    [
        "Motdepasse2026!", "M0td3p@sse2026!!", "azertyuiop1234", "Soleil2026Soleil2026", "12345678901234",
        "aaaaaaaaaaaaaaa", "abababababababab", "jetaimemarseille13", "P@ssw0rd1234567", "Rentrée2026!!!!",
        "2026-2026-2026-", "MarseilleMarseille13", "8472 9183 5520 6641", "qsdfghjklm2026!",
    ],
)  # fmt: skip
def test_what_everybody_tries_is_refused(password):
    assert "plus courants" in obstacle(password)


@pytest.mark.parametrize(
    "password", ["correct cheval batterie agrafe", "xK9!vq2LmZ@7rt", "pomme de terre bleue", "🦊 renard sous la pluie"]
)
def test_no_rule_of_composition(password):
    assert obstacle(password) is None


def test_lengths_are_for_whom_they_are():
    assert obstacle("vq2LmZ-7rtwK") is not None
    assert obstacle("vq2LmZ-7rtwK", staff=False) is None
    assert "12" in obstacle("vq2LmZ-7rt", staff=False)
    assert obstacle("une phrase " * 11 + "ab") is None or len("une phrase " * 11 + "ab") > rules.LONGEST
    assert "trop long" in obstacle("ab cdefg hijk" * 10)


@pytest.mark.parametrize(
    "password",
    ["vasseur au bord de mer", "mon chat Claire et moi", "c.vasseur sur la route", "Fabertdemetzpourtoujours"],
)
def test_ones_own_name_address_and_lycee_are_refused(password):
    personal = ("Claire Vasseur", "claire.vasseur", "Lycée Fabert")
    assert "ni votre nom" in obstacle(password, personal=personal)


@pytest.mark.parametrize("password", ["Léa O toujours en vacances", "vive Lea-O au lycée"])
def test_a_name_of_short_words_is_refused_whole(password):
    assert "ni votre nom" in obstacle(password, personal=("Léa O", "l"))
    assert obstacle("léa au bord de l’eau verte", personal=("Léa O", "l")) is None


def test_ordinary_words_of_a_lycees_name_are_no_secret():
    assert obstacle("un saint lycée plein de grenouilles", personal=("Lycée général Saint Éloi",)) is None


def test_an_accent_typed_in_two_strokes_is_the_same_password():
    composed, decomposed = "rentr\u00e9e tardive du renard", "rentre\u0301e tardive du renard"
    assert hashing.fits(hashing.hashed(rules.prepared(composed)), rules.prepared(decomposed))


def test_the_hash_is_argon2id_and_says_its_parameters():
    kept = hashing.hashed("correct cheval batterie agrafe")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not hashing.is_dated(kept)
    assert hashing.is_dated(kept.replace("t=2", "t=1"))
    assert not hashing.fits(None, "nobody has this password")


def test_a_code_serves_once_and_older_ones_never_after_it():
    app, step = pyotp.TOTP(SECRET), int(NOW.timestamp()) // 30
    code = app.at(NOW)
    assert rules.step_of(code, secret=SECRET, now=NOW, last_step=None) == step
    assert rules.step_of(code, secret=SECRET, now=NOW, last_step=step) is None
    assert rules.step_of(app.at(NOW - timedelta(seconds=30)), secret=SECRET, now=NOW, last_step=step) is None


def test_a_clock_may_be_half_a_minute_wrong_and_no_more():
    app = pyotp.TOTP(SECRET)
    for seconds, accepted in ((-60, False), (-30, True), (30, True), (60, False)):
        code = app.at(NOW + timedelta(seconds=seconds))
        assert (rules.step_of(code, secret=SECRET, now=NOW, last_step=None) is not None) is accepted


def test_a_recovery_code_is_read_as_people_write():
    code = rules.new_recovery_code()
    assert rules.read_recovery_code(f" {code.lower().replace('-', ' ')} ") == code.replace("-", "")
    assert rules.read_recovery_code("7k3mO-q9tIx") == "7K3M0Q9T1X"
