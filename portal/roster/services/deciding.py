"""What a person decides while looking at a comparison: who is who, and whether to give up."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, update

from portal.extensions import db
from portal.platform.work import emit, use_case
from portal.roster.events import RosterDiscarded
from portal.roster.models import RosterImport, RosterLine
from portal.roster.queries import imports as queries
from portal.roster.services.staging import forget_lines
from portal.roster.states import ImportState, Verdict


@use_case
def decide(public_id: str, *, answers: Mapping[int, bool]) -> None:
    """Say of some proposed matches whether they are the same person: two statements."""
    asked = _open(public_id)
    for same in (True, False):
        ids = [line_id for line_id, answer in answers.items() if answer is same]
        _answer(asked.id, same, RosterLine.id.in_(ids))


@use_case
def decide_all(public_id: str, *, same: bool) -> None:
    """Say it of all those that wait: one statement."""
    _answer(_open(public_id).id, same, RosterLine.accepted.is_(None))


def _open(public_id: str) -> RosterImport:
    asked = queries.lock_import(queries.one(public_id).id)
    if asked.state is not ImportState.STAGED:
        asked.move("apply")  # raises: it is too late
    return asked


def _answer(import_id: int, same: bool, which: ColumnElement[bool]) -> None:
    waiting = (RosterLine.import_id == import_id, RosterLine.verdict == Verdict.MATCH, which)
    statement = update(RosterLine).where(*waiting).values(accepted=same)
    db.session.execute(statement.execution_options(synchronize_session=False))


@use_case
def discard(public_id: str) -> RosterImport:
    """Give an import up: its lines are forgotten, the school is as it was."""
    asked = queries.lock_import(queries.one(public_id).id)
    asked.move("discard")
    asked.columns = None
    forget_lines(asked.id)
    emit(RosterDiscarded(school_id=asked.school_id, import_id=asked.id))
    return asked
