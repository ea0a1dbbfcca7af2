"""Who gets an account after an import, what goes to the lycée's list, and what a decision does."""

import pytest

from portal.access import handlers, services
from portal.access.models import AccessLetter, IdentityDoubt
from portal.access.queries.people import Audience
from portal.access.services import doubts, letters
from portal.access.services.doubts import StudentAndParent
from portal.access.states import DoubtKind, DoubtState
from portal.accounts.models import Account
from portal.kernel.errors import IllegalTransition
from portal.platform import scope
from portal.platform.actor import students_of
from portal.roster import services as roster
from portal.roster.events import RosterApplied, RosterUndone
from portal.roster.holders import SignsTwice
from portal.roster.models import Guardian, Student
from tests import factories as make
from tests.roster import flow


def parent(name, school=None, *, child=None, **values):
    guardian = make.guardian(school, name=name, **values)
    make.guardianship(child or make.student(school_id=guardian.school_id), guardian)
    return guardian


def account_ids(*people):
    return [make.fresh(one).account_id for one in people]


def by_staff(school_id, call, *args, **values):
    with scope.schools(school_id):
        return call(*args, **values)


@pytest.fixture
def couple(db):
    """Two parents of one child who share an address."""
    child = make.student()
    mother = parent("Nadia Benali", child=child, email="famille@example.org", mobile="+33639980012")
    father = parent("Karim Benali", child=child, email="famille@example.org", mobile=None)
    services.link_school(child.school_id)
    return child, mother, father


def test_everybody_whom_the_lycee_can_reach_gets_an_account(db):
    by_mail = parent("Nadia Benali", email="Nadia@Example.org", mobile=None)
    by_sms = parent("Sophie Marchal", email=None, mobile="+33639980014")
    by_letter = parent("Paule Joly", email=None, mobile=None)
    adult = make.adult_student(email="ines@example.org", given_name="Inès", family_name="Lefèvre")
    done = services.link_school(by_mail.school_id)
    assert (done.opened, done.linked, done.doubts) == (3, 3, 0)
    found = {one.name: (one.email, one.mobile) for one in make.every(Account)}
    assert found == {
        "Nadia Benali": ("nadia@example.org", None),
        "Sophie Marchal": (None, "+33639980014"),
        "Inès Lefèvre": ("ines@example.org", None),
    }
    assert None not in account_ids(by_mail, by_sms, adult)
    assert account_ids(by_letter) == [None]
    assert services.link_school(by_mail.school_id) == services.Linked(0, 0, 0)


def test_an_import_opens_the_accounts_by_itself(db):
    guardian = parent("Nadia Benali", email="n@example.org", mobile=None)
    with scope.every_school(reason="worker"):
        handlers.open_accesses(RosterApplied(school_id=guardian.school_id, import_id=1), "key")
    assert account_ids(guardian) != [None]


def test_an_import_that_makes_two_guardians_of_one_account_is_found(db):
    """Two children, each with one of the parents: an import may add the other parent to the same child."""
    one, two = parent("Nadia Benali", email="n@example.org", mobile=None), make.guardian(email=None)
    services.link_school(one.school_id)
    make.change(two, account_id=make.fresh(one).account_id)
    child = make.student()
    make.guardianship(child, one)
    make.guardianship(child, two)
    services.link_school(one.school_id)
    first, second = account_ids(one, two)
    assert first is not None
    assert first != second


def test_a_parent_of_two_lycees_has_one_account_and_sees_both_children(db):
    here, there = make.school(), make.school()
    one = parent("Nadia Benali", here, email="n@example.org", mobile=None)
    two = parent("BENALI Nadia", there, email="n@example.org", mobile=None)
    services.link_school(here.id)
    services.link_school(there.id)
    first, second = account_ids(one, two)
    assert first == second is not None
    assert len(students_of(first)) == 2


def test_the_number_of_statements_does_not_grow_with_the_lycee(db, count_statements):
    counts = []
    for size in (3, 12):
        school = make.school()
        for _ in range(size):
            parent("Nadia Benali", school, email=f"p{make.guardian(school).id}@example.org", mobile=None)
        with count_statements() as sql:
            services.link_school(school.id)
        counts.append(sql.count)
    assert counts[0] == counts[1] <= 17


def test_an_address_shared_by_two_parents_lets_nobody_in(couple):
    _, mother, father = couple
    assert account_ids(mother, father) == [None, None]
    (doubt,) = make.every(IdentityDoubt)
    assert (doubt.kind, doubt.state) == (DoubtKind.SHARED_CONTACT, DoubtState.OPEN)
    assert make.every(Account) == []
    assert services.link_school(mother.school_id).doubts == 0


def test_a_doubt_that_an_import_mends_is_withdrawn(couple):
    _, mother, father = couple
    make.change(father, email="karim@example.org")
    services.link_school(mother.school_id)
    assert make.every(IdentityDoubt) == []
    assert None not in account_ids(mother, father)


def test_two_people_each_keep_their_own_way_and_never_the_shared_one(couple):
    child, mother, father = couple
    head = make.head()
    (doubt,) = make.every(IdentityDoubt)
    by_staff(child.school_id, doubts.part, doubt.public_id, by=head.account_id)
    assert account_ids(father) == [None]
    (account,) = make.every(Account, mobile="+33639980012")
    assert (account.id, account.email) == (make.fresh(mother).account_id, None)
    decided = make.fresh(doubt)
    assert (decided.state, decided.decided_by) == (DoubtState.TWO, head.account_id)
    assert services.link_school(child.school_id).doubts == 0


def test_one_person_may_not_be_two_guardians_of_one_child(couple):
    child, mother, father = couple
    (doubt,) = make.every(IdentityDoubt)
    with pytest.raises(SignsTwice):
        by_staff(child.school_id, doubts.unite, doubt.public_id, by=make.head().account_id)
    assert make.fresh(doubt).state is DoubtState.OPEN
    assert account_ids(mother, father) == [None, None]


@pytest.fixture
def maiden_name(db):
    """One mother under two names, for two children of one lycée."""
    one = parent("Nadia Benali", email="n@example.org", mobile=None)
    two = parent("Nadia Martin", email="n@example.org", mobile=None)
    services.link_school(one.school_id)
    return one, two


def test_one_person_gets_one_access_with_the_contact_that_was_doubtful(maiden_name):
    one, two = maiden_name
    (doubt,) = make.every(IdentityDoubt)
    assert doubt.kind is DoubtKind.SAME_PERSON
    by_staff(one.school_id, doubts.unite, doubt.public_id, by=make.head().account_id)
    first, second = account_ids(one, two)
    assert first == second is not None
    assert make.every(Account, id=first)[0].email == "n@example.org"
    assert len(students_of(first)) == 2


def test_a_decision_is_taken_back_whole(maiden_name):
    one, two = maiden_name
    old = make.account(name="Nadia Martin", email=None)
    make.change(two, account_id=old.id)
    (doubt,) = make.every(IdentityDoubt)
    by_staff(one.school_id, doubts.unite, doubt.public_id, by=make.head().account_id)
    assert account_ids(one, two) == [old.id, old.id]
    by_staff(one.school_id, doubts.reopen, doubt.public_id)
    assert account_ids(one, two) == [None, old.id]
    again = make.fresh(doubt)
    assert (again.state, again.decided_at, again.united) == (DoubtState.OPEN, None, None)
    assert "DoubtReopened" in make.trail()


def test_two_lycees_must_agree_and_each_sees_its_own_side_only(db):
    here, there = make.school(), make.school()
    one = parent("Nadia Benali", here, email="n@example.org", mobile=None)
    two = parent("Nadia Martin", there, email="n@example.org", mobile=None)
    services.link_school(here.id)
    first, second = make.every(IdentityDoubt)
    assert {first.school_id: first.guardian_id, second.school_id: second.guardian_id} == {
        here.id: one.id,
        there.id: two.id,
    }
    from portal.access.queries import doubts as reads

    case = by_staff(first.school_id, reads.case, first.public_id)
    assert (case.one.known, case.other.known, case.other.name) == (True, False, "")
    by_staff(first.school_id, doubts.unite, first.public_id, by=make.head(here).account_id)
    assert account_ids(one, two) == [None, None]
    by_staff(second.school_id, doubts.unite, second.public_id, by=make.head(there).account_id)
    united = account_ids(one, two)
    assert united[0] == united[1] is not None


def test_a_student_and_a_parent_are_never_one_person(db):
    child = make.student(given_name="Jean", family_name="Martin", email="j@example.org")
    father = parent("Jean Martin", child=child, email="j@example.org", mobile=None)
    services.link_school(child.school_id)
    (doubt,) = make.every(IdentityDoubt)
    with pytest.raises(StudentAndParent):
        by_staff(child.school_id, doubts.unite, doubt.public_id, by=make.head().account_id)
    assert account_ids(father, child) == [None, None]


def test_a_doubt_is_decided_once(couple):
    child, _, _ = couple
    (doubt,) = make.every(IdentityDoubt)
    by_staff(child.school_id, doubts.part, doubt.public_id, by=make.head().account_id)
    with pytest.raises(IllegalTransition):
        by_staff(child.school_id, doubts.unite, doubt.public_id, by=make.head().account_id)


def test_an_import_taken_back_takes_its_letters_and_its_doubts_with_it(db):
    """The worker has opened accounts, printed letters and raised a doubt meanwhile: none of it is in the way."""
    school = make.school()
    before = flow.guardian("901", name="Paule Joly", email=None, mobile=None), flow.guardian("902", name="Karim Benali")
    records = [*flow.family(), *before, flow.link("101", "901"), flow.link("101", "902")]
    with scope.schools(school.id):
        applied = roster.apply(flow.stage(records, school_id=school.id).public_id)
        services.link_school(school.id)
        letters.ask(school_id=school.id, audience=Audience.ALL)
    assert make.every(AccessLetter)
    assert make.every(IdentityDoubt)
    with scope.schools(school.id):
        roster.undo(applied.public_id)
    with scope.every_school(reason="worker"):
        handlers.match_again(RosterUndone(school_id=school.id, import_id=applied.id), "key")
    assert (make.every(Guardian), make.every(Student), make.every(AccessLetter), make.every(IdentityDoubt)) == (
        [],
        [],
        [],
        [],
    )
