"""What is read of one cell, where the quick way must say what the long one says."""

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.values.phones import parse_phone
from portal.roster.reading.records import Place
from portal.roster.reading.remarks import Remarks
from portal.roster.reading.values import mobile

PAIRS = st.lists(st.from_regex(r"[0-9]{2}", fullmatch=True), min_size=4, max_size=4)


@given(start=st.sampled_from(["06", "07"]), pairs=PAIRS, between=st.sampled_from(["", " ", ".", "-"]))
def test_a_plain_french_mobile_is_read_as_the_kernel_reads_it(start, pairs, between):
    text = between.join([start, *pairs])
    remarks = Remarks(Place("e.csv", 2), about=None, subject="Inès")
    for postcode in (None, "67000", "97400"):
        assert mobile([text], remarks, postcode=postcode) == parse_phone(text, postcode)
    assert remarks.findings == []
