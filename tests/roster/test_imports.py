"""Upload, compare, apply: what a file brings, and what it may not touch."""

from datetime import date

import pytest

from portal.kernel.errors import DomainError, IllegalTransition
from portal.roster import queries, services
from portal.roster.errors import NeedsConfirmation, RosterOvertaken, Undecided
from portal.roster.models import Guardian, Guardianship, RosterLine, Student
from portal.roster.queries import imports as queries_imports
from portal.roster.reading.records import Finding, GuardianRecord, LinkRecord, Place, Severity, Source, StudentRecord
from portal.roster.states import ImportState, Verdict
from tests import factories as make
from tests.roster import flow

pytestmark = pytest.mark.usefixtures("db", "in_scope")


def test_a_first_file_brings_everybody(school):
    asked = flow.bring(flow.family(), school_id=school.id)
    assert asked.state is ImportState.APPLIED
    assert flow.numbers(asked) == {"students": {"created": 1}, "guardians": {"created": 1}, "links": {"created": 1}}
    (yanis,), (nadia,), (mother,) = make.every(Student), make.every(Guardian), make.every(Guardianship)
    assert (yanis.name, yanis.class_name, yanis.level, yanis.birth_date) == (
        "Yanis Benali", "2DE 4", "2de GT", date(2011, 6, 21),
    )  # fmt: skip
    assert (nadia.name, nadia.email, nadia.city) == ("Nadia Benali", "nadia@example.org", "Metz")
    assert (mother.may_sign, mother.ends_on) == (True, None)
    assert queries.signing(yanis.id).signatories[0].name == "Nadia Benali"


def test_nothing_changes_before_somebody_applies(school):
    before = flow.dump()
    asked = flow.stage(flow.family(), school_id=school.id)
    assert asked.state is ImportState.STAGED
    assert flow.dump() == before


def test_the_same_file_twice_changes_nothing(school):
    flow.bring(flow.town(), school_id=school.id)
    before = flow.dump()
    again = flow.bring(flow.town(), school_id=school.id)
    assert set(again.counts) == {"students", "guardians", "links"}
    assert all(set(found) == {"unchanged"} for found in flow.numbers(again).values())
    assert flow.dump() == before


def test_a_change_is_shown_field_by_field_and_applied(school):
    flow.bring(flow.family(), school_id=school.id)
    moved = [
        flow.student(class_name="2DE 5", left_on=date(2027, 1, 4)),
        flow.guardian(mobile="+33639980099"),
        flow.link(),
    ]
    asked = flow.stage(moved, school_id=school.id)
    lines = {line.kind.value: line.changes for line in make.every(RosterLine, import_id=asked.id) if line.changes}
    assert lines == {
        "student": {"class_name": ["2DE 4", "2DE 5"], "left_on": [None, "2027-01-04"]},
        "guardian": {"mobile": ["+33639980012", "+33639980099"]},
    }
    services.apply(asked.public_id, typed=school.uai)
    assert make.every(Student)[0].class_name == "2DE 5"
    assert make.every(Guardian)[0].mobile == "+33639980099"


def test_an_absent_student_is_marked_never_deleted_and_comes_back(school):
    flow.bring(flow.town(), school_id=school.id)
    gone = [
        one for one in flow.town() if getattr(one, "source_id", None) != "S3" and getattr(one, "student", None) != "S3"
    ]
    asked = flow.bring(gone, school_id=school.id)
    absent = make.every(Student, source_id="S3")[0]
    assert (absent.absent_since, absent.absent_import) == (date(2026, 9, 8), asked.number)
    assert all(one.ends_on is None for one in make.every(Guardianship, student_id=absent.id)), (
        "its family still sees it"
    )
    assert flow.numbers(flow.stage(gone, school_id=school.id))["students"] == {"unchanged": 29}
    flow.bring(flow.town(), school_id=school.id)
    assert make.fresh(absent).absent_since is None


def test_whoever_an_error_leaves_out_is_not_absent_and_keeps_their_links(school):
    flow.bring(flow.family(), school_id=school.id)

    def left_out(about, key):
        return Finding(
            severity=Severity.ERROR, place=Place("e.xml", 9), subject="Benali", field="Prénom", value="",
            sentence="Il manque.", about=about, key=key,
        )  # fmt: skip

    for records in (
        [left_out(StudentRecord, "101"), flow.guardian()],
        [flow.student(), left_out(GuardianRecord, "900")],
        [flow.student(family_name="x" * 200), flow.guardian(), flow.link()],
    ):
        asked = flow.stage(records, school_id=school.id)
        verdicts = {line.verdict for line in make.every(RosterLine, import_id=asked.id)}
        assert Verdict.ABSENT not in verdicts
        assert Verdict.ERROR in verdicts


def test_a_guardian_link_that_disappears_closes_the_right_to_sign(school, clock):
    flow.bring(
        [*flow.family(), flow.guardian("901", name="Karim Benali", email=None), flow.link("101", "901")],
        school_id=school.id,
    )
    student_id = make.every(Student)[0].id
    assert len(queries.signing(student_id).signatories) == 2
    clock.forward(days=3)
    flow.bring(
        [flow.student(), flow.guardian(), flow.guardian("901", name="Karim Benali", email=None), flow.link()],
        school_id=school.id,
    )
    assert [one.name for one in queries.signing(student_id).signatories] == ["Nadia Benali"]
    assert {one.ends_on for one in make.every(Guardianship)} == {None, date(2026, 9, 11)}
    flow.bring(
        [*flow.family(), flow.guardian("901", name="Karim Benali", email=None), flow.link("101", "901")],
        school_id=school.id,
    )
    assert len(queries.signing(student_id).signatories) == 2, "the file names them again"


def test_students_alone_leave_the_guardians_untouched_and_the_reverse(school):
    flow.bring(flow.family(), school_id=school.id)
    students = flow.bring(
        [flow.student(class_name="1RE A")], school_id=school.id, kinds=frozenset({StudentRecord}), typed=school.uai
    )
    assert flow.numbers(students) == {"students": {"changed": 1}, "guardians": {}, "links": {}}
    parents = flow.bring(
        [flow.guardian(name="Nadia B."), flow.link()],
        school_id=school.id,
        kinds=frozenset({GuardianRecord, LinkRecord}),
    )
    assert flow.numbers(parents) == {"students": {}, "guardians": {"changed": 1}, "links": {"unchanged": 1}}


def test_guardians_before_any_student_are_refused_whole(school):
    asked = flow.stage(
        [flow.guardian(), flow.link()], school_id=school.id, kinds=frozenset({GuardianRecord, LinkRecord})
    )
    assert asked.state is ImportState.FAILED
    assert "élève" in asked.sentence
    assert make.every(RosterLine) == []


def test_an_empty_file_is_refused_whole(school):
    assert flow.stage([], school_id=school.id).state is ImportState.FAILED


def test_a_refusal_leaves_every_table_as_it_was(school):
    flow.bring(flow.town(), school_id=school.id)
    before = flow.dump()
    asked = flow.stage(flow.family(), school_id=school.id, refused=DomainError("C’est le fichier d’un autre lycée."))
    assert (asked.state, asked.sentence) == (ImportState.FAILED, "C’est le fichier d’un autre lycée.")
    assert flow.dump() == before


def test_a_file_cut_in_the_middle_is_refused_and_its_first_lines_go(school):
    def cut():
        yield from flow.town()
        raise DomainError("Le fichier est coupé, ligne 812. Exportez-le de nouveau.")

    asked = flow.stage(cut(), school_id=school.id)
    assert asked.state is ImportState.FAILED
    assert make.every(RosterLine, import_id=asked.id) == []


def test_a_student_who_left_is_closed_and_one_never_seen_is_not_brought_in(school):
    flow.bring(flow.family(), school_id=school.id)
    left = date(2026, 9, 1)
    asked = flow.bring(
        [flow.student(left_on=left), flow.guardian(), flow.link(), flow.student("102", given_name="Ilyes", left_on=left),
         flow.guardian("902", name="Autre Parent", email=None), flow.link("102", "902")],
        school_id=school.id,
    )  # fmt: skip
    assert flow.numbers(asked)["students"] == {"left": 2}
    assert flow.numbers(asked)["guardians"] == {"unchanged": 1, "left": 1}
    assert [(one.source_id, one.left_on) for one in make.every(Student)] == [("101", left)]
    assert [one.source_id for one in make.every(Guardian)] == ["900"]


def test_what_the_school_corrected_is_protected(school):
    flow.bring(flow.family(), school_id=school.id)
    nadia, yanis = make.every(Guardian)[0], make.every(Student)[0]
    services.correct_guardian(nadia.public_id, given={"email": "la-bonne@example.org"})
    services.correct_student(yanis.public_id, given={"given_name": "Yanıs"})
    asked = flow.bring(flow.family(), school_id=school.id)
    assert flow.numbers(asked) == {name: {"unchanged": 1} for name in ("students", "guardians", "links")}
    kept = [line.kept for line in make.every(RosterLine, import_id=asked.id) if line.kept]
    assert kept == [{"given_name": ["Yanıs", "Yanis"]}, {"email": ["la-bonne@example.org", "nadia@example.org"]}]
    assert make.fresh(nadia).email == "la-bonne@example.org"
    assert make.fresh(yanis).given_name == "Yanıs"


def test_a_correction_made_after_the_preview_is_protected_too(school):
    flow.bring(flow.family(), school_id=school.id)
    nadia = make.every(Guardian)[0]
    asked = flow.stage(
        [flow.student(), flow.guardian(email="du-fichier@example.org"), flow.link()], school_id=school.id
    )
    services.protect(guardian_id=nadia.id, fields=("email",))
    services.apply(asked.public_id)
    assert make.fresh(nadia).email == "nadia@example.org"
    services.undo(asked.public_id)


def test_silence_erases_neither_level_nor_address(school):
    flow.bring(flow.family(), school_id=school.id)
    asked = flow.bring(
        [flow.student(level=None), flow.guardian(address=None, mobile=None), flow.link()], school_id=school.id
    )
    assert flow.numbers(asked)["students"] == {"unchanged": 1}
    nadia = make.every(Guardian)[0]
    assert (nadia.city, nadia.mobile) == ("Metz", None)


def test_with_one_roster_nobody_signs_until_the_school_says_so(school):
    records = [flow.student(), flow.guardian(), flow.link(may_sign=None)]
    flow.bring(records, school_id=school.id, source=Source.ONEROSTER)
    yanis, nadia = make.every(Student)[0], make.every(Guardian)[0]
    assert make.every(Guardianship)[0].may_sign is None
    assert queries.signing(yanis.id).signatories == []
    services.settle_right(yanis.public_id, nadia.public_id, may_sign=True)
    assert [one.name for one in queries.signing(yanis.id).signatories] == ["Nadia Benali"]
    again = flow.bring(records, school_id=school.id, source=Source.ONEROSTER)
    assert flow.numbers(again)["links"] == {"unchanged": 1}
    assert len(queries.signing(yanis.id).signatories) == 1


def test_too_many_absents_ask_for_the_uai(school):
    flow.bring(flow.town(), school_id=school.id)
    few = flow.town(20)
    asked = flow.stage(few, school_id=school.id)
    before = flow.dump()
    for typed in ("", "oui", "0540002J"):
        with pytest.raises(NeedsConfirmation):
            services.apply(asked.public_id, typed=typed)
    assert flow.dump() == before
    services.apply(asked.public_id, typed=f"{school.uai[:7]} {school.uai[7].lower()}")
    assert sum(one.absent_since is not None for one in make.every(Student)) == 10


def test_too_many_moves_ask_for_the_uai(school):
    flow.bring(flow.town(), school_id=school.id)
    moved = [
        flow.student(one.source_id, family_name=one.family_name, given_name=one.given_name, class_name="1RE A")
        if isinstance(one, StudentRecord) else one for one in flow.town()
    ]  # fmt: skip
    asked = flow.stage(moved, school_id=school.id)
    with pytest.raises(NeedsConfirmation):
        services.apply(asked.public_id)


def test_a_preview_overtaken_by_another_import_is_not_applied(school):
    first = flow.stage(flow.family(), school_id=school.id)
    second = flow.stage(flow.family(), school_id=school.id)
    services.apply(second.public_id)
    with pytest.raises(RosterOvertaken):
        services.apply(first.public_id)
    assert len(make.every(Student)) == 1


def test_a_key_that_changed_is_proposed_to_a_person(school):
    flow.bring([flow.student(ine="123456789AB"), flow.guardian(), flow.link()], school_id=school.id)
    before = flow.dump()
    records = [flow.student("777", given_name="Yanis Karim", ine="123456789AB"), flow.guardian(), flow.link("777")]
    asked = flow.stage(records, school_id=school.id)
    assert flow.numbers(asked)["students"] == {"matches": 1}
    with pytest.raises(Undecided):
        services.apply(asked.public_id)
    services.decide_all(asked.public_id, same=True)
    services.apply(asked.public_id)
    (yanis,) = make.every(Student)
    assert (yanis.source_id, yanis.given_name) == ("777", "Yanis Karim")
    assert len(make.every(Guardianship)) == 1
    again = flow.stage(records, school_id=school.id)
    assert flow.numbers(again) == {name: {"unchanged": 1} for name in ("students", "guardians", "links")}
    services.undo(asked.public_id)
    assert flow.dump() == before


def test_a_proposal_refused_makes_two_people(school):
    flow.bring(flow.family(), school_id=school.id)
    before = flow.dump()
    asked = flow.stage([flow.student("777"), flow.guardian(), flow.link("777")], school_id=school.id)
    line = make.every(RosterLine, import_id=asked.id, verdict=Verdict.MATCH)[0]
    services.decide(asked.public_id, answers={line.id: False})
    services.apply(asked.public_id, typed=school.uai)
    assert [(one.source_id, one.absent_since is not None) for one in make.every(Student)] == [
        ("101", True),
        ("777", False),
    ]
    services.undo(asked.public_id)
    assert flow.dump() == before


def test_a_spreadsheet_then_siecle_are_the_same_people_once_a_person_says_so(school):
    flow.bring(
        [flow.student("t1", level=None), flow.guardian("t9"), flow.link("t1", "t9")],
        school_id=school.id,
        source=Source.TABLE,
    )
    asked = flow.stage(flow.family(), school_id=school.id)
    assert flow.numbers(asked) == {"students": {"matches": 1}, "guardians": {"matches": 1}, "links": {"created": 1}}
    services.decide_all(asked.public_id, same=True)
    services.apply(asked.public_id)
    (yanis,), (nadia,), (_,) = make.every(Student), make.every(Guardian), make.every(Guardianship)
    assert (yanis.source, yanis.source_id, nadia.source) == (Source.SIECLE, "101", Source.SIECLE)
    assert flow.numbers(flow.stage(flow.family(), school_id=school.id))["students"] == {"unchanged": 1}


def test_two_records_with_one_ine_are_kept_apart(school):
    twins = [flow.student("1", ine="123456789AB"), flow.student("2", given_name="Adam", ine="123456789AB")]
    flow.bring(twins, school_id=school.id)
    assert len(make.every(Student)) == 2
    assert flow.numbers(flow.stage(twins, school_id=school.id))["students"] == {"unchanged": 2}


def test_a_link_to_nobody_is_an_error_line_and_the_rest_is_imported(school):
    asked = flow.bring([*flow.family(), flow.link("999", "900"), flow.link("101", "998")], school_id=school.id)
    assert flow.numbers(asked)["links"] == {"created": 1, "errors": 2}
    page = queries_imports.lines_after(asked.id, "erreurs", 0)
    assert {line.given["sentence"] for line in page} == {
        "L’élève de ce lien n’est pas dans le fichier.", "Le responsable de ce lien n’est pas dans le fichier.",
    }  # fmt: skip


def test_what_no_column_can_hold_is_an_error_line(school):
    asked = flow.bring([*flow.family(), flow.student("2", family_name="x" * 81)], school_id=school.id)
    assert flow.numbers(asked)["students"] == {"created": 1, "errors": 1}


def test_the_report_of_the_reader_is_kept_with_its_lines(school):
    said = Finding(
        severity=Severity.WARNING, place=Place("eleves.xml", 31), subject="Élève Yanis Benali", field="INE", value="",
        sentence="L’INE manque.",
    )  # fmt: skip
    asked = flow.bring([*flow.family(), said], school_id=school.id)
    assert flow.numbers(asked)["students"] == {"created": 1, "warnings": 1}
    (line,) = queries_imports.lines_after(asked.id, "avertissements", 0)
    assert (line.file, line.line, line.given["field"]) == ("eleves.xml", 31, "INE")


def test_an_address_abroad_brings_no_parcel(school):
    from portal.kernel.values.address import PostalAddress

    far = PostalAddress(recipient="A B", street="1 Hauptstraße", postcode="L-12345", city="Luxembourg")
    flow.bring([flow.student(), flow.guardian(address=far, abroad=True), flow.link()], school_id=school.id)
    nadia = make.every(Guardian)[0]
    assert (nadia.abroad, nadia.postcode, nadia.city, nadia.address) == (True, None, "L-12345 Luxembourg", None)


def test_an_abandoned_import_leaves_nothing(school):
    asked = flow.stage(flow.family(), school_id=school.id)
    services.discard(asked.public_id)
    assert make.every(RosterLine) == []
    with pytest.raises(IllegalTransition):
        services.apply(asked.public_id)


def test_imports_are_told_to_the_audit_trail(school):
    asked = flow.bring(flow.family(), school_id=school.id)
    services.undo(asked.public_id)
    assert make.trail(f"roster_import:{asked.id}") == ["RosterStaged", "RosterApplied", "RosterUndone"]
