import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from portal.kernel.values.address import PostalAddress
from portal.platform.pdf import NO_BREAK, Enclosure, ResourceRefused, environment, grouped, html_to_pdf, kilograms
from portal.shipping.documents import deposit_pdf, labels_pdf, slips_pdf
from tests.documents.paper import deposit, label, opened, slip, text


def page(body):
    return f'<!doctype html><html lang="fr"><head><title>Essai</title></head><body>{body}</body></html>'


@pytest.fixture
def listener():
    """A web server on this machine that remembers who came."""
    visits = []

    class Remember(BaseHTTPRequestHandler):
        def do_GET(self):
            visits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Remember)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("do not print me")
    return path


def hostile(address, secret):
    return [
        f'<img src="{address}/a.png">',
        f'<img src="file://{secret}">',
        f'<link rel="attachment" href="file://{secret}">',
        f'<link rel="stylesheet" href="{address}/a.css">',
        f'<style>@import "{address}/b.css"; body {{ background: url({address}/c.png) }}</style>',
        f'<object data="{address}/d.svg"></object>',
        f'<svg><image href="{address}/e.png" width="9" height="9"/></svg>',
        '<img src="shipped:../pyproject.toml">',
        '<img src="shipped:layout/../../app.py">',
        '<img src="ftp://127.0.0.1/x.png">',
    ]


def test_a_hostile_name_is_printed_as_text_and_fetches_nothing_sec_13(listener, secret):
    address, visits = listener
    for attack in hostile(address, secret)[:4]:
        person = PostalAddress(recipient=attack, line2=attack, street="1 rue", postcode="67000", city=attack)
        pdf = slips_pdf([slip(recipient=person, sender=person, contents=(attack,), sender_phone=attack)])
        pdf_of_label = labels_pdf([label(recipient=person, sender=person)])
        assert "<" in text(pdf)
        assert len(opened(pdf).attachments) == len(opened(pdf_of_label).attachments) == 0
        assert b"do not print me" not in pdf
    assert visits == []


@pytest.mark.parametrize("number", range(10))
def test_a_page_that_wants_anything_from_elsewhere_is_refused_sec_13(listener, secret, number):
    address, visits = listener
    attack = hostile(address, secret)[number]
    with pytest.raises(ResourceRefused):
        html_to_pdf(page(attack))
    assert visits == []


def test_pictures_written_in_the_page_are_allowed():
    dot = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
    assert html_to_pdf(page(f'<img src="{dot}" alt="point">')).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("printed", "what"), [(slips_pdf, [slip()]), (labels_pdf, [label()]), (deposit_pdf, deposit(2))]
)
def test_a_document_is_tagged_and_says_its_language_and_title(printed, what):
    document = opened(printed(what))
    root = document.Root
    with document.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"]
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(root.Lang) == "fr"
    assert len(root.StructTreeRoot.K) == 1


def test_every_font_is_ours_and_travels_with_the_file():
    listed = subprocess.run(["pdffonts", "-"], input=slips_pdf([slip()]), capture_output=True, check=True).stdout
    fonts = listed.decode().splitlines()[2:]
    assert fonts
    assert all("+Source-" in line and " yes yes yes " in line for line in fonts)


def test_the_same_data_gives_the_same_bytes():
    assert deposit_pdf(deposit(3)) == deposit_pdf(deposit(3))
    assert slips_pdf([slip(1), slip(2)]) == slips_pdf([slip(1), slip(2)])


def test_a_file_can_travel_inside_a_document_to_be_kept():
    enclosed = Enclosure(name="preuve.json", content=b"{}", description="Preuve")
    pdf = opened(html_to_pdf(page("<p>Texte"), variant="pdf/a-3a", enclosures=[enclosed]))
    assert pdf.attachments["preuve.json"].get_file().read_bytes() == b"{}"
    with pdf.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")


def test_the_web_process_can_import_documents_without_loading_the_typesetter():
    check = "import sys, portal.shipping.documents, portal.charter.document; print({'weasyprint', 'pikepdf'} & {*sys.modules})"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, text=True)
    assert result.stdout.strip() == "set()"


def test_a_template_that_forgets_a_value_fails_instead_of_printing_a_blank():
    with pytest.raises(UndefinedError):
        environment().from_string("{{ forgotten }}").render()


def test_what_a_person_typed_is_escaped_and_our_own_html_is_not():
    printed = environment().from_string("{{ typed }}{{ ours }}").render(typed="<b>", ours=Markup("<i>"))
    assert printed == "&lt;b&gt;<i>"


def test_weights_and_codes_are_written_as_people_read_them():
    assert kilograms(2350) == f"2,35{NO_BREAK}kg"
    assert grouped("P7K3M2Q9T000") == NO_BREAK.join(("P7K3", "M2Q9", "T000"))
    assert grouped("FP-7K3M-2Q9T") == "FP-7K3M-2Q9T"
