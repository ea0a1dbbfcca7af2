"""SIECLE's exports, as a lycée downloads them: every record, and what is said of the odd ones."""

from datetime import date

import pytest

from portal.kernel.values.address import PostalAddress
from portal.roster.reading.records import GuardianRecord, LinkRecord, Severity, Source, StudentRecord
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
    assert (usual.header.source, usual.header.uai, usual.header.year) == (Source.SIECLE, "0670001M", 2026)
    assert usual.header.exported_on == date(2026, 9, 1)


def test_links_come_after_the_people_they_join(usual):
    kinds = [type(record) for record in usual.people]
    assert kinds == sorted(kinds, key=[StudentRecord, GuardianRecord, LinkRecord].index)


def student(usual, given, family):
    return next(one for one in usual.of(StudentRecord) if (one.given_name, one.family_name) == (given, family))


def test_a_student_is_what_the_file_says(usual, roster):
    said = roster.students[0]
    found = usual.of(StudentRecord)[0]
    assert (found.family_name, found.given_name, found.birth_date) == (said.family, said.given, said.born)
    assert (found.ine, found.class_name) == (said.ine, said.division)
    assert found.level == people.MEFS[said.mef][1]
    assert (found.place.file, found.place.line) == (siecle.STUDENTS, 11)


def test_a_guardian_comes_with_an_address_and_a_mobile_in_one_form(usual, roster):
    said, found = roster.guardians[0], usual.of(GuardianRecord)[0]
    assert found.name == f"{said.given} {said.family}"
    assert found.mobile == f"+33{said.mobile.replace(' ', '')[1:]}"
    assert found.email == said.email
    address = said.address
    assert found.address == PostalAddress(
        recipient=found.name, street=address.lines[0], postcode=address.postcode, city=address.town
    )


def test_old_tags_say_the_same(usual, roster, tmp_path):
    old = read(tmp_path, siecle.files(roster, tags=siecle.OLD))
    assert old.of(StudentRecord) == usual.of(StudentRecord)
    assert old.of(GuardianRecord) == usual.of(GuardianRecord)
    assert [link.may_sign for link in old.of(LinkRecord)] == [link.may_sign for link in usual.of(LinkRecord)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_files_come_in_any_order(usual, roster, order, tmp_path):
    members = list(siecle.files(roster).items())
    assert read(tmp_path, dict(members[place] for place in order)).people == usual.people


def test_a_zip_or_bare_files_are_the_same(usual, roster, tmp_path):
    one = siecle.zipped(siecle.files(roster).items(), tmp_path / "one.zip").read_bytes()
    assert read(tmp_path, {"ExportXML.zip": one}).people == usual.people
    each = {
        f"{name}.zip": siecle.zipped([(name, data)], tmp_path / f"{name}.zip").read_bytes()
        for name, data in siecle.files(roster).items()
    }
    assert read(tmp_path, each).people == usual.people


def test_a_name_proves_nothing(usual, roster, tmp_path):
    students, guardians, labels = siecle.files(roster).values()
    assert read(tmp_path, {"photo.jpg": students, "b": guardians, "liste.csv": labels}).people == usual.people


def test_students_alone_leave_guardians_untouched(roster, tmp_path):
    found = read(tmp_path, {"e.xml": siecle.students(roster)})
    assert found.kinds == {StudentRecord}
    assert found.of(GuardianRecord) == found.of(LinkRecord) == []


def test_guardians_alone_name_students_that_the_school_knows(roster, tmp_path):
    found = read(tmp_path, {"r.xml": siecle.guardians(roster)})
    assert found.kinds == {GuardianRecord, LinkRecord}
    assert len(found.of(LinkRecord)) == len(roster.links)
    assert found.findings(Severity.ERROR) == []


def test_without_a_nomenclature_the_level_is_what_the_school_remembers_or_the_code(roster, tmp_path):
    bare = {"e.xml": siecle.students(roster)}
    assert {one.level for one in read(tmp_path, bare).of(StudentRecord)} <= people.MEFS.keys()
    known = dict.fromkeys(people.MEFS, "Seconde")
    assert {one.level for one in read(tmp_path, bare, labels=known).of(StudentRecord)} == {"Seconde"}


def test_exit_dates_are_kept_past_and_future(usual):
    left = [one.left_on for one in usual.of(StudentRecord) if one.left_on]
    assert left == [date(2026, 7, 4), date(2027, 7, 4)]


def test_a_student_without_a_class_or_among_the_inactive_has_none(usual, roster):
    odd = {str(one.number) for one in roster.students if one.division in {None, "Inactifs"}}
    assert len(odd) == 2
    assert {one.class_name for one in usual.of(StudentRecord) if one.source_id in odd} == {None}


def test_siblings_share_a_guardian_and_twins_stay_two(usual):
    elder, younger = (student(usual, given, "TRAORÉ") for given in ("Fatou", "Ousmane"))
    guardians = [
        {one.guardian for one in usual.of(LinkRecord) if one.student == key.source_id} for key in (elder, younger)
    ]
    assert guardians[0] == guardians[1] != set()
    twins = [one for one in usual.of(StudentRecord) if one.family_name == "MARTIN" and one.given_name in {"Léa", "Zoé"}]
    assert len({(one.birth_date, one.source_id) for one in twins[:2]}) == 2


def test_separated_parents_keep_each_their_own_address(usual):
    noe = student(usual, "Noé", "SIMON")
    keys = [one.guardian for one in usual.of(LinkRecord) if one.student == noe.source_id]
    mother, father = (one for one in usual.of(GuardianRecord) if one.source_id in keys)
    assert mother.address.street != father.address.street
    assert (father.address.line2, father.address.street) == ("APPARTEMENT 12", "8 RUE DU MOULIN")


def test_the_same_ine_flags_both_students_and_keeps_both(usual):
    said = [found for found in usual.findings() if found.field == "INE" and "même INE" in found.sentence]
    assert len(said) == 2
    assert len({found.subject for found in said}) == 2
    assert len({found.value for found in said}) == 1


def test_a_missing_or_provisional_ine_is_a_warning(usual, roster):
    sentences = [found.sentence for found in usual.findings(Severity.WARNING) if found.field == "INE"]
    assert sum("manque" in sentence for sentence in sentences) == 1
    assert sum("CNED" in sentence for sentence in sentences) == 1


def test_a_name_that_latin9_cannot_hold_is_reported_as_damaged(usual):
    assert any("abîmé à la source" in sentence for sentence in usual.said("GÜNE?"))


def test_a_service_has_no_given_name_and_its_cedex_gets_no_parcel(usual):
    service = next(one for one in usual.of(GuardianRecord) if "AIDE SOCIALE" in one.name)
    assert service.address.is_cedex
    assert [found.field for found in usual.findings() if found.subject == service.name] == ["Commune"]
    link = next(one for one in usual.of(LinkRecord) if one.guardian == service.source_id)
    assert link.kinship == "aide sociale à l’enfance"


def test_an_address_abroad_is_said_and_not_kept(usual):
    (abroad,) = [one for one in usual.of(GuardianRecord) if one.abroad]
    assert abroad.address is None
    (found,) = [found for found in usual.findings() if found.subject == abroad.name]
    assert "77694 KEHL" in found.value
    assert "étranger" in found.sentence


def test_a_lost_zero_is_proposed_and_never_applied(usual):
    (found,) = [found for found in usual.findings() if found.field == "Code postal"]
    assert "01000" in found.sentence
    assert "BOURG EN BRESSE" in found.sentence
    assert any(one.address and one.address.postcode == "1000" for one in usual.of(GuardianRecord))


def test_an_adult_student_never_signs_as_their_own_guardian(usual):
    (own,) = [link for link in usual.of(LinkRecord) if link.kinship == "élève lui-même"]
    assert own.may_sign is False


def test_a_shared_address_and_two_addresses_in_a_field_are_said(usual):
    said = [found.sentence for found in usual.findings() if found.field == "Adresse électronique"]
    assert any("aussi celle du responsable" in sentence for sentence in said)
    assert any("plusieurs adresses" in sentence and "maison.une@example.org" in sentence for sentence in said)
