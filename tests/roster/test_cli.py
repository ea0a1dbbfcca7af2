"""`flask --app app roster import FILE... --school UAI [--apply]`: its last line is what a program reads."""

import json

import pytest

from portal.roster.models import RosterImport, Student
from portal.roster.states import ImportState
from tests import factories as make
from tests.roster import flow
from tests.rosters import people, siecle


@pytest.fixture
def school(db):
    del db
    make.region(), make.campaign()
    return make.school()


@pytest.fixture
def command(app, school, tmp_path):
    """Write files and import them; gives the exit code and the last line, read."""

    def run(files, *options, uai=school.uai):
        paths = []
        for name, content in files.items():
            paths.append(tmp_path / name)
            paths[-1].write_bytes(content)
        done = app.test_cli_runner().invoke(args=["roster", "import", *map(str, paths), "--school", uai, *options])
        last = done.stdout.strip().splitlines()[-1:] or ["{}"]
        return done.exit_code, json.loads(last[0]) if last[0].startswith("{") else {}, done.stderr

    return run


def exports(school, change=lambda roster: roster):
    return siecle.files(change(people.roster(uai=school.uai, students=60)))


def test_without_apply_it_counts_and_changes_nothing(command, school):
    before = flow.dump()
    code, told, _ = command(exports(school))
    assert code == 0
    assert set(told["students"]) == {"created", "changed", "unchanged", "absent", "left", "errors", "warnings"}
    assert told["students"]["created"] == 59
    assert told["state"] == "staged"
    assert flow.dump() == before


def test_applied_twice_the_second_time_changes_nothing(command, school):
    assert command(exports(school), "--apply")[1]["state"] == "applied"
    before = flow.dump()
    code, told, _ = command(dict(reversed(exports(school).items())), "--apply", "--year", "2026")
    assert code == 0
    assert {kind: told[kind]["created"] + told[kind]["changed"] + told[kind]["absent"] for kind in ("students", "guardians", "links")} == {
        "students": 0, "guardians": 0, "links": 0,
    }  # fmt: skip
    assert flow.dump() == before


def test_too_many_absents_wait_for_a_person_or_for_the_uai(command, school):
    command(exports(school), "--apply")
    fewer = siecle.files(people.fewer(people.roster(uai=school.uai, students=60)))
    code, told, error = command(fewer, "--apply")
    assert (code, told["state"]) == (1, "staged")
    assert "UAI" in error
    code, told, _ = command(fewer, "--apply", "--confirm", school.uai)
    assert (code, told["state"]) == (0, "applied")
    assert any(one.absent_since for one in make.every(Student))


@pytest.mark.parametrize("variant", ["other-school", "last-year", "truncated", "doctype"])
def test_a_wrong_file_is_refused_with_a_sentence_and_zeros(command, school, variant):
    before = flow.dump()
    code, told, error = command(siecle.VARIANTS[variant](people.roster(uai=school.uai, students=60)), "--apply")
    assert (code, told["state"], told["students"]["created"]) == (1, "failed", 0)
    assert error.strip() == told["refusal"]
    assert flow.dump() == before


def test_a_school_that_does_not_take_part_is_named(command, school):
    code, told, error = command(exports(school), uai="0750647W")
    assert (code, told) == (1, {})
    assert "0750647W" in error
    assert "lettre" in command(exports(school), uai="0750647A")[2]
    assert make.every(RosterImport) == []


def test_a_table_goes_through_with_the_columns_proposed(command, school):
    del school
    table = "Nom;Prénom;Né(e) le;Classe\nBenali;Yanis;21/06/2011;2DE 4\n".encode("cp1252")
    code, told, _ = command({"eleves.csv": table}, "--apply")
    assert (code, told["students"]["created"]) == (0, 1)
    code, told, error = command({"autre.csv": b"a;b;c\n1;2;3\n"}, "--apply")
    assert (code, told["state"]) == (1, ImportState.TO_MAP.value)
    assert "colonnes" in error
