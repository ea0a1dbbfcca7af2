"""E-mail addresses: read, questioned, masked."""

import pytest

from portal.kernel.values.emails import UnreadableEmail, mask_email, parse_email, suggest_email


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" camille@example.org\n", "camille@example.org"),
        ("Camille.Petit@EXAMPLE.ORG", "Camille.Petit@example.org"),
        ("<camille@example.org>", "camille@example.org"),
        ("mailto:camille@example.org", "camille@example.org"),
        ("camille@example.org.", "camille@example.org"),
        ("camille+lycee@example.org", "camille+lycee@example.org"),
        ("hélène@example.org", "hélène@example.org"),
    ],
)
def test_an_address_is_read_as_people_paste_it(text, address):
    assert parse_email(text) == address


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Indiquez une adresse"),
        ("  ", "Indiquez une adresse"),
        ("camille", "Il manque le signe @"),
        ("camille@example", "Il manque la fin"),
        ("camille petit@example.org", "pas d’espace"),
        ("a@example.org; b@example.org", "une seule adresse"),
        ("a@example.org b@example.org", "une seule adresse"),
        ("a..b@example.org", "Nous ne reconnaissons pas"),
        ("a@exa_mple.org", "Nous ne reconnaissons pas"),
        ("@example.org", "Nous ne reconnaissons pas"),
    ],
)
def test_what_cannot_be_written_to_is_explained(text, sentence):
    with pytest.raises(UnreadableEmail, match=sentence):
        parse_email(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@gmial.com", "a@gmail.com"),
        ("a@gmail.con", "a@gmail.com"),
        ("a@gmail.fr", "a@gmail.com"),
        ("a@hotmial.fr", "a@hotmail.fr"),
        ("a@orage.fr", "a@orange.fr"),
        ("a@yaho.fr", "a@yahoo.fr"),
        ("a@laposte.fr", "a@laposte.net"),
        ("hélène@gmail.com", "helene@gmail.com"),
    ],
)
def test_a_common_slip_gets_a_question(typed, meant):
    assert suggest_email(typed) == meant


@pytest.mark.parametrize(
    "address", ["a@gmail.com", "a@mail.com", "a@ymail.com", "a@fred.fr", "a@ac-reims.fr", "a@example.org", "a"]
)
def test_a_plausible_address_gets_none(address):
    assert suggest_email(address) is None


@pytest.mark.parametrize(
    ("address", "masked"), [("camille@example.org", "c•••@example.org"), ("c@example.org", "c•••@example.org")]
)
def test_a_masked_address_does_not_tell_its_length(address, masked):
    assert mask_email(address) == masked
