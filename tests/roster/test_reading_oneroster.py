"""OneRoster 1.1: people and links, no address, and nobody who may sign until the school says so."""

from datetime import date

import pytest

from portal.roster.reading import Refused, open_upload
from portal.roster.reading.records import GuardianRecord, LinkRecord, Severity, Source, StudentRecord
from tests.rosters import oneroster, people
from tests.rosters.tables import zip_bytes
from tests.rosters.uploads import read, uploads

ROSTER = people.roster(students=45)


@pytest.fixture(scope="module")
def members():
    return oneroster.members(ROSTER)


@pytest.fixture(scope="module")
def usual(members, tmp_path_factory):
    return read(tmp_path_factory.mktemp("oneroster"), {"export.zip": zip_bytes(members)})


def changed(members, name, before, after):
    assert before in members[name]
    return {**members, name: members[name].replace(before, after, 1)}


def test_everybody_is_read_and_joined(usual):
    assert usual.kinds == {StudentRecord, GuardianRecord, LinkRecord}
    assert len(usual.of(StudentRecord)) == len(ROSTER.students)
    assert len(usual.of(GuardianRecord)) == len(ROSTER.guardians)
    assert len(usual.of(LinkRecord)) == len(ROSTER.links)
    assert usual.findings(Severity.ERROR) == []


def test_the_header_comes_from_the_organisation_and_the_session(usual):
    assert (usual.header.source, usual.header.uai, usual.header.year) == (Source.ONEROSTER, ROSTER.uai, 2026)


def test_a_student_has_the_birth_date_of_demographics_and_the_class_of_the_home_room(usual):
    found, said = usual.of(StudentRecord)[0], ROSTER.students[0]
    assert found.source_id == oneroster.sourced(said.number)
    assert (found.birth_date, found.class_name, found.ine) == (said.born, said.division, said.ine)


def test_nobody_may_sign_until_the_school_says_so_and_there_is_no_address(usual):
    assert {one.may_sign for one in usual.of(LinkRecord)} == {None}
    assert {one.address for one in usual.of(GuardianRecord)} == {None}
    assert {one.kinship for one in usual.of(LinkRecord)} == {"parent", "responsable"}


def test_an_organisation_without_a_uai_is_not_refused(tmp_path, members):
    assert read(tmp_path, {"a.zip": zip_bytes(changed(members, "orgs.csv", b"0670001M", b"LYC-42"))}).header.uai is None


def test_files_may_stand_in_a_folder(tmp_path, members, usual):
    inside = {f"export/{name}": data for name, data in members.items()}
    assert read(tmp_path, {"a.zip": zip_bytes(inside)}).people == usual.people


@pytest.mark.parametrize("missing", ["orgs.csv", "demographics.csv"])
def test_a_zip_without_what_we_need_is_refused(tmp_path, members, missing):
    rest = {name: data for name, data in members.items() if name != missing}
    with pytest.raises(Refused, match=f"Il manque {missing}"):
        open_upload(uploads(tmp_path, {"a.zip": zip_bytes(rest)}))


def test_a_zip_without_students_is_refused(tmp_path, members):
    teachers = {**members, "users.csv": members["users.csv"].replace(b",student,", b",teacher,")}
    with pytest.raises(Refused, match="aucun élève"):
        open_upload(uploads(tmp_path, {"a.zip": zip_bytes(teachers)}))


def test_a_delta_two_schools_and_two_years_are_refused(tmp_path, members):
    odd = {
        "différences": oneroster.members(ROSTER, status="tobedeleted"),
        "deux lycées": oneroster.members(ROSTER, schools=["0680001G"]),
        "plusieurs années": {**members, "academicSessions.csv": members["academicSessions.csv"] + b"x,,,,,,,,2026\r\n"},
    }
    for words, made in odd.items():
        with pytest.raises(Refused, match=words):
            open_upload(uploads(tmp_path, {"a.zip": zip_bytes(made)}))


def test_a_student_without_a_birth_date_and_a_lost_guardian_are_error_lines(tmp_path, members):
    first, guardian = ROSTER.students[0], ROSTER.links[0].guardian
    key = oneroster.sourced(first.number).encode()
    born = key + b",,," + first.born.isoformat().encode()
    found = read(tmp_path, {"a.zip": zip_bytes(changed(members, "demographics.csv", born, key + b",,,"))})
    assert [(error.field, error.key) for error in found.findings(Severity.ERROR)] == [
        ("Date de naissance", key.decode())
    ]
    assert key.decode() not in {one.student for one in found.of(LinkRecord)}
    lost = oneroster.sourced(guardian).encode()
    found = read(tmp_path, {"a.zip": zip_bytes(changed(members, "users.csv", b"\n" + lost, b"\nautre"))})
    assert {error.value for error in found.findings(Severity.ERROR)} == {lost.decode()}


def test_the_same_identifier_twice_keeps_the_first(tmp_path, members):
    line = members["users.csv"].splitlines(keepends=True)[1]
    found = read(tmp_path, {"a.zip": zip_bytes({**members, "users.csv": members["users.csv"] + line})})
    assert len(found.of(StudentRecord)) == len(ROSTER.students)
    assert "déjà" in found.findings(Severity.ERROR)[0].sentence
    assert found.header.exported_on is None
    assert date(2010, 2, 28) in {one.birth_date for one in found.of(StudentRecord)}


def test_teachers_and_a_zip_without_classes_are_no_obstacle(tmp_path, members):
    rest = {name: data for name, data in members.items() if name not in {"classes.csv", "academicSessions.csv"}}
    rest["users.csv"] += b"t1,,,true,org-1,teacher,,,Paul,Weber,,,,,,,,\r\n"
    found = read(tmp_path, {"a.zip": zip_bytes(rest)})
    assert {one.class_name for one in found.of(StudentRecord)} == {None}
    assert "WEBER" not in {one.family_name for one in found.of(StudentRecord) if one.given_name == "Paul"}
    assert found.header.year is None
