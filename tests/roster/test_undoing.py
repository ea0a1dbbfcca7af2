"""How to go back: an import undone leaves nothing of itself, or refuses and says why."""

import pytest

from portal.kernel.errors import IllegalTransition
from portal.roster import services
from portal.roster.errors import CannotUndo
from portal.roster.models import Guardian, RosterLine, Student
from portal.roster.reading.records import StudentRecord
from portal.roster.states import ImportState
from tests import factories as make
from tests.roster import flow

pytestmark = pytest.mark.usefixtures("db", "in_scope")


def test_an_undo_puts_everything_back_exactly(school):
    flow.bring(flow.town(), school_id=school.id)
    nadia = make.every(Guardian)[0]
    services.correct_guardian(nadia.public_id, given={"email": "autre@example.org"})
    before = flow.dump()
    changed = [
        flow.student(one.source_id, family_name=one.family_name, given_name=one.given_name, class_name="1RE A", ine="123456789AB")
        if isinstance(one, StudentRecord) and one.source_id in {"S1", "S2"} else one
        for one in flow.town() if getattr(one, "student", getattr(one, "source_id", "")) not in {"S5", "G4-0"}
        and getattr(one, "guardian", "") != "G8-0"
    ]  # fmt: skip
    changed += [
        flow.student("N1", given_name="Nouvelle"),
        flow.guardian("N9", name="Sa Mère", address=None),
        flow.link("N1", "N9"),
    ]
    asked = flow.bring(changed, school_id=school.id, typed=school.uai)
    assert flow.dump() != before
    services.undo(asked.public_id)
    assert make.fresh(asked).state is ImportState.UNDONE
    assert flow.dump() == before
    with pytest.raises(IllegalTransition):
        services.undo(asked.public_id)


def test_an_undo_refuses_what_was_edited_since_and_says_which(school):
    flow.bring(flow.family(), school_id=school.id)
    asked = flow.bring([flow.student(email="un@example.org"), flow.guardian(), flow.link()], school_id=school.id)
    services.correct_student(make.every(Student)[0].public_id, given={"email": "deux@example.org"})
    before = flow.dump()
    with pytest.raises(CannotUndo, match=r"Yanis Benali .*électronique"):
        services.undo(asked.public_id)
    assert flow.dump() == before


def test_an_undo_refuses_to_take_away_a_student_who_has_a_file(school):
    asked = flow.bring(flow.family(), school_id=school.id)
    make.loan(student=make.every(Student)[0])
    before = flow.dump()
    with pytest.raises(CannotUndo):
        services.undo(asked.public_id)
    assert flow.dump() == before


def test_after_thirty_days_the_people_of_an_import_are_forgotten(school, clock):
    asked = flow.bring(flow.family(), school_id=school.id)
    clock.forward(days=31)
    with pytest.raises(CannotUndo):
        services.undo(asked.public_id)
    flow.stage(flow.family(), school_id=school.id)
    assert make.every(RosterLine, import_id=asked.id) == []
    assert make.fresh(asked).counts["students"]["created"] == 1
