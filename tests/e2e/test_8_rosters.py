"""The office brings SIECLE's files in: looks at what would change, applies it, sees a student, and takes it all back."""

import re
import subprocess
import sys

import pytest

from tests.e2e.town import PLACE
from tests.e2e.ways import BENCH, as_one_of_the_cast

IMPORT = re.compile(r"Import n°\s\d+")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """What `python -m tests.rosters.siecle` writes, as a newcomer types it."""
    folder = tmp_path_factory.mktemp("siecle")
    command = [sys.executable, "-m", "tests.rosters.siecle", "--uai", PLACE.uai, "--students", "80", "--year", "2026"]
    subprocess.run([*command, "--out", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("js", "width"), [(True, 1280), (False, 320)])
def test_a_pair_of_siecle_files_is_previewed_applied_and_taken_back(live, walk, export, js, width):
    desk = walk(js=js, width=width)
    as_one_of_the_cast(desk, "Thomas Klein", then=BENCH)
    desk.open("/eleves", "Élèves")
    before = desk.text("main")
    desk.follow("Importer un fichier", then="Importer les élèves")
    files = [export / "ResponsablesAvecAdresses.xml", export / "ElevesSansAdresses.xml", export / "Nomenclature.xml"]
    desk.page.set_input_files("#fichiers", files)
    desk.press("Comparer avec le lycée", then=IMPORT)
    desk.wait_for(desk.page.get_by_role("heading", name="Cet import change beaucoup de choses"))
    desk.look()
    desk.read("À vérifier", "Nouveaux", "Avertissements", "ne sont pas dans le fichier")
    desk.use(desk.page.locator(".chip", has_text="Avertissements"), then=IMPORT)
    desk.use(desk.page.locator(".chip", has_text="Nouveaux").first, then=IMPORT)
    assert desk.file_of("Télécharger").startswith("\ufeff".encode())

    desk.refused("Appliquer l’import", "Écrivez le code UAI")
    desk.page.locator("input[name=uai]").fill(PLACE.uai.lower())
    desk.press("Appliquer l’import", then=IMPORT)
    desk.read("Appliqué")

    desk.page.locator("summary", has_text="Annuler cet import").click()
    desk.press("Annuler l’import", then=IMPORT)
    desk.read("sont comme avant cet import")
    desk.open("/eleves", "Élèves")
    assert desk.text("main") == before


def test_the_file_of_another_lycee_is_refused_whole(live, walk, tmp_path):
    command = [sys.executable, "-m", "tests.rosters.siecle", "--uai", "0672806L", "--students", "5", "--year", "2026"]
    subprocess.run([*command, "--out", tmp_path], check=True, capture_output=True)
    desk = walk(width=1280)
    as_one_of_the_cast(desk, "Thomas Klein", then=BENCH)
    desk.open("/eleves/import", "Importer les élèves")
    desk.page.set_input_files("#fichiers", tmp_path / "ElevesSansAdresses.xml")
    desk.press("Comparer avec le lycée", then=IMPORT)
    desk.wait_for(desk.page.get_by_text("Fichier refusé, rien n’a été modifié"))
    desk.read("0672806L", PLACE.uai)
    desk.look()
