"""Rights that are asked: recorded, answered, refused with the reason; an erasure leaves nobody's name (PRV-4)."""

import json

import pytest
from sqlalchemy import MetaData, select

from portal.charter.models import CharterSignature
from portal.charter.states import SignatureState
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import files, scope
from portal.privacy import handlers, rules
from portal.privacy.events import FileErased
from portal.privacy.models import RightsRequest
from portal.privacy.rules import LoanFacts
from portal.privacy.services import rights
from portal.privacy.states import RequestState, Right
from portal.roster.models import Guardian, Student
from portal.shipping.models import Parcel
from tests import factories as make
from tests.pages import Page
from tests.privacy.old_rows import is_there

STATES = [
    (LoanState.DRAFT, rules.DRAFT_OPEN),
    (LoanState.SUBMITTED, rules.DRAFT_OPEN),
    (LoanState.LENT, rules.LOAN_OPEN),
    (LoanState.IN_TRANSIT, rules.LOAN_OPEN),
    (LoanState.CLOSED, None),
    (LoanState.REFUSED, None),
    (LoanState.KEPT, None),
]


@pytest.mark.parametrize(("state", "reason"), STATES)
def test_an_open_loan_forbids_an_erasure_and_says_why(state, reason):
    assert rules.obstacle([LoanFacts(1, LoanState.CLOSED), LoanFacts(2, state)]) == reason


@pytest.mark.parametrize(("typed", "confirmed"), [("EFFACER", True), (" effacer ", True), ("oui", False), ("", False)])
def test_the_word_is_typed_or_nothing_happens(typed, confirmed):
    assert rules.is_confirmed(typed) is confirmed


@pytest.fixture
def home(app):
    """A family whose only child has a loan that is over: its charter was signed, its parcel arrived."""
    make.campaign()
    child = make.student(given_name="Zoé", family_name="Uniquenom", email="zoe.uniquenom@example.org")
    family = make.family(child, guardian=make.guardian(name="Parent Uniquenom", email="parent.uniquenom@example.org"))
    loan = make.loan(student=child, state=LoanState.CLOSED, requested_by=family.account_id, note="Mot de Uniquenom")
    make.change(loan, recipient="Mme Uniquenom", contact_email="parent.uniquenom@example.org")
    sealed, shown = (files.keep(text, kind="charte") for text in (b"%PDF-1.7 sealed", b"%PDF-1.7 shown"))
    given = {
        "presented_key": shown,
        "presented_sha256": "x",
        "sealed_key": sealed,
        "blanks": {"eleve": "Zoé Uniquenom"},
    }
    make.signature(loan, by=family, state=SignatureState.SEALED, name_typed="Parent Uniquenom", **given)
    return family, loan, sealed, shown


def ask(family, kind=Right.ERASE):
    with scope.family(family.account_id, frozenset({family.student.id})):
        return rights.ask(
            kind=kind, student_id=family.student.id, account_id=family.account_id, details="Uniquenom part."
        )


def said_in_the_database(app, words):
    """The tables in which these words stand anywhere."""
    from portal.extensions import db

    found = MetaData()
    found.reflect(db.engine)
    with db.engine.connect() as link:
        return sorted(
            table.name
            for table in found.sorted_tables
            if any(words in str(value) for row in link.execute(select(table)) for value in row)
        )


def test_an_erasure_leaves_no_name_and_keeps_what_an_archive_needs(db, app, home):
    family, loan, _, shown = home
    head, asked = make.head(), ask(family)
    refused = make.loan(student=family.student, state=LoanState.REFUSED)
    assert asked.state is RequestState.RECEIVED
    with scope.schools(loan.school_id):
        counts = rights.erase(asked.id, typed="effacer", by=head.account_id)
    assert said_in_the_database(app, "Uniquenom") == []
    assert said_in_the_database(app, "uniquenom@") == []
    assert not is_there(refused)
    assert not is_there(family.account)
    kept = make.fresh(loan)
    assert (kept.state, kept.reference, kept.requested_by) == (LoanState.CLOSED, loan.reference, None)
    (student,) = make.every(Student)
    assert (student.name, student.birth_date.isoformat(), student.account_id) == ("Élève Effacé", "2011-01-01", None)
    (guardian,) = make.every(Guardian)
    assert guardian.name == "Responsable effacé"
    (signature,) = make.every(CharterSignature)
    assert files.read(signature.sealed_key) == b"%PDF-1.7 sealed"
    with pytest.raises(FileNotFoundError):
        files.read(shown)
    done = make.every(RightsRequest)[0]
    assert (done.state, done.details, done.outcome) == (RequestState.EXECUTED, None, counts)
    assert make.trail(f"rights:{asked.id}") == ["RightsAsked", "FileErased"]


def test_a_file_without_any_loan_goes_whole(db, app):
    make.campaign()
    family = make.family(make.student(family_name="Uniquenom"))
    asked = ask(family)
    with scope.schools(family.student.school_id):
        rights.erase(asked.id, typed="EFFACER", by=make.head().account_id)
    assert make.every(Student) == make.every(Guardian) == []
    assert said_in_the_database(app, "Uniquenom") == []


def test_a_restored_backup_does_not_bring_back_whoever_was_erased(db, app):
    make.campaign()
    gone, lent = (make.family(make.student(family_name="Uniquenom")) for _ in range(2))
    make.loan(state=LoanState.LENT, student=lent.student)
    handlers.note_erasure(FileErased(school_id=1, request_id=1, student=gone.student.public_id), "key")
    handlers.note_erasure(FileErased(school_id=1, request_id=2, student=lent.student.public_id), "key")
    handlers.note_erasure(FileErased(school_id=1, request_id=3, student="nobody"), "key")
    told = app.test_cli_runner().invoke(args=["erasures", "replay"])
    assert json.loads(told.stdout) == {"again": 1, "still": 1, "refused": 1}
    assert [student.id for student in make.every(Student)] == [lent.student.id]
    assert told.exit_code == 1  # somebody must look at the open loan


def test_the_other_childs_file_stays(db, app, home):
    family, loan, *_ = home
    brother = make.family(make.student(given_name="Tom"), guardian=family.guardian)
    asked = ask(family)
    with scope.schools(loan.school_id):
        rights.erase(asked.id, typed="EFFACER", by=make.head().account_id)
    assert make.fresh(family.guardian).email == "parent.uniquenom@example.org"
    assert is_there(family.account)
    assert is_there(brother.guardianship)
    assert is_there(brother.student)


def test_while_a_loan_is_open_the_request_is_recorded_and_refused_with_the_reason(db, app):
    family = make.family()
    make.loan(student=family.student, state=LoanState.LENT)
    asked = ask(family)
    assert (asked.state, asked.answer) == (RequestState.REFUSED, rules.LOAN_OPEN)
    with scope.schools(family.student.school_id), pytest.raises(rights.Answered):
        rights.erase(asked.id, typed="EFFACER", by=make.head().account_id)
    assert is_there(family.student)


def test_a_loan_that_opened_meanwhile_stops_the_erasure(db, app, home):
    family, loan, *_ = home
    head, asked = make.head(), ask(family)
    make.loan(student=family.student, state=LoanState.SUBMITTED)
    with scope.schools(loan.school_id):
        with pytest.raises(rights.StillOpen):
            rights.erase(asked.id, typed="EFFACER", by=head.account_id)
        with pytest.raises(rights.NotConfirmed):
            rights.erase(asked.id, typed="oui", by=head.account_id)
    assert make.every(RightsRequest)[0].state is RequestState.RECEIVED
    assert make.fresh(loan).note


def test_an_erased_parcel_keeps_its_number_and_loses_its_address(db, app, home):
    from portal.shipping.states import ParcelState

    family, *_ = home
    parcel = make.parcel(state=ParcelState.DELIVERED)
    loan = next(one for one in make.every(Loan) if one.id == parcel.loan_id)
    device = make.device_of(loan)
    make.change(device, loan_id=None, student_id=None, state="in_stock")
    make.change(loan, state=LoanState.CLOSED, ended_at=loan.received_at or loan.sent_at)
    student = next(one for one in make.every(Student) if one.id == loan.student_id)
    other = make.family(student)
    recall = make.recall(loan, reason="Le père est malade.")
    asked = ask(other)
    with scope.schools(loan.school_id):
        rights.erase(asked.id, typed="EFFACER", by=make.head().account_id)
    (left,) = make.every(Parcel)
    assert (left.recipient, left.postcode, left.code) == (None, None, parcel.code)
    assert is_there(family.student)
    assert not is_there(recall)


def test_a_parent_asks_reads_the_answer_and_the_head_answers(app, as_user, home, count_statements):
    family, loan, *_ = home
    parent = as_user(family)
    page = Page(parent.get("/mes-donnees/demande"))
    refused = Page(page.submit(parent, "Envoyer la demande au lycée", kind="rectify"), status=422)
    assert refused.errors() == ["Écrivez ce qu’il faut corriger, ou pourquoi vous vous opposez."]
    Page(refused.submit(parent, "Envoyer la demande au lycée", details="Mon nom s’écrit Unique-Nom."))
    with count_statements() as sql:
        mine = Page(parent.get("/mes-donnees"))
    assert sql.count <= 4, sql
    assert "En cours" in mine.text()
    head = as_user(make.head(make.every(type(make.school()), id=loan.school_id)[0]))
    desk = Page(head.get("/donnees"))
    assert "Zoé Uniquenom" in desk.text()
    asked = make.every(RightsRequest)[0]
    request = desk.follow(head, asked.number)
    empty = Page(request.submit(head, "Envoyer la réponse"), status=422)
    assert empty.errors() == ["Écrivez votre réponse."]
    Page(empty.submit(head, "Envoyer la réponse", text="C’est corrigé."))
    assert "C’est corrigé." in Page(parent.get("/mes-donnees")).text()
    late = head.post(f"/donnees/demandes/{asked.public_id}/reponse", data={"text": "Encore."})
    assert late.status_code == 409


def test_the_head_types_the_word_and_reads_the_certificate(app, as_user, home, count_statements):
    family, loan, *_ = home
    asked = ask(family)
    head = as_user(make.head(make.every(type(make.school()), id=loan.school_id)[0]))
    with count_statements() as sql:
        page = Page(head.get(f"/donnees/demandes/{asked.public_id}"))
    assert sql.count <= 4, sql
    wrong = Page(page.submit(head, "Effacer ce dossier", typed="oui"), status=422)
    assert wrong.errors() == ["Tapez le mot EFFACER pour confirmer. Rien n’a été effacé."]
    done = Page(wrong.submit(head, "Effacer ce dossier", typed="EFFACER"))
    assert done.heading == "Certificat d’effacement"
    assert {row["Quoi"]: row["Lignes"] for row in done.rows("Ce qui a été effacé")}["Les dossiers de prêt"] == "1"
    assert "Uniquenom" not in done.text()


def test_the_manager_notes_a_paper_request_and_does_not_decide(app, as_user, home):
    _, loan, *_ = home
    clerk = as_user(make.manager(make.every(type(make.school()), id=loan.school_id)[0]))
    page = Page(clerk.get("/donnees?recherche=uniquenom")).follow(clerk, "Zoé Uniquenom")
    noted = Page(page.submit(clerk, "Noter la demande", kind="erase"))
    assert "répond à cette demande" in noted.text()
    asked = make.every(RightsRequest)[0]
    assert (asked.on_paper, asked.account_id) == (True, None)
    assert clerk.post(f"/donnees/demandes/{asked.public_id}/effacement", data={"typed": "EFFACER"}).status_code == 403
    assert clerk.get("/donnees/consultations").status_code == 403


def test_a_person_gives_up_a_request(app, as_user, home):
    family, *_ = home
    parent, asked = as_user(family), ask(family, Right.OBJECT)
    Page(Page(parent.get("/mes-donnees")).submit(parent, f"Retirer la demande du {short(asked.asked_at)}"))
    assert make.every(RightsRequest)[0].state is RequestState.WITHDRAWN


def short(instant):
    from portal.platform.i18n import format_short_day

    return " ".join(format_short_day(instant).split())


@pytest.mark.both
def test_erased_by_two_hands_it_is_erased_once(app, as_user, home):
    family, loan, *_ = home
    asked = ask(family)
    head = as_user(make.head(make.every(type(make.school()), id=loan.school_id)[0]))
    path = f"/donnees/demandes/{asked.public_id}/effacement"
    assert [head.post(path, data={"typed": "EFFACER"}).status_code for _ in range(2)] == [303, 422]
    assert make.trail(f"rights:{asked.id}").count("FileErased") == 1
