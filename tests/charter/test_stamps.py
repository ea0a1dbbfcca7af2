"""Time stamps on a sealed file, from a real RFC 3161 authority on loopback, judged by other people's tools too."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import time_authority
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from portal.charter.authority import AuthorityDown, StampError, TokenRefused, load_authority
from portal.charter.keys import create_demo_key
from portal.charter.seal import archive, canonical_json, reserved_box, seal, stamp, verify
from portal.kernel import clock
from portal.platform.pdf import html_to_pdf

PAGE = '<html lang="fr"><head><meta charset="utf-8"><title>Charte</title></head><body><h1>Charte</h1><p id="cachet">Ici</p></body></html>'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with time_authority.running(tmp_path_factory.mktemp("horodatage"), now=clock.now) as running:
        yield running


@pytest.fixture
def conduct(server):
    yield server.behave
    server.behave()


@pytest.fixture(scope="module")
def authority(server):
    return load_authority(server.url, policy=time_authority.POLICY, roots=str(server.trust))


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return create_demo_key(tmp_path_factory.mktemp("cachet") / "cachet", "Région Grand Est (démonstration)")


@pytest.fixture(scope="module")
def trust(key, authority):
    return replace(key.trust, stamps=authority.roots, lists=(*key.trust.lists, *authority.lists))


@pytest.fixture(scope="module")
def sealed(key):
    presented = html_to_pdf(PAGE, variant="pdf/a-3a")
    box = reserved_box(presented, anchor="cachet", width=255, height=78)
    evidence = canonical_json({"schema": "essai"})
    return seal(presented, evidence=evidence, key=key, reason="Essai", place="Metz", field_box=box, stamp_lines=["Essai"])


@pytest.fixture(scope="module")
def stamped(sealed, authority, trust):
    return stamp(sealed, authority=authority, trust=trust)


@pytest.fixture(scope="module")
def archived(stamped, authority, trust):
    return archive(stamped.pdf, authority=authority, trust=trust)


