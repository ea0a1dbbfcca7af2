"""Names, vectors, and who is recognised: on plain values."""

import pytest

from portal.federation import rules
from portal.federation.rules import Candidate, Child, Claims, DoubtReason, Vector

HERE, THERE = Child("0540001H", "1"), Child("0880001A", "2")


@pytest.mark.parametrize(
    ("name", "given", "families"),
    [
        ("Claire Dubois", "Claire", ["DUBOIS"]),
        ("Claire Dubois", "Claire Marie Anne", ["DUBOIS"]),
        ("Claire Dubois-Martin", "CLAIRE", ["Dubois Martin"]),
        ("DUBOIS Claire", "Claire", ["Dubois"]),
        ("Anne-Gaëlle Le Goff", "Anne-Gaelle, Marie", ["LE GOFF"]),
        ("Jean-Pierre N’Guyen", "JEAN-PIERRE", ["N'GUYEN"]),
        ("Claire Martin", "Claire", ["DUBOIS", "Martin"]),
        ("Claire Dubois Martin", "Claire", ["DUBOIS", "Martin"]),
        ("Claire Marie Dubois", "Claire Marie", ["DUBOIS"]),
    ],
)
def test_a_name_is_recognised_however_it_is_written(name, given, families):
    assert rules.names_agree(name, given=given, families=families)


@pytest.mark.parametrize(
    ("name", "given", "families"),
    [
        ("Claire Dubois", "Marc", ["DUBOIS"]),
        ("Claire Dubois", "Claire", ["DURAND"]),
        ("Claire Dubois", "Claire", [""]),
        ("Claire Dubois", "", ["DUBOIS"]),
        ("Claire Dubois", "", [""]),
        ("", "Claire", ["DUBOIS"]),
        ("Claire Sophie Dubois", "Claire", ["DUBOIS"]),
        ("Jean Dubois", "Jean-Pierre", ["DUBOIS"]),
        ("Marie Dubois", "Claire Marie", ["DUBOIS"]),
        ("Claire Dubois-Martin", "Claire", ["DUBOIS"]),
    ],
)
def test_another_name_is_not(name, given, families):
    assert not rules.names_agree(name, given=given, families=families)


def test_a_vector_is_read_as_ents_write_it():
    assert rules.read_vector("2|DUBOIS| Claire |701294|0790031e") == Vector(
        parent=True, family_name="DUBOIS", given_name="Claire", child=Child("0790031E", "701294")
    )
    assert rules.read_vector("4|||701294|0790031E").parent is False


@pytest.mark.parametrize("text", ["", "|", "2|a|b|c", "2|a|b|1|0790031E|x", "5|a|b|1|0790031E", "2|a|b|1|", "2|a|b||U"])
def test_what_is_no_vector_is_none(text):
    assert rules.read_vector(text) is None


def parent_of(child, *, name="CLAIRE DUBOIS"):
    given, family = name.split()
    return Vector(parent=True, family_name=family, given_name=given, child=child)


def guardian(number, *, child=HERE, name="Claire Dubois", account_id=None):
    return Candidate(
        child=child, school_id=1, student_id=int(child.source_id), name=name, account_id=account_id, guardian_id=number
    )


def test_exactly_one_person_of_that_name_is_recognised():
    found = rules.recognise([parent_of(HERE)], [guardian(1), guardian(2, name="Marc Dubois")])
    assert [one.guardian_id for one in found.people] == [1]
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([guardian(1, name="Marc Dubois"), guardian(2, name="Léa Petit")], DoubtReason.NOBODY),
        ([guardian(1), guardian(2)], DoubtReason.SEVERAL),
    ],
)
def test_nobody_or_several_of_that_name_is_for_the_lycee(people, reason):
    found = rules.recognise([parent_of(HERE)], people)
    assert found.people == ()
    assert [(doubt.guardian_id, doubt.reason) for doubt in found.doubts] == [(1, reason), (2, reason)]


def test_children_that_lead_to_two_accounts_are_for_the_lycee():
    people = [guardian(1, account_id=7), guardian(2, child=THERE, account_id=8)]
    found = rules.recognise([parent_of(HERE), parent_of(THERE)], people)
    assert found.people == ()
    assert {doubt.reason for doubt in found.doubts} == {DoubtReason.ACCOUNTS}


def test_both_parents_of_a_child_are_never_one_account():
    people = [guardian(1), guardian(2, name="Marc Dubois")]
    found = rules.recognise([parent_of(HERE), parent_of(HERE, name="MARC DUBOIS")], people)
    assert found.people == ()
    assert [doubt.guardian_id for doubt in found.doubts] == [1, 2]


def test_a_child_with_an_account_brings_the_other_along():
    people = [guardian(1), guardian(2, child=THERE, account_id=8)]
    found = rules.recognise([parent_of(HERE), parent_of(THERE)], people)
    assert found.account_id == 8
    assert len(found.people) == 2


def test_a_doubt_about_one_child_does_not_close_the_door_of_the_other():
    people = [guardian(1), guardian(2, child=THERE, name="Léa Petit")]
    found = rules.recognise([parent_of(HERE), parent_of(THERE)], people)
    assert [one.guardian_id for one in found.people] == [1]
    assert [doubt.guardian_id for doubt in found.doubts] == [2]


def test_a_parent_is_never_taken_for_the_student():
    student = Candidate(child=HERE, school_id=1, student_id=10, name="Claire Dubois", account_id=None)
    assert rules.recognise([parent_of(HERE)], [student]).people == ()
    pupil = Vector(parent=False, family_name="", given_name="", child=HERE)
    assert rules.recognise([pupil], [student, guardian(1)]).people == (student,)


def test_a_student_whom_the_ent_gives_another_name_is_for_the_lycee():
    student = Candidate(child=HERE, school_id=1, student_id=10, name="Inès Dubois", account_id=None)
    pupil = Vector(parent=False, family_name="PETIT", given_name="Léa", child=HERE)
    (doubt,) = rules.recognise([pupil], [student]).doubts
    assert (doubt.guardian_id, doubt.student_id) == (None, 10)


@pytest.mark.parametrize(
    ("name", "for_staff", "doubt"),
    [
        ("Claire Dubois", False, None),
        ("Marc Dubois", False, DoubtReason.NAME),
        ("Marc Dubois", True, None),
    ],
)
def test_a_family_links_its_own_name_only(name, for_staff, doubt):
    claims = Claims(provider="edu", key="k", subject="s", given_name="Claire", family_name="DUBOIS")
    assert rules.linking_doubt(claims, account_name=name, for_staff=for_staff) is doubt


def test_claims_survive_the_session():
    claims = Claims(provider="ent", key="k", subject="s", vectors=(parent_of(HERE),), second_factor=True)
    assert Claims.restored(claims.stored()) == claims


def test_no_address_is_among_the_claims():
    assert not {name for name in Claims.__dataclass_fields__ if "mail" in name or "phone" in name}
