"""A copy of one's data: one's own and the child's, never the other parent's; asked, made, kept seven days (PRV-3)."""

import io
import json
from zipfile import ZipFile

import pytest

from portal.charter.states import SignatureState
from portal.loans.states import LoanState
from portal.notifications.models import Message
from portal.notifications.states import Channel
from portal.platform import files, scope
from portal.privacy import handlers
from portal.privacy.events import ExportAsked
from portal.privacy.models import DataExport
from portal.privacy.queries import persons
from portal.privacy.services import exporting
from portal.privacy.states import ExportState
from tests import factories as make
from tests.factories.writing import add, made
from tests.pages import Page

HIS = (
    "Pierre Autreparent",
    "pierre@example.org",
    "+33639980077",
    "06 39 98 00 77",
    "99 rue du Secret",
    "Mot de Pierre",
)


@made
def message(loan, to, name):
    from portal.kernel import clock

    usual = {"event_key": f"k{to}", "template": "loan_sent", "channel": Channel.EMAIL, "queued_at": clock.now()}
    return add(Message(school_id=loan.school_id, loan_id=loan.id, to=to, name=name, **usual))


@pytest.fixture
def home(app):
    """A child whose parents live apart: both asked once, both signed, both were written to."""
    make.campaign()
    child = make.student(given_name="Inès", family_name="Lefèvre")
    mother = make.family(child, guardian=make.guardian(name="Jeanne Mère", email="jeanne@example.org"))
    hers = {"name": HIS[0], "email": HIS[1], "mobile": HIS[2], "street": HIS[4]}
    father = make.family(child, guardian=make.guardian(**hers))
    first = make.loan(student=child, state=LoanState.CLOSED, requested_by=father.account_id, note=HIS[5], street=HIS[4])
    make.change(first, contact_email=HIS[1], contact_mobile=HIS[2], recipient=HIS[0])
    loan = make.loan(student=child, state=LoanState.LENT, requested_by=mother.account_id, note="Mot de Jeanne")
    sealed = files.keep(b"%PDF-1.7 hers", kind="scelle")
    shown = {"presented_key": sealed, "presented_sha256": "x", "sealed_key": sealed}
    make.signature(loan, by=mother, state=SignatureState.SEALED, **shown)
    theirs = files.keep(b"%PDF-1.7 his", kind="scelle")
    other = {"presented_key": theirs, "presented_sha256": "y", "sealed_key": theirs, "code_to": HIS[1]}
    make.signature(loan, by=father, state=SignatureState.SEALED, **other)
    message(loan, "jeanne@example.org", "Jeanne Mère"), message(loan, HIS[1], HIS[0])
    return mother, father, loan, first


def whole(subject):
    return json.dumps([section.entries for section in persons.sections(subject)], ensure_ascii=False)


def test_a_parents_copy_holds_the_childs_file_and_never_the_other_parents(db, home):
    mother, _, loan, first = home
    with scope.every_school(reason="test"):
        text = whole(persons.of_account(mother.account_id))
        keys = persons.sealed_keys(persons.of_account(mother.account_id))
    for said in ("Inès Lefèvre", "jeanne@example.org", loan.reference, first.reference, "Mot de Jeanne"):
        assert said in text
    assert [secret for secret in HIS if secret in text] == []
    assert len(keys) == 1


def test_a_copy_on_paper_says_the_same_of_a_guardian(db, home):
    mother, father, loan, _ = home
    with scope.every_school(reason="test"):
        text = whole(persons.of_guardian(mother.guardian.id))
        his = whole(persons.of_guardian(father.guardian.id))
    assert loan.reference in text
    assert [secret for secret in HIS if secret in text] == []
    assert "jeanne@example.org" not in his
    assert HIS[5] in his


def test_a_students_copy_holds_no_parents_contacts(db, home):
    mother, *_ = home
    with scope.every_school(reason="test"):
        text = whole(persons.of_student(mother.student.id))
    assert "Inès Lefèvre" in text
    assert [secret for secret in (*HIS, "jeanne@example.org", "Mot de Jeanne") if secret in text] == []


def test_a_person_asks_for_a_copy_and_downloads_it_for_seven_days(app, as_user, home, clock, count_statements):
    mother, father, *_ = home
    browser = as_user(mother)
    page = Page(browser.get("/mes-donnees/copies"))
    Page(page.submit(browser, "Préparer une copie"))
    Page(page.submit(browser, "Préparer une copie"))
    (export,) = make.every(DataExport)
    with scope.every_school(reason="test"):
        handlers.make_copy(ExportAsked(school_id=None, export_id=export.id), "key")
        handlers.make_copy(ExportAsked(school_id=None, export_id=export.id), "key")
    with count_statements() as sql:
        page = Page(browser.get("/mes-donnees/copies"))
    assert sql.count <= 4, sql
    path = f"/mes-donnees/copies/{export.public_id}/fichier"
    answer = browser.get(path)
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert sorted(archive.namelist()) == ["charte-signee-1.pdf", "donnees.json", "donnees.pdf"]
        told = json.loads(archive.read("donnees.json"))
        assert archive.read("charte-signee-1.pdf") == b"%PDF-1.7 hers"
        assert archive.read("donnees.pdf").startswith(b"%PDF")
    assert told["personne"] == "Jeanne Mère"
    assert "Jeanne" not in answer.headers["Content-Disposition"]
    assert as_user(father).get(path).status_code == 404
    clock.forward(days=7, seconds=1)
    assert as_user(mother).get(path).status_code == 404


def test_the_same_person_gives_the_same_file(db, home):
    mother, *_ = home
    from portal.kernel import clock

    with scope.every_school(reason="test"):
        packed = [exporting.packed(persons.of_account(mother.account_id), at=clock.now()) for _ in range(2)]
    assert packed[0] == packed[1]


def test_an_account_without_any_student_is_told_what_is_kept(app, as_user):
    class Alone:
        account_id, grant_id = make.account().id, 0

    browser = as_user(Alone())
    page = Page(browser.post("/mes-donnees/copies", follow_redirects=True))
    assert "que votre nom" in page.text()
    assert make.every(DataExport) == []


def test_staff_make_a_copy_for_who_asks_on_paper_and_only_they_read_it(app, as_user, home):
    mother, *_ = home
    school = next(one for one in make.every(type(make.school())) if one.id == mother.student.school_id)
    clerk = as_user(make.manager(school))
    page = Page(clerk.get(f"/donnees/eleves/{mother.student.public_id}"))
    wait = Page(page.submit(clerk, "Préparer la copie", personne=mother.guardian.public_id))
    assert wait.heading == "Copie de données"
    (export,) = make.every(DataExport)
    assert (export.guardian_id, export.account_id, export.state) == (mother.guardian.id, None, ExportState.WAITING)
    with scope.every_school(reason="test"):
        handlers.make_copy(ExportAsked(school_id=None, export_id=export.id), "key")
    assert clerk.get(f"/donnees/copies/{export.public_id}/fichier").mimetype == "application/zip"
    assert as_user(mother).get(f"/mes-donnees/copies/{export.public_id}/fichier").status_code == 404


def test_a_copy_that_fails_says_so_and_is_tried_again(db, home, monkeypatch):
    mother, *_ = home
    with scope.every_school(reason="test"):
        export = exporting.ask_own(account_id=mother.account_id)
        signed = make.every(DataExport)[0]
        key = persons.sealed_keys(persons.of_account(mother.account_id))[0]
        files.forget(key)
        with pytest.raises(FileNotFoundError):
            handlers.make_copy(ExportAsked(school_id=None, export_id=export.id), "key")
        assert make.fresh(signed).state is ExportState.FAILED
        files.keep(b"%PDF-1.7 hers", kind="scelle")
        handlers.make_copy(ExportAsked(school_id=None, export_id=export.id), "key")
    assert make.fresh(signed).state is ExportState.READY
