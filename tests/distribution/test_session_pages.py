"""The pages of a session as the office uses it: plan, see who is ready, remind, open and close."""

import pytest

from portal.charter.states import SignatureState
from portal.distribution.models import Attendance, DistributionSession
from portal.distribution.services import planning
from portal.distribution.states import AttendanceState, SessionState
from portal.kernel import clock as time_of
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import scope
from tests import factories as make
from tests.distribution.test_planning import approved, wanted
from tests.factories.writing import made
from tests.pages import Page


@pytest.fixture
def clerk(app, as_user):
    make.campaign()
    return as_user(make.manager())


def planned(*classes):
    """A session of the usual lycée for the students that exist."""
    school = make.every(type(make.school()))[0]
    with scope.schools(school.id):
        return planning.plan(wanted(*classes), school_id=school.id, by=make.manager(school).account_id)


@made
def asked(charter=CharterGate.TO_SIGN, *, reachable=True, **values):
    """A student of the usual class who asked for a device, and a parent who signs."""
    pupil = make.student(**{name: values.pop(name) for name in ("class_name",) if name in values})
    family = make.family(pupil) if reachable else make.guardianship(pupil, make.guardian(email=None, mobile=None))
    return pupil, family, approved(pupil, charter=charter, **values)


@made
def twenty_of_each():
    """Three classes: charters to sign, nothing to do, and long names that asked nothing."""
    for _ in range(20):
        asked(class_name="2de 4"), asked(CharterGate.SIGNED, class_name="2de 5")
        make.student(class_name="2de 6", family_name="de La Rochefoucauld-Montmorency", given_name="Marie-Antoinette")


@pytest.mark.both
def test_an_empty_list_says_what_to_do_and_leads_to_a_plan(clerk):
    make.student()
    page = Page(clerk.get("/distribution"))
    assert "Aucune séance" in page.text(".empty")
    form = page.follow(clerk, "Prévoir une séance")
    answers = {"name": "Secondes", "day": "2026-09-10", "classes": ["2de 4"], "appel-2de 4": "09:30"}
    shown = Page(form.submit(clerk, "Prévoir la séance", answers))
    assert shown.heading == "Secondes"
    assert "jeudi 10 septembre 2026" in shown.text(".session__when")
    assert "appelée à 09:30" in Page(clerk.get(f"{shown.url}/liste".replace("https://pret.example.org", ""))).text()


def test_what_is_wrong_in_a_plan_is_said_and_what_was_typed_stays(clerk):
    make.student()
    form = Page(clerk.get("/distribution/nouvelle"))
    answers = {"name": "", "day": "2028-01-10", "classes": [], "sleeves": "0", "appel-2de 4": "09:30"}
    refused = Page(form.submit(clerk, "Prévoir la séance", answers), status=422)
    assert refused.errors() == [
        "Donnez un nom à la séance.",
        "Cochez au moins une classe.",
        "Écrivez un nombre entre 1 et 20.",
    ]
    assert refused.one("[name='appel-2de 4']")["value"] == "09:30"
    answers |= {"name": "S", "classes": ["2de 4"], "sleeves": "1"}
    late = Page(form.submit(clerk, "Prévoir la séance", answers), status=422)
    assert "Aucune campagne" in late.errors()[0]
    assert make.every(DistributionSession) == []


def test_the_preparation_counts_who_is_ready_and_what_to_do_for_the_others(clerk, count_statements):
    asked(CharterGate.SIGNED), asked(CharterGate.SIGNED, state=LoanState.SUBMITTED)
    unsigned, _, loan = asked(class_name="2de 7")
    lost, _, _ = asked(reachable=False)
    asked(CharterGate.DECLINED)
    nobody = make.student()
    public_id = planned("2de 4", "2de 7")
    with count_statements() as sql:
        page = Page(clerk.get(f"/distribution/{public_id}"))
    assert sql.count <= 4, sql
    assert page.texts(".figure") == [
        "1 prêt",
        "1 charte manquante",
        "1 sans responsable joignable",
        "1 demande à décider",
        "1 charte refusée",
        "1 sans demande",
        "4 appareils pour 6 élèves",
    ]
    row = page.rows("Chartes à signer, par classe")[0]
    assert (row["Classe"], row["Élèves"]) == ("2de 7", unsigned.name)
    assert page.href(unsigned.name) == f"/chartes/{loan.public_id}"
    assert page.rows("Sans responsable joignable, par classe")[0]["Élèves"] == lost.name
    assert page.href(nobody.name) == f"/eleves/{nobody.public_id}"


def test_a_class_is_reminded_in_one_press_and_only_those_who_can_be(clerk):
    _, family, loan = asked()
    make.signature(loan, by=family, state=SignatureState.INVITED, presented_sha256="0" * 64)
    page = Page(clerk.get(f"/distribution/{planned()}"))
    said = Page(page.submit(clerk, "Relancer par e-mail 2de 4"))
    assert "1 personne est relancée" in said.text(".flashed")
    assert [row.kind for row in make.outbox()].count("ReminderDue") == 1
    again = Page(said.submit(clerk, "Relancer par SMS 2de 4"))
    assert "déjà été" in again.text(".flashed")


def test_when_nothing_is_missing_the_page_says_so(clerk):
    asked(CharterGate.SIGNED)
    assert "Rien ne manque" in Page(clerk.get(f"/distribution/{planned()}")).text()


@pytest.mark.both
def test_the_list_shows_what_the_last_refresh_changed(clerk, count_statements):
    stays, goes = make.student(), make.student()
    public_id = planned()
    comes = make.student()
    make.change(goes, left_on=time_of.today())
    page = Page(clerk.get(f"/distribution/{public_id}/liste"))
    assert not page.has(".changed")
    after = Page(page.submit(clerk, "Mettre la liste à jour"))
    assert "1 élève ajouté, 1 élève parti." in after.text(".flashed")
    with count_statements() as sql:
        shown = Page(clerk.get(f"/distribution/{public_id}/liste"))
    assert sql.count <= 4, sql
    assert [comes.name in shown.texts(".changed")[0], goes.name in shown.texts(".changed")[1]] == [True, True]
    assert {row["Élève"] for row in shown.rows("2de 4 : 2 élèves")} == {stays.name, comes.name}


def test_the_office_opens_closes_and_opens_again(clerk):
    asked(CharterGate.SIGNED)
    public_id = planned()
    page = Page(clerk.get(f"/distribution/{public_id}"))
    opened = Page(page.submit(clerk, "Ouvrir la séance"))
    assert "Ouverte" in opened.text(".session__when")
    closed = Page(opened.submit(clerk, "#close-session form"))
    assert [one.state for one in make.every(Attendance)] == [AttendanceState.ABSENT]
    Page(closed.submit(clerk, "#reopen-session form"))
    assert make.every(DistributionSession)[0].state is SessionState.OPEN


def test_a_session_is_changed_then_removed(clerk):
    make.student(), make.student(class_name="1re 2")
    page = Page(clerk.get(f"/distribution/{planned()}/modifier"))
    refused = Page(page.submit(clerk, "Enregistrer la séance", {"classes": []}), status=422)
    assert refused.errors() == ["Cochez au moins une classe."]
    changed = Page(page.submit(clerk, "Enregistrer la séance", {"name": "Premières", "classes": ["1re 2"]}))
    assert changed.heading == "Premières"
    gone = Page(page.submit(clerk, "#remove-session form"))
    assert "supprimée" in gone.text(".flashed")
    assert make.every(DistributionSession) == []


def test_sixty_students_make_one_page_of_four_statements(clerk, count_statements):
    twenty_of_each()
    public_id = planned("2de 4", "2de 5", "2de 6")
    for address in ("", "/liste"):
        with count_statements() as sql:
            Page(clerk.get(f"/distribution/{public_id}{address}"))
        assert sql.count <= 4, sql


def test_a_loan_that_la_poste_brings_is_not_called(clerk):
    pupil, _, _ = asked(CharterGate.SIGNED, delivery=Delivery.HOME)
    page = Page(clerk.get(f"/distribution/{planned()}"))
    assert pupil.name not in page.text()
    assert "Personne n’est attendu" in page.text(".empty")
