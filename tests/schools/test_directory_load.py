"""A region's richer directory: read from any spreadsheet, previewed, loaded whole or not at all."""

import io
import json

import pytest

from portal.schools.directory_csv import UnreadableDirectory, read_directory_csv
from portal.schools.models import DirectoryEntry
from tests import factories as make
from tests.pages import Page

HEAD = "UAI;Nom;Ville;Code postal;Adresse;Téléphone;Mail"
LORITZ = "0540042C;LYCEE HENRI LORITZ;NANCY;54000;29 rue des Jardiniers;03 83 36 75 34;ce.0540042c@example.org"
POINCARE = "0540038Y;Lycée Henri Poincaré;Nancy;54000;;;"


def table(*rows, head=HEAD):
    return "\r\n".join([head, *rows])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_spreadsheets_encoding_and_separator_are_read(encoding, separator):
    read = read_directory_csv(table(LORITZ, POINCARE).replace(";", separator).encode(encoding))
    assert read.errors == []
    assert [one.entry.uai for one in read.entries] == ["0540042C", "0540038Y"]
    assert read.entries[1].entry.display_name == "Lycée Henri Poincaré"
    assert read.entries[0].extra["email"] == "ce.0540042c@example.org"
    assert read.entries[0].extra["street"] == "29 rue des Jardiniers"


def test_the_columns_of_the_national_directory_are_enough():
    read = read_directory_csv(
        b"uai,name,city,zip_code,country,department\n0540042c,LYCEE HENRI LORITZ,NANCY,54000,FR,54\n"
    )
    assert read.entries[0].entry.uai == "0540042C"
    assert read.entries[0].extra == {}
    assert read.entries[0].entry.region_code == "44"


def test_each_wrong_row_is_told_with_its_line_and_its_reason():
    read = read_directory_csv(
        table(
            "0540042A;A;Nancy;54000;;;", LORITZ, "", LORITZ, "0540038Y;;Nancy;54000;;;", "0540038Y;A;Nancy;5400X;;;"
        ).encode()
    )
    assert [(one.line, one.uai) for one in read.errors] == [
        (2, "0540042A"),
        (5, "0540042C"),
        (6, "0540038Y"),
        (7, "0540038Y"),
    ]
    assert "la lettre devrait être C" in read.errors[0].message
    assert read.rows == 5


@pytest.mark.parametrize(("content", "said"), [(b"", "vide"), (b"Nom;Ville\nA;B", "UAI"), (b"\x89PNG\r\n", "colonne")])
def test_what_is_no_such_table_says_so(content, said):
    with pytest.raises(UnreadableDirectory) as refusal:
        read_directory_csv(content)
    assert said in refusal.value.message


def load(app, tmp_path, text, *options):
    file = tmp_path / "annuaire.csv"
    file.write_bytes(text.encode())
    done = app.test_cli_runner().invoke(args=["schools", "load", str(file), *options])
    return done.exit_code, json.loads(done.output.strip().splitlines()[-1])


@pytest.mark.both
def test_the_command_tells_what_it_did_and_does_it_once(app, tmp_path):
    code, told = load(app, tmp_path, table(LORITZ, POINCARE), "--dry-run")
    assert (code, told["created"], told["written"]) == (0, 2, False)
    assert make.every(DirectoryEntry) == []
    code, told = load(app, tmp_path, table(LORITZ, POINCARE))
    assert (code, told["created"], told["changed"], told["unchanged"], told["errors"]) == (0, 2, 0, 0, [])
    code, told = load(app, tmp_path, table(LORITZ, POINCARE.replace("54000", "54100")))
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 1, 1)
    changed = make.every(DirectoryEntry, uai="0540038Y")[0]
    assert (changed.postcode, "54100" in changed.search) == ("54100", True)


def test_a_file_with_one_wrong_row_changes_nothing(app, tmp_path):
    code, told = load(app, tmp_path, table(LORITZ, "0540038A;A;Nancy;54000;;;"))
    assert code == 1
    assert (told["refused"], told["written"], len(told["errors"])) == (True, False, 1)
    assert make.every(DirectoryEntry) == []


def test_a_column_that_the_file_has_not_keeps_what_was_known(app, tmp_path):
    load(app, tmp_path, table(LORITZ))
    load(app, tmp_path, table("0540042C;Lycée Loritz;Nancy;54000", head="UAI;Nom;Ville;CP"))
    kept = make.every(DirectoryEntry, uai="0540042C")[0]
    assert (kept.name, kept.phone) == ("Lycée Loritz", "+33383367534")


def upload(browser, text, status=200):
    file = (io.BytesIO(text.encode()), "annuaire.csv")
    return Page(
        browser.post("/annuaire/chargement", data={"fichier": file}, content_type="multipart/form-data"), status=status
    )


def test_the_region_sees_what_would_change_then_loads_it(app, as_user):
    region = as_user(make.region_agent())
    page = upload(region, table(LORITZ, POINCARE))
    assert "2 nouveaux, 0 modifié, 0 identique" in page.text()
    assert make.every(DirectoryEntry) == []
    done = Page(page.submit(region, "Charger cet annuaire"))
    assert "2 lycées ajoutés" in done.text()
    assert len(make.every(DirectoryEntry)) == 2
    assert "déjà tout" in upload(region, table(LORITZ, POINCARE)).text()


def test_a_wrong_row_is_shown_and_nothing_can_be_loaded(app, as_user):
    region = as_user(make.region_agent())
    page = upload(region, table(LORITZ, "0540038A;A;Nancy;54000;;;"))
    assert page.rows("Lignes à corriger")[0]["Ligne"] == "3"
    assert "Charger cet annuaire" not in page.buttons()


def test_no_file_and_no_table_are_refused_in_words(app, as_user):
    region = as_user(make.region_agent())
    assert "Choisissez un fichier" in upload(region, "", status=422).errors()[0]
    assert "manque une colonne" in upload(region, "a;b\n1;2", status=422).errors()[0]


def test_only_a_file_that_was_previewed_is_loaded(app, as_user):
    region = as_user(make.region_agent())
    assert region.post("/annuaire/chargement/confirmation", data={"fichier": "../secret.key"}).status_code == 303


@pytest.mark.parametrize("who", [make.head, make.manager, make.technician, make.family])
def test_nobody_else_loads_a_directory(app, as_user, who):
    assert as_user(who()).get("/annuaire/chargement").status_code == 403
