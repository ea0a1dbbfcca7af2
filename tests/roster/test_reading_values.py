"""What is read of one cell, where the quick way must say what the long one says."""

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.values.countries import country_names
from portal.kernel.values.phones import parse_phone
from portal.kernel.values.territories import territory
from portal.roster.reading.postal import Written, read_address
from portal.roster.reading.records import Place
from portal.roster.reading.remarks import Remarks
from portal.roster.reading.values import mobile


@given(number=st.integers(600_000_000, 799_999_999), between=st.sampled_from(["", " ", ".", "-"]))
def test_a_plain_french_mobile_is_read_as_the_kernel_reads_it(number, between):
    digits = f"0{number}"
    text = between.join(digits[place : place + 2] for place in range(0, 10, 2))
    remarks = Remarks(Place("e.csv", 2), about=None, subject="Inès")
    for postcode in (None, "67000", "97400"):
        assert mobile([text], remarks, postcode=postcode) == parse_phone(text, postcode)
    assert remarks.findings == []


def test_france_and_its_territories_are_not_abroad():
    codes = {"FR", *(territory(f"{prefix}00") for prefix in (*range(971, 979), 984, 986, 987, 988))}
    for text in ("", "Réunion", "Guyane", *codes, *(country_names()[code] for code in codes)):
        written = Written(lines=["1 rue Haute"], postcode="97400", town="Saint-Denis", country=text)
        address, abroad = read_address(
            written, recipient="Inès", remarks=Remarks(Place("e", 2), about=None, subject="")
        )
        assert address is not None, text
        assert not abroad
