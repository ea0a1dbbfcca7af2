"""Uploads refused whole, before any record, with a sentence that says why (SEC-15, SEC-16)."""

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.platform.reading.parts import LARGEST_UPLOAD
from portal.roster.reading import Refused, check_header, open_upload
from portal.roster.reading.records import Header, Source
from tests.rosters import people, siecle
from tests.rosters.tables import xlsx_bytes, zip_bytes
from tests.rosters.uploads import read, uploads

ROSTER = people.roster(students=45)
FILES = siecle.files(ROSTER)
STUDENTS, GUARDIANS, LABELS = FILES.values()
CSV = b"Nom;Pr\xe9nom;N\xe9(e) le\r\nKAYA;Elif;14/03/2010\r\n"


def refusal(folder, members):
    """The sentence with which an upload is refused."""
    with pytest.raises(Refused) as caught:
        open_upload(uploads(folder, members))
    sentence = str(caught.value)
    assert re.fullmatch(r"[A-ZÀ-Ý«].*[.!?]", sentence), sentence
    assert "'" not in sentence.replace("l'H", "")
    return sentence


def bombed(size, name="ElevesSansAdresses.xml"):
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return out.getvalue()


def encrypted():
    """A zip whose members say that they have a password."""
    data = bytearray(zip_bytes({"ElevesSansAdresses.xml": STUDENTS}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def announcing_less():
    """A zip whose directory announces ten bytes for a member that holds thousands."""
    data = bytearray(zip_bytes({"ElevesSansAdresses.xml": STUDENTS}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "Aucun fichier"),
        ({"e.xml": b""}, "est vide"),
        ({"e.xml": b" \r\n\t"}, "est vide"),
        ({"e.xml": b"\xef\xbb\xbf"}, "est vide"),
        ({"e.zip": zip_bytes({})}, "est vide"),
        ({"e.xml": siecle.with_doctype(STUDENTS)}, "DOCTYPE"),
        ({"e.xml": STUDENTS.replace(b"<BEE", b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><BEE", 1)}, "DOCTYPE"),
        ({"e.xml": STUDENTS + b"<x/>"}, "coupé ou abîmé (ligne"),
        ({"e.xml": b"<html><body>Erreur</body></html>"}, "n’est pas un export"),
        ({"e.xml": siecle.saved_again(STUDENTS)}, "UTF-8"),
        ({"e.xml": STUDENTS.replace(b"</PRENOM>", b" d\x92Arc</PRENOM>", 1)}, "Windows-1252"),
        ({"e.xml": STUDENTS.replace(b"ISO-8859-15", b"UTF-8", 1)}, "encodage annoncé"),
        ({"e.xml": STUDENTS.replace(b"ISO-8859-15", b"KLINGON", 1)}, "encodage annoncé"),
        ({"n.xml": LABELS}, "ni élève ni responsable"),
        ({"e.xml": STUDENTS, "e2.xml": STUDENTS}, "déposé deux fois"),
        ({"e.xml": STUDENTS, "r.xml": GUARDIANS.replace(b"0670001M", b"0680001G")}, "deux lycées"),
        ({"e.xml": STUDENTS, "r.xml": GUARDIANS.replace(b">2026<", b">2025<", 1)}, "deux années"),
        ({"e.xml": STUDENTS.replace(b"<UAJ>0670001M</UAJ>", b"")}, "ne dit pas de quel lycée"),
        ({"e.xml": siecle.document("BEE_ELEVES", ROSTER, {"ELEVES": []})}, "aucun élève"),
        ({"r.xml": siecle.document("BEE_RESPONSABLES", ROSTER, {"PERSONNES": []})}, "aucun responsable"),
        ({"e.xml": STUDENTS, "t.csv": CSV}, "ne vont pas ensemble"),
        ({"a.csv": CSV, "b.csv": CSV}, "Plusieurs tableaux"),
        ({"a.zip": zip_bytes({"a.csv": CSV, "b.csv": CSV})}, "Plusieurs tableaux"),
        ({"photo.jpg": b"\xff\xd8\xff\xe0 photo"}, "Nous ne reconnaissons pas"),
        ({"a.pdf": b"%PDF-1.7\n"}, "Nous ne reconnaissons pas"),
        ({"a.bin": bytes(range(256))}, "Nous ne reconnaissons pas"),
        ({"a.txt": b"Bonjour,\r\nvoici la liste.\r\n"}, "Nous ne reconnaissons pas"),
        ({"a.json": b'{"eleves": []}'}, "Nous ne reconnaissons pas"),
        ({"a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512}, "ancien classeur"),
        ({"e.zip": zip_bytes({"../ElevesSansAdresses.xml": STUDENTS})}, "noms interdits"),
        ({"e.zip": zip_bytes({"/etc/passwd": STUDENTS})}, "noms interdits"),
        ({"e.zip": zip_bytes({"a\\..\\..\\b.xml": STUDENTS})}, "noms interdits"),
        ({"e.zip": zip_bytes({"C:\\b.xml": STUDENTS})}, "noms interdits"),
        ({"e.zip": zip_bytes({"i.zip": zip_bytes(FILES)})}, "zip dans un zip"),
        ({"e.zip": zip_bytes({"i.xlsx": xlsx_bytes([["a"]])})}, "zip dans un zip"),
        ({"e.zip": zip_bytes({f"{n}.xml": STUDENTS for n in range(21)})}, "plus de 20 fichiers"),
        ({"e.zip": bombed(50_000_000)}, "trop gros"),
        ({"e.zip": encrypted()}, "mot de passe"),
        ({"e.zip": announcing_less()}, "coupé ou abîmé"),
    ],
)  # fmt: skip
def test_a_faulty_upload_is_refused_whole(tmp_path, members, words):
    assert words in refusal(tmp_path, members)


def test_an_upload_of_more_than_forty_megabytes_is_not_even_opened(tmp_path):
    waiting = uploads(tmp_path, {"e.xml": STUDENTS})
    with waiting[0].path.open("r+b") as stream:
        stream.truncate(LARGEST_UPLOAD + 1)
    with pytest.raises(Refused, match="40\u00a0Mo"):
        open_upload(waiting)


def test_entities_in_the_root_element_do_not_unfold(tmp_path):
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    bomb = f'<!DOCTYPE x [{levels}]><BEE_ELEVES VERSION="&a9;"/>'
    assert "DOCTYPE" in refusal(tmp_path, {"e.xml": bomb.encode()})


def test_a_record_made_to_fill_the_memory_is_refused(tmp_path):
    stuffed = STUDENTS.replace(b"<CODE_PAYS>", b"<X/>" * 6_000 + b"<CODE_PAYS>", 1)
    assert "export de SIECLE" in refusal(tmp_path, {"e.xml": stuffed})


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_refused_and_never_read_shorter(tmp_path, name):
    whole = FILES[name]
    end = len(whole.rstrip())
    for cut in [*range(1, end, 397), end - 1]:
        members = {**FILES, name: whole[:cut]}
        assert re.search(
            r"coupé ou abîmé|encodage annoncé|Nous ne reconnaissons pas|est vide", refusal(tmp_path, members)
        ), cut


def test_a_zip_cut_anywhere_is_refused(tmp_path):
    whole = zip_bytes(FILES)
    for cut in range(4, len(whole), 97):
        assert "coupé ou abîmé" in refusal(tmp_path, {"e.zip": whole[:cut]}), cut


@settings(max_examples=60)
@given(place=st.integers(0, len(zip_bytes(FILES)) - 1), byte=st.integers(0, 255))
def test_a_zip_with_a_wrong_byte_is_refused_or_says_the_same(tmp_path_factory, place, byte):
    data = bytearray(zip_bytes(FILES))
    data[place] = byte
    folder = tmp_path_factory.mktemp("flipped")
    try:
        found = read(folder, {"e.zip": bytes(data)})
    except Refused:
        return
    assert len(found.people) == len(ROSTER.students) + len(ROSTER.guardians) + len(ROSTER.links)


@settings(max_examples=60)
@given(
    place=st.integers(0, len(STUDENTS) - 1),
    text=st.sampled_from([b"", b"<", b">", b"&", b"\x00", b"\xff", b"]]>", b"<x:y/>", b"9"]),
)
def test_a_fault_inside_an_export_refuses_it_at_once_or_not_at_all(tmp_path_factory, place, text):
    data = STUDENTS[:place] + text + STUDENTS[place + 1 :]
    try:
        reading = open_upload(uploads(tmp_path_factory.mktemp("fault"), {"e.xml": data, "r.xml": GUARDIANS}))
    except Refused:
        return
    assert sum(1 for _ in reading.records) > len(ROSTER.students)


@settings(max_examples=80)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_sentence_or_understood(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("noise")
    for start in (b"", b"<BEE_ELEVES>", b"PK\x03\x04", b"Nom;Prenom;Ne le\n"):
        try:
            open_upload(uploads(folder, {"x": start + data}))
        except Refused as refused:
            assert str(refused)  # noqa: PT017  # both ends are right


def test_litter_of_other_systems_is_no_file(tmp_path):
    members = {**FILES, "__MACOSX/._ElevesSansAdresses.xml": b"\0\5\26\7", ".DS_Store": b"\0\0\0\1Bud1"}
    assert len(read(tmp_path, {"e.zip": zip_bytes(members)}).people) == len(read(tmp_path, FILES).people)


def test_a_file_of_another_lycee_or_another_year_is_refused_with_their_names():
    header = Header(source=Source.SIECLE, uai="0670001M", year=2025)
    check_header(header, uai="0670001M", year=2025)
    check_header(Header(source=Source.TABLE), uai="0670001M", year=2026)
    with pytest.raises(Refused, match="lycée 0670001M, et non du lycée 0680001G"):
        check_header(header, uai="0680001G", year=2025)
    with pytest.raises(Refused, match="année 2025-2026"):
        check_header(header, uai="0670001M", year=2026)
