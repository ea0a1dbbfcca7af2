"""One field for an address or a number."""

import pytest

from portal.kernel.errors import DomainError
from portal.kernel.values.contacts import NoTextMessages, is_number, parse_contact


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ines.LEFEVRE@example.org", "ines.lefevre@example.org"),
        (" 06 39 98 00 12 ", "+33639980012"),
        ("06.39.98.00.12", "+33639980012"),
        ("+33 (0)6 39 98 00 12", "+33639980012"),
        ("+352 621 123 456", "+352621123456"),
        ("06 39 98 00 12 (mère)", "+33639980012"),
    ],
)
def test_it_is_kept_in_one_way_however_it_is_written(typed, kept):
    assert parse_contact(typed) == kept
    assert is_number(kept) == kept.startswith("+")


@pytest.mark.parametrize("typed", ["03 63 99 00 12", "+33 3 63 99 00 12"])
def test_a_landline_gets_no_text_message(typed):
    with pytest.raises(NoTextMessages, match="téléphone fixe"):
        parse_contact(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("ines", "signe @"), ("06 39", "dix chiffres"), ("06 39 98 00 12 ou 06 39 98 00 13", "un seul numéro")],
)
def test_what_is_neither_is_explained(typed, sentence):
    with pytest.raises(DomainError, match=sentence):
        parse_contact(typed)
