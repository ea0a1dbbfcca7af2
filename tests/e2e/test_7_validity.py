"""The W3C's checker reads every page that the journeys saw, in one run at the end."""

import pytest


def test_every_page_of_the_journeys_is_valid_html(pages, checker):
    if not pages.seen:
        pytest.skip("no journey was made in this run: no page to check")
    faults = pages.faults()
    assert not faults, f"{len(faults)} faults in {len(pages.seen)} pages\n" + "\n".join(faults[:20])
