"""The W3C's checker reads every page that the journeys of a product saw, in one run at its end."""

import pytest


@pytest.mark.parametrize("product", ["families", "lycee"])  # where each runs: OneProduct in tests/browser.py
def test_every_page_of_the_journeys_is_valid_html(pages, checker, product):
    if not pages.seen:
        pytest.skip("no journey was made in this process: no page to check")
    faults = pages.faults()
    assert not faults, f"{len(faults)} faults in {len(pages.seen)} pages\n" + "\n".join(faults[:20])
