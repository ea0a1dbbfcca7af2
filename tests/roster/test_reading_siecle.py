"""SIECLE's exports, as a lycée downloads them: every record, and what is said of the odd ones."""

from datetime import date

import pytest

from portal.roster.reading.records import Finding, GuardianRecord, LinkRecord, Severity, Source, StudentRecord
from tests.rosters import people, siecle
from tests.rosters.uploads import read


@pytest.fixture(scope="module")
def roster():
    return people.roster(students=60)


@pytest.fixture(scope="module")
def usual(roster, tmp_path_factory):
    return read(tmp_path_factory.mktemp("usual"), siecle.files(roster))


def test_everybody_is_read(roster, usual):
    assert {one.source_id for one in usual.of(StudentRecord)} == {str(one.number) for one in roster.students}
    assert {one.source_id for one in usual.of(GuardianRecord)} == {str(one.number) for one in roster.guardians}
    assert len(usual.of(LinkRecord)) == len(roster.links)
    assert usual.findings(Severity.ERROR) == []


def test_the_header_says_which_lycee_and_which_year(usual):
    assert (usual.header.source, usual.header.uai, usual.header.year) == (Source.SIECLE, "0670001A", 2026)
    assert usual.header.exported_on == date(2026, 9, 1)


def test_links_come_after_the_people_they_join(usual):
    kinds = [type(record) for record in usual.records if not isinstance(record, Finding)]
    assert kinds == sorted(kinds, key=[StudentRecord, GuardianRecord, LinkRecord].index)
