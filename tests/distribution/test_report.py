"""After the day: what was done, who is missing and why, and the emergency pool for the absent."""

import csv
from io import StringIO

import pytest

from portal.distribution.errors import EMPTY_POOL, NOBODY_CHOSEN, NotNow
from portal.distribution.events import ReportAsked
from portal.distribution.services import reporting
from portal.distribution.states import AttendanceState, SessionState
from portal.loans.states import CharterGate
from portal.platform import outbox, scope
from portal.stock.models import Device
from portal.stock.states import DeviceState, Pool
from tests import factories as make
from tests.distribution.test_planning import approved
from tests.documents import paper
from tests.factories.writing import made
from tests.pages import Page

ABSENT, SERVED = AttendanceState.ABSENT, AttendanceState.SERVED


@pytest.fixture
def clerk(app, as_user):
    return as_user(make.manager())


@made
def over(absent=2):
    """A day that is over: one served, some absent, one who could not be served."""
    day = make.session(state=SessionState.CLOSED)
    make.session_class(day)
    there = make.student(family_name="Présent", given_name="Léa")
    make.attendance(day, student=there, state=SERVED)
    missing = [make.student(family_name=f"Absent{rank}", given_name="Noé") for rank in range(absent)]
    loans = [approved(pupil) for pupil in missing]
    turns = [
        make.attendance(day, student=one, loan=loan, state=ABSENT) for one, loan in zip(missing, loans, strict=True)
    ]
    stopped = make.student(family_name="Arrêté", given_name="Zoé")
    make.attendance(day, student=stopped, loan=approved(stopped, charter=CharterGate.DECLINED), state=ABSENT)
    return day, loans, turns


def test_the_report_says_who_left_without_a_device_and_why(clerk, count_statements):
    day, _, _ = over()
    with count_statements() as sql:
        page = Page(clerk.get(f"/distribution/{day.public_id}/bilan"))
    assert sql.count <= 4, sql
    assert page.texts(".figure") == ["1 servi sur 4 attendus", "2 Absents", "1 Charte refusée"]
    row = page.rows("Classe par classe")[0]
    assert (row["Attendus"], row["Servis"]) == ("4", "1")
    assert "Zoé Arrêté (2de 4)" in page.text("#refus")


def test_it_is_a_file_for_spreadsheets_and_a_tagged_pdf(clerk):
    day, _, _ = over()
    answer = clerk.get(f"/distribution/{day.public_id}/bilan.csv")
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert {row["Élève"]: row["Résultat"] for row in rows} == {
        "Léa Présent": "Servi", "Noé Absent0": "Absent", "Noé Absent1": "Absent", "Zoé Arrêté": "Charte refusée",
    }  # fmt: skip
    page = Page(clerk.get(f"/distribution/{day.public_id}/bilan"))
    waiting = Page(page.submit(clerk, "Préparer le PDF"))
    row = next(row for row in make.outbox() if row.kind == "ReportAsked")
    with scope.schools(day.school_id):
        outbox.HANDLERS[ReportAsked][0].run(ReportAsked(**row.payload), row.key)
    done = Page(clerk.get(waiting.url.replace("https://pret.example.org", "")))
    pdf = clerk.get(done.href("Ouvrir le PDF")).data
    assert "Noé Absent1" in paper.text(pdf)
    assert paper.opened(pdf).Root.MarkInfo.Marked


def test_the_absent_get_a_device_of_the_emergency_pool_as_far_as_it_goes(clerk):
    day, loans, turns = over()
    reserve = make.device(pool=Pool.EMERGENCY)
    page = Page(clerk.get(f"/distribution/{day.public_id}/bilan"))
    said = Page(page.submit(clerk, "Servir sur le fonds d’urgence"))
    assert "1 appareil du fonds d’urgence est réservé" in said.text(".flashed")
    assert "1 élève attend encore" in said.text(".flashed")
    assert make.fresh(reserve).loan_id == loans[0].id
    held = {one.loan_id: one.pool for one in make.every(Device, state=DeviceState.RESERVED) if one.loan_id}
    assert held[loans[1].id] is Pool.ALLOTMENT
    assert len(said.soup.select("input[name=eleve]")) == 1
    assert "Fonds d’urgence" in said.text("#absent")
    assert "n’a plus d’appareil libre" in Page(said.submit(clerk, "Servir sur le fonds d’urgence")).text(".flashed")
    assert make.trail(f"distribution:{day.id}") == ["PoolReserved"]
    with scope.schools(day.school_id):
        with pytest.raises(NotNow, match=EMPTY_POOL):
            reporting.serve_from_pool(day.public_id, [turns[1].public_id])
        with pytest.raises(NotNow, match=NOBODY_CHOSEN):
            reporting.serve_from_pool(day.public_id, [turns[0].public_id])
    assert make.device_of(loans[1]).pool is Pool.ALLOTMENT


def test_a_day_without_anybody_has_nothing_to_tell(clerk):
    assert "Rien à raconter" in Page(clerk.get(f"/distribution/{make.session().public_id}/bilan")).text(".empty")
