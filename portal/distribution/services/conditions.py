"""How a kit looked when it was handed over: noted at the station or later, corrected in place, read by the family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import delete

from portal.distribution.errors import NOT_LENT, NotNow
from portal.distribution.events import ConditionNoted
from portal.distribution.gate import RECEIPT_AFTER
from portal.distribution.models import ConditionReport
from portal.distribution.queries import receipts as queries
from portal.distribution.states import View
from portal.extensions import db
from portal.kernel import clock
from portal.loans import queries as loan_queries
from portal.loans.states import LoanState
from portal.platform import files
from portal.platform.work import emit, use_case
from portal.stock import services as stock
from portal.stock.states import Condition

PHOTOS: Final = "remise-photo"

keep_photo = partial(files.keep_photo, kind=PHOTOS)
"""Keep one of the three photos; raises `UnreadablePhoto`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen: the condition, the pieces of the kit that were missing, a remark."""

    condition: Condition
    missing: Sequence[str]
    remark: str | None


@use_case
def note(public_id: str, seen: Seen, *, photos: Mapping[View, str | None], by: int) -> None:
    """Note, or correct, the condition of what a loan (public id) received. `photos` replace, None takes one away.

    The family is told once, after the time in which a slip of the scanner can be undone. Raises `NotNow`.
    """
    loan = loan_queries.lock(loan_queries.one(public_id).id)
    if loan.state is not LoanState.LENT:
        raise NotNow(NOT_LENT)
    report = known = queries.condition(loan.id)
    if known is None or known.condition is not seen.condition:
        stock.note_handed_over(loan.id, seen.condition)
    if report is None:
        report = ConditionReport(school_id=loan.school_id, loan_id=loan.id, student_id=loan.student_id)
        db.session.add(report)
    report.condition, report.missing, report.remark = seen.condition, list(seen.missing), seen.remark
    report.noted_by, report.noted_at = by, clock.now()
    for view, file_key in photos.items():
        report.show(view, file_key)
    told = ConditionNoted(school_id=loan.school_id, loan_id=loan.id, corrected=known is not None)
    emit(told, delay=RECEIPT_AFTER)


@use_case
def forget(loan_id: int) -> None:
    """The device never left: nothing was handed over. Its photos go with the next purge."""
    known = delete(ConditionReport).where(ConditionReport.loan_id == loan_id).returning(ConditionReport.id)
    if db.session.scalar(known):
        stock.forget_handed_over(loan_id)
