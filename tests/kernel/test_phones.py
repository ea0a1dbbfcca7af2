"""Telephone numbers as they come from forms and from SIECLE."""

import pytest

from portal.kernel.values.phones import UnreadablePhone, display_phone, is_mobile, mask_phone, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "06 39 98 00 12",
        "0639980012",
        "06.39.98.00.12 (mère)",
        "06-39-98-00-12",
        "06/39/98/00/12",
        "portable : 06 39 98 00 12",
        "06 39 98 00 12 grand-père",
        "+33 6 39 98 00 12",
        "+33 (0)6 39 98 00 12",
        "0033639980012",
        "\u00a006\u00a039\u00a098\u00a000\u00a012",
        "٠٦٣٩٩٨٠٠١٢",
    ],
)
def test_a_number_is_read_as_families_write_it(text):
    assert parse_phone(text) == "+33639980012"


@pytest.mark.parametrize(
    ("text", "postcode", "number"),
    [
        ("0692 12 34 56", "97400", "+262692123456"),
        ("0690 00 12 34", "97110", "+590690001234"),
        ("0690 00 12 34", "97133", "+590690001234"),
        ("0690 00 12 34", "97150", "+590690001234"),
        ("0696 20 12 34", "97200", "+596696201234"),
        ("0694 20 12 34", "97300", "+594694201234"),
        ("0639 69 12 34", "97600", "+262639691234"),
        ("75 12 34", "98800", "+687751234"),
        ("87 12 34 56", "98714", "+68987123456"),
        ("06 12 34 56 78", "97400", "+33612345678"),
        ("06 12 34 56 78", "54000", "+33612345678"),
    ],
)
def test_the_postcode_tells_the_territory(text, postcode, number):
    assert parse_phone(text, postcode) == number


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Indiquez un numéro de téléphone"),
        ("mère", "Indiquez un numéro de téléphone"),
        ("06 39 98 00 12 / 06 39 98 00 13", "un seul numéro"),
        ("06 39 98 00 12 ou 06 39 98 00 13", "un seul numéro"),
        ("06 39 98 00 12\n06 39 98 00 13", "un seul numéro"),
        ("06 39 98 00 1", "vous en avez écrit 9"),
        ("06 39 98 00 12 3", "vous en avez écrit 11"),
        ("12", "vous en avez écrit 2"),
        ("+33 12", "Nous ne reconnaissons pas"),
        ("+999 639 98 00 12", "Nous ne reconnaissons pas"),
    ],
)
def test_what_cannot_be_called_is_explained(text, sentence):
    with pytest.raises(UnreadablePhone, match=sentence):
        parse_phone(text)


@pytest.mark.parametrize(
    ("number", "shown", "masked"),
    [
        ("+33639980012", "06 39 98 00 12", "06 •• •• •• 12"),
        ("+33383000012", "03 83 00 00 12", "03 •• •• •• 12"),
        ("+262692123456", "0692 12 34 56", "06•• •• •• 56"),
        ("+4915123456789", "+49 1512 3456789", "+49 •••• •••••89"),
    ],
)
def test_a_number_is_shown_as_it_is_dialled_and_masked_but_for_its_ends(number, shown, masked):
    assert display_phone(number) == shown
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+33639980012", True),
        ("+33712345678", True),
        ("+33383000012", False),
        ("+262692123456", True),
        ("+262639980012", True),
        ("+262262123456", False),
        ("+687751234", True),
        ("+4915123456789", True),
    ],
)
def test_text_messages_go_to_mobiles_only(number, mobile):
    assert is_mobile(number) is mobile
