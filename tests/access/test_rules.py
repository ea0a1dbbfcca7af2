"""Codes, dates, names, and who may be one person: plain values."""

import secrets
from datetime import date, timedelta

import pytest

from portal.access import rules
from portal.access.rules import LetterFacts, Person, Ref, Sameness, compare_names, plan
from portal.access.states import DoubtKind, LetterState
from tests.conftest import Clock


def test_a_code_has_sixty_bits_and_no_sign_that_looks_like_another():
    assert len(rules.SYMBOLS) == 32
    assert rules.CODE_LENGTH * 5 == 60
    assert set("01IO") & set(rules.SYMBOLS) == set()
    drawn = {rules.new_code(secrets) for _ in range(500)}
    assert len(drawn) == 500
    assert set("".join(drawn)) == set(rules.SYMBOLS)


def test_a_code_is_printed_in_three_groups():
    assert rules.grouped("ABCDEFGHJKLM") == "ABCD-EFGH-JKLM"


@pytest.mark.parametrize(
    "typed",
    ["ABCD-EFGH-JKLM", "abcdefghjklm", " abcd efgh jklm ", "ABCD‑EFGH–JKLM", "AB CD.EF_GH-JKLM", "ＡＢＣＤEFGHJKLM"],
)
def test_a_code_is_understood_however_it_is_typed(typed):
    assert rules.read_code(typed) == "ABCDEFGHJKLM"


def test_what_is_misread_on_paper_is_understood():
    assert rules.read_code("1bcd-efgh-jkI0") == "LBCDEFGHJKLQ"


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH-JKL", "ABCD-EFGH-JKLMN", "ABCD-EFGH-JKL*", "مرحبا"])
def test_what_cannot_be_a_code_is_none(typed):
    assert rules.read_code(typed) is None


@pytest.mark.parametrize(
    "typed",
    [("21", "6", "2011"), ("21", "06", "2011"), ("21", "juin", "2011"), (" 21 ", "JUIN", "11"), ("21", "Juin", "2011")],
)
def test_a_birth_date_is_read_as_people_write_it(typed):
    assert rules.read_birth_date(*typed) == date(2011, 6, 21)


@pytest.mark.parametrize(("month", "number"), [("février", 2), ("fevr.", 2), ("août", 8), ("déc", 12), ("juillet", 7)])
def test_months_may_be_written_in_words(month, number):
    assert rules.read_birth_date("1", month, "2010") == date(2010, number, 1)


@pytest.mark.parametrize(
    "typed",
    [("31", "2", "2011"), ("", "6", "2011"), ("21", "brumaire", "2011"), ("x", "6", "2011"), ("21", "6", "20111")],
)
def test_what_is_no_day_is_none(typed):
    assert rules.read_birth_date(*typed) is None


def facts(state=LetterState.LIVE, **changes):
    return LetterFacts(**{"state": state, "tries": 0, "expires_at": Clock.START + timedelta(days=90), **changes})


def test_a_live_letter_opens_the_door_for_ninety_days():
    assert rules.obstacle(facts(), now=Clock.START + timedelta(days=90, seconds=-1)) is None
    assert "90 jours" in rules.obstacle(facts(), now=Clock.START + timedelta(days=90))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LetterState.USED, "déjà servi"),
        (LetterState.REPLACED, "plus récente"),
        (LetterState.SPENT, "trop ancienne"),
        (LetterState.EXPIRED, "trop ancienne"),
        (LetterState.ASKED, "trop ancienne"),
    ],
)
def test_every_other_letter_says_why_it_opens_nothing(state, said):
    assert said in rules.obstacle(facts(state), now=Clock.START)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Nadia Benali", "BENALI Nadia", Sameness.SAME),
        ("Mme Nadia Benali", "Nadia BENALI", Sameness.SAME),
        ("Anne-Gaëlle Le Goff", "LE GOFF Anne Gaelle", Sameness.SAME),
        ("Nadia Benali", "Nadia Benali-Martin", Sameness.DOUBTFUL),
        ("Nadia Benali", "Nadia Martin", Sameness.DOUBTFUL),
        ("Nadia Sara Benali", "Nadia Benali", Sameness.DOUBTFUL),
        ("Nadia Benali", "Karim Benali", Sameness.DIFFERENT),
        ("Benali Nadia", "Benali Karim", Sameness.DOUBTFUL),
        ("Nadia Benali", "", Sameness.DIFFERENT),
        ("M.", "Mme", Sameness.DIFFERENT),
    ],
)
def test_names_are_one_two_or_doubtful(one, other, expected):
    assert compare_names(one, other) is expected
    assert compare_names(other, one) is expected


def person(kind, number, name, *, email=None, mobile=None, account=None, school=1, students=()):
    return Person(
        ref=Ref(kind, number), name=name, email=email, mobile=mobile, account_id=account,
        school_id=None if kind == "a" else school, students=frozenset(students),
    )  # fmt: skip


def made(*people, decided=None):
    return plan(people, decided=decided or {})


def test_somebody_with_an_address_gets_an_access():
    (access,) = made(person("g", 1, "Nadia Benali", email="N@example.org", mobile="+33639980012")).accesses
    assert (access.account_id, access.email, access.mobile) == (None, "n@example.org", "+33639980012")


def test_somebody_without_any_contact_gets_nothing_and_no_doubt():
    assert made(person("g", 1, "Nadia Benali")) == rules.Plan((), ())


def test_the_same_person_in_two_lycees_gets_one_access():
    here = person("g", 1, "Nadia Benali", email="n@example.org")
    there = person("g", 2, "BENALI Nadia", email="N@EXAMPLE.ORG", school=2)
    (access,) = made(here, there).accesses
    assert access.people == (here, there)


def test_two_parents_who_share_an_address_get_nothing_until_somebody_decides():
    mother = person("g", 1, "Nadia Benali", email="famille@example.org", mobile="+33639980012", students=[7])
    father = person("g", 2, "Karim Benali", email="famille@example.org", students=[7])
    found = made(mother, father)
    assert found.accesses == ()
    assert [(doubt.kind, doubt.one, doubt.other) for doubt in found.doubts] == [
        (DoubtKind.SHARED_CONTACT, mother, father)
    ]


def test_two_people_decided_get_their_own_contacts_and_never_the_shared_one():
    mother = person("g", 1, "Nadia Benali", email="famille@example.org", mobile="+33639980012", students=[7])
    father = person("g", 2, "Karim Benali", email="famille@example.org", students=[7])
    found = made(mother, father, decided={"g1-g2": False})
    assert found.doubts == ()
    (access,) = found.accesses
    assert (access.people, access.email, access.mobile) == ((mother,), None, "+33639980012")


def test_a_usage_name_is_a_doubt():
    found = made(
        person("g", 1, "Nadia Benali", email="n@example.org"),
        person("g", 2, "Nadia Martin", email="n@example.org", school=2),
    )
    assert (found.accesses, [doubt.kind for doubt in found.doubts]) == ((), [DoubtKind.SAME_PERSON])


def test_one_person_decided_gets_one_access():
    here, there = (
        person("g", 1, "Nadia Benali", email="n@example.org"),
        person("g", 2, "Nadia Martin", email="n@example.org", school=2),
    )
    (access,) = made(here, there, decided={"g1-g2": True}).accesses
    assert access.people == (here, there)


def test_a_student_and_a_parent_are_two_people_even_with_one_name():
    found = made(
        person("g", 1, "Jean Martin", email="j@example.org", students=[7]),
        person("s", 7, "Jean Martin", email="j@example.org", students=[7]),
    )
    assert (found.accesses, [doubt.kind for doubt in found.doubts]) == ((), [DoubtKind.SHARED_CONTACT])


def test_a_parent_whom_the_file_holds_twice_for_one_student_is_a_doubt():
    found = made(
        person("g", 1, "Nadia Benali", email="n@example.org", students=[7]),
        person("g", 2, "Nadia Benali", email="n@example.org", students=[7]),
    )
    assert (found.accesses, [doubt.kind for doubt in found.doubts]) == ((), [DoubtKind.SAME_PERSON])


def test_an_account_of_the_same_name_is_taken_and_another_name_is_a_doubt():
    account = person("a", 9, "Nadia Benali", email="n@example.org", account=9)
    (access,) = made(account, person("g", 1, "Nadia Benali", email="n@example.org")).accesses
    assert access.account_id == 9
    found = made(account, person("g", 1, "Karim Benali", email="n@example.org"))
    assert (found.accesses, [doubt.other.ref for doubt in found.doubts]) == ((), [Ref("a", 9)])


def test_nobody_who_has_an_access_gets_another():
    account = person("a", 9, "Nadia Benali", email="n@example.org", account=9)
    assert made(account, person("g", 1, "Nadia Benali", email="n@example.org", account=9)) == rules.Plan((), ())


def test_what_two_people_with_accesses_of_their_own_share_is_no_question_unless_it_lets_one_of_them_in():
    mother = person("g", 1, "Nadia Benali", email="n@example.org", mobile="+33639980012", account=8)
    father = person("g", 2, "Karim Benali", email="k@example.org", mobile="+33639980012", account=9)
    hers = person("a", 8, "Nadia Benali", email="n@example.org", account=8)
    his = person("a", 9, "Karim Benali", email="k@example.org", account=9)
    assert made(mother, father, hers, his) == rules.Plan((), ())
    by_sms = person("a", 8, "Nadia Benali", mobile="+33639980012", account=8)
    assert len(made(mother, father, by_sms, his).doubts) == 1


def test_a_chain_of_contacts_never_makes_one_person_of_two_signatories():
    people = (
        person("g", 1, "Nadia Benali", email="n@example.org", students=[7]),
        person("g", 2, "Nadia Benali", mobile="+33639980012", students=[7]),
        person("g", 3, "Nadia Benali", email="n@example.org", mobile="+33639980012", school=2, students=[8]),
    )
    found = made(*people)
    assert found.accesses == ()
    assert found.doubts


def test_an_address_of_a_whole_home_asks_one_question_less_than_it_has_people():
    found = made(*(person("g", n, f"Prénom{n} Nom{n}", email="foyer@example.org") for n in range(1, 13)))
    assert (len(found.doubts), found.accesses) == (11, ())
