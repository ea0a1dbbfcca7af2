"""Coming in by a letter, once; five tries; another way; the children of another lycée."""

from datetime import date

import pytest

from portal.access import services
from portal.access.models import AccessLetter, IdentityDoubt
from portal.access.rules import WRONG
from portal.access.services import door
from portal.access.states import LetterState
from portal.accounts.models import Account, SignInLink
from portal.kernel import clock as time
from portal.platform import scope
from portal.platform.actor import students_of
from portal.roster.holders import SignsTwice, hold
from portal.roster.models import Guardian
from tests import factories as make
from tests.factories.access import CODE

BORN, WRONG_DATE = date(2011, 3, 14), date(2011, 3, 15)


@pytest.fixture
def guardian(db):
    guardian = make.guardian(email=None, mobile=None, name="Sophie Marchal")
    make.guardianship(make.student(birth_date=BORN), guardian)
    return guardian


@pytest.fixture
def letter(guardian):
    return make.letter(guardian)


def test_a_letter_opens_an_account_and_ends(letter, guardian):
    entry = door.come_in(code=CODE, birth_date=BORN)
    assert (entry.refusal, entry.has_email) == ("", False)
    assert make.fresh(guardian).account_id == entry.account_id
    assert make.fresh(make.every(Account)[0]).name == "Sophie Marchal"
    used = make.fresh(letter)
    assert (used.state, used.used_at) == (LetterState.USED, time.now())
    assert "LetterUsed" in make.trail()
    assert "déjà servi" in door.come_in(code=CODE, birth_date=BORN).refusal


def test_a_letter_finds_the_account_that_its_person_has(guardian, letter):
    account = make.account(name=guardian.name)
    make.change(guardian, account_id=account.id)
    entry = door.come_in(code=CODE, birth_date=BORN)
    assert (entry.account_id, entry.has_email) == (account.id, True)
    assert len(make.every(Account)) == 1


def test_any_child_of_the_guardian_opens_the_letter_and_nobody_elses(guardian, letter):
    make.guardianship(make.student(birth_date=date(2009, 1, 2)), guardian)
    stranger = make.student(birth_date=date(2010, 5, 5))
    assert door.come_in(code=CODE, birth_date=stranger.birth_date).refusal == WRONG
    assert door.come_in(code=CODE, birth_date=date(2009, 1, 2)).refusal == ""


def test_a_child_whose_link_has_ended_does_not_count(db):
    guardian = make.guardian()
    make.guardianship(make.student(birth_date=BORN), guardian, ends_on=date(2026, 9, 1))
    make.letter(guardian)
    assert door.come_in(code=CODE, birth_date=BORN).refusal == WRONG


def test_an_adult_student_opens_their_own_letter(db):
    student = make.adult_student()
    make.letter(make.guardian(), guardian_id=None, student_id=student.id)
    entry = door.come_in(code=CODE, birth_date=student.birth_date)
    assert students_of(entry.account_id) == {student.id}


def test_wrong_code_wrong_date_and_sixth_try_are_one_sentence(letter):
    said = {door.come_in(code="22222222222A", birth_date=BORN).refusal}
    said |= {door.come_in(code=CODE, birth_date=WRONG_DATE).refusal for _ in range(6)}
    said.add(door.come_in(code=CODE, birth_date=BORN).refusal)
    assert said == {WRONG}
    spent = make.fresh(letter)
    assert (spent.tries, spent.state) == (5, LetterState.SPENT)


def test_a_used_letter_tells_no_birth_date_to_whoever_found_it(letter):
    door.come_in(code=CODE, birth_date=BORN)
    for _ in range(5):
        assert door.come_in(code=CODE, birth_date=WRONG_DATE).refusal == WRONG
    assert door.come_in(code=CODE, birth_date=BORN).refusal == WRONG


def test_a_letter_ends_after_ninety_days(letter, clock):
    clock.forward(days=90)
    entry = door.come_in(code=CODE, birth_date=BORN)
    assert "90 jours" in entry.refusal
    assert entry.may_renew


def test_the_code_is_nowhere_in_the_database(letter):
    assert CODE not in str(make.fresh(letter).code_hash)
    assert len(make.fresh(letter).code_hash) == 64


def test_eight_right_codes_at_once_enter_once(letter, guardian, together):
    entries = together(lambda: door.come_in(code=CODE, birth_date=BORN))
    assert sorted(entry.refusal == "" for entry in entries) == [False] * 7 + [True]
    assert len(make.every(Account)) == 1


def test_eight_wrong_dates_at_once_never_exceed_five_tries(letter, together):
    entries = together(lambda: door.come_in(code=CODE, birth_date=WRONG_DATE))
    assert {entry.refusal for entry in entries} == {WRONG}
    assert make.fresh(letter).tries == 5


def test_two_tabs_that_ask_for_a_letter_make_one_wish(letter, guardian, together):
    door.come_in(code=CODE, birth_date=BORN)
    together(lambda: attempt(door.ask_another_way, code=CODE, birth_date=BORN, browser="b"))
    assert [row.state for row in make.every(AccessLetter)] == [LetterState.USED, LetterState.ASKED]


def attempt(call, **values):
    from portal.accounts.rules import Wait

    try:
        return call(**values)
    except Wait:
        return None


def test_another_way_goes_to_the_address_of_the_account(letter, guardian):
    account = make.account(name=guardian.name)
    make.change(guardian, account_id=account.id)
    door.ask_another_way(code=CODE, birth_date=BORN, browser="b")
    (link,) = make.every(SignInLink)
    assert link.account_id == account.id
    assert len(make.every(AccessLetter)) == 1


def test_without_any_contact_the_lycee_sees_the_wish(letter, guardian):
    door.ask_another_way(code=CODE, birth_date=BORN, browser="b")
    (link,) = make.every(SignInLink)
    assert link.account_id is None
    wish = make.every(AccessLetter, state=LetterState.ASKED)
    assert [row.guardian_id for row in wish] == [guardian.id]


def test_a_wrong_date_asks_for_nothing_and_looks_the_same(letter):
    assert door.ask_another_way(code=CODE, birth_date=WRONG_DATE, browser="b")
    assert [row.state for row in make.every(AccessLetter)] == [LetterState.LIVE]
    assert make.every(SignInLink)[0].account_id is None


def other_lycee(name, *, code=CODE, **values):
    """A child in another lycée, with a letter to this guardian."""
    guardian = make.guardian(make.school(), name=name, email=None, mobile=None, **values)
    student = make.student(school_id=guardian.school_id, birth_date=date(2009, 6, 1))
    make.guardianship(student, guardian)
    make.letter(guardian, code=code)
    return guardian, student


def test_one_person_sees_the_children_of_two_lycees_after_one_entry(db):
    family = make.family()
    _, there = other_lycee(family.guardian.name)
    joined = door.join(code=CODE, birth_date=there.birth_date, account_id=family.account_id)
    assert joined.done
    assert students_of(family.account_id) == {family.student.id, there.id}


def test_another_name_is_for_the_lycee_to_decide(db):
    family = make.family(guardian=make.guardian(name="Nadia Benali"))
    guardian, there = other_lycee("Karim Benali")
    joined = door.join(code=CODE, birth_date=there.birth_date, account_id=family.account_id)
    assert (joined.done, joined.asked) == (False, True)
    assert make.fresh(guardian).account_id is None
    (doubt,) = make.every(IdentityDoubt)
    assert (doubt.school_id, doubt.guardian_id, doubt.account_id) == (
        guardian.school_id,
        guardian.id,
        family.account_id,
    )
    assert make.every(AccessLetter)[0].state is LetterState.LIVE


def test_a_letter_used_by_another_account_is_for_the_lycee_to_decide(db):
    family = make.family(guardian=make.guardian(name="Nadia Benali"))
    guardian, there = other_lycee("Nadia Benali")
    entry = door.come_in(code=CODE, birth_date=there.birth_date)
    joined = door.join(code=CODE, birth_date=there.birth_date, account_id=family.account_id)
    assert joined.asked
    assert make.fresh(guardian).account_id == entry.account_id


def test_the_other_parents_letter_never_joins_the_same_childs_access(db):
    mother = make.family(make.student(birth_date=BORN), guardian=make.guardian(name="Nadia Benali"))
    father = make.guardian(name="Nadia Benali")  # the file may hold any name
    make.guardianship(mother.student, father)
    make.letter(father)
    joined = door.join(code=CODE, birth_date=BORN, account_id=mother.account_id)
    assert "signe pour elle-même" in joined.refusal
    assert make.fresh(father).account_id is None


def test_an_account_is_never_two_guardians_of_one_student(db):
    mother = make.family()
    father = make.guardian()
    make.guardianship(mother.student, father)
    with scope.every_school(reason="tests"), pytest.raises(SignsTwice):
        hold(guardians={father.id: mother.account_id})
    assert make.fresh(father).account_id is None


def test_two_hands_at_once_never_make_one_account_of_two_guardians(db, together):
    child, account = make.student(), make.account()
    parents = [make.guardian() for _ in range(8)]
    for parent in parents:
        make.guardianship(child, parent)
    wanted = iter(parents)

    def give():
        try:
            with scope.every_school(reason="tests"):
                hold(guardians={next(wanted).id: account.id})
        except SignsTwice:
            return False
        return True

    assert sum(together(give)) == 1
    assert len(make.every(Guardian, account_id=account.id)) == 1


def test_a_claim_with_the_lycees_own_key_and_the_same_name_is_sure(db):
    guardian = make.guardian(name="Nadia Benali")
    make.guardianship(make.student(), guardian)
    proposal = services.propose(
        name="BENALI Nadia", proof=services.Proof.SCHOOL_KEY, subject="ent:1", guardian_id=guardian.id
    )
    assert make.fresh(guardian).account_id == proposal.account_id is not None


@pytest.mark.parametrize(
    ("name", "proof"), [("Nadia Benali", services.Proof.NAME), ("Karim Benali", services.Proof.SCHOOL_KEY)]
)
def test_a_claim_by_name_only_or_with_another_name_is_for_the_lycee(db, name, proof):
    guardian = make.guardian(name="Nadia Benali")
    make.guardianship(make.student(), guardian)
    for _ in range(2):
        proposal = services.propose(name=name, proof=proof, subject="fc:1", guardian_id=guardian.id)
        assert (proposal.account_id, proposal.doubt) == (None, True)
    (doubt,) = make.every(IdentityDoubt)
    assert (doubt.subject, doubt.claimed_name) == ("fc:1", name)
