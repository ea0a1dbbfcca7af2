"""Every staff view of a student's file leaves one line, and a view cannot forget it (PRV-5)."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from portal.extensions import db as database
from portal.loans.states import LoanState
from portal.platform import consultation, logs
from portal.platform.consultation import Shown
from portal.policy import ACCOUNTS, GRANTS, Action, Role, may
from portal.privacy.models import FileView
from portal.shipping.states import ParcelState
from tests import factories as make

STAFF = [role for role in Role if role is not Role.FAMILY]
NOT_OURS = {action for action in Action if GRANTS[action] >= ACCOUNTS}
"""Open to everybody, or about oneself."""


def lines():
    return [(view.account_id, view.role, view.student_id, view.page) for view in make.every(FileView)]


def test_every_page_that_staff_can_open_says_what_it_shows_of_students(app):
    """To mend: write `shows=Shown.…` beside `allow=` (portal.platform.consultation says which)."""
    silent = [
        f"{rule.endpoint} ({rule.rule})"
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and (action := getattr(app.view_functions[rule.endpoint], "action", Action.PUBLIC)) not in NOT_OURS
        and any(may(role, action) for role in STAFF)
        and app.view_functions[rule.endpoint].shows is None
    ]
    assert silent == []


def test_a_page_that_shows_one_file_has_its_public_id_in_the_address(app):
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "shows", None) in {Shown.LOAN, Shown.PARCEL, Shown.STUDENT}:
            assert len(rule.arguments) == 1, rule


@pytest.mark.both
def test_a_file_that_is_opened_leaves_one_line(app, as_user, count_statements):
    head, loan = make.head(), make.loan(state=LoanState.SUBMITTED)
    with count_statements() as sql:
        as_user(head).get(f"/demandes/{loan.public_id}")
    assert lines() == [(head.account_id, "head", loan.student_id, "loans.review")]
    assert sql.logged == 1
    assert make.every(FileView)[0].school_id == loan.school_id


def test_a_parcel_is_the_file_of_its_student(app, as_user):
    clerk, parcel = make.manager(), make.parcel(state=ParcelState.READY)
    as_user(clerk).get(f"/preparation/colis/{parcel.public_id}")
    assert lines() == [(clerk.account_id, "manager", parcel.student_id, "shipping.parcel")]


@pytest.mark.both
def test_a_list_of_fifty_leaves_one_line_that_names_nobody(app, as_user, count_statements):
    head = make.head()
    for _ in range(50):
        make.loan(state=LoanState.SUBMITTED)
    with count_statements() as sql:
        as_user(head).get("/demandes")
    assert lines() == [(head.account_id, "head", None, "loans.queue")]
    assert sql.logged == 1


def test_what_was_not_shown_leaves_no_line(app, as_user, client):
    elsewhere = make.loan(state=LoanState.SUBMITTED, student=make.student(make.school()))
    head = as_user(make.head(make.school()))
    assert head.get(f"/demandes/{elsewhere.public_id}").status_code == 404
    assert head.get("/demandes/inconnu").status_code == 404
    assert client.get(f"/demandes/{elsewhere.public_id}").status_code == 302
    assert as_user(make.technician()).get(f"/demandes/{elsewhere.public_id}").status_code == 403
    assert lines() == []


def test_a_family_that_reads_its_own_file_is_not_watched(app, as_user):
    family = make.family()
    loan = make.loan(student=family.student, state=LoanState.SUBMITTED, requested_by=family.account_id)
    assert as_user(family).get(f"/mes-dossiers/{loan.public_id}").status_code == 200
    assert lines() == []


def test_the_line_does_not_share_the_transaction_of_the_page(app, as_user):
    """The page's session stays read-only: the line passes by another connection, begun and ended for it."""
    head, loan, used = as_user(make.head()), make.loan(state=LoanState.SUBMITTED), {}

    def note(connection, _cursor, statement, *_rest):
        used.setdefault(statement.split()[0], set()).add(id(connection.connection.dbapi_connection))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        head.get(f"/demandes/{loan.public_id}")
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert len(used["INSERT"]) == 1
    assert "UPDATE" not in used


def test_a_database_that_takes_no_writing_does_not_hide_the_file(app, as_user, capsys):
    """The page is worth more than its line, and the program's log says that one is missing."""
    head, loan = make.head(), make.loan(state=LoanState.SUBMITTED)
    kept = list(consultation._writers)
    logs.configure("INFO")

    @consultation.recorded_by
    def full(seen):
        raise OperationalError("INSERT", {}, OSError("disk full"))

    try:
        assert as_user(head).get(f"/demandes/{loan.public_id}").status_code == 200
    finally:
        consultation._writers[:] = kept
    told = capsys.readouterr().err
    assert "file_view.not_kept" in told
    assert '"kind": "loans.review"' in told
