"""Reads of the journals: what was observed of each signature, and the heads that were published."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.charter.chain import moment
from portal.charter.models import CharterEvent, CharterHead, CharterSignature
from portal.extensions import db
from portal.loans.models import Loan

AT_ONCE = 1_000
"""Rows read at a time: a whole region's journals are some million events."""


def _as_link(event: CharterEvent) -> dict[str, Any]:
    return {
        "n": event.number,
        "at": moment(event.at),
        "type": event.kind,
        "prev_sha256": event.previous,
        "sha256": event.sha256,
    }


def of_signature(signature_id: int) -> tuple[Mapping[str, Any], ...]:
    """The journal of a signature in scope, oldest event first."""
    statement = select(CharterEvent).where(CharterEvent.signature_id == signature_id).order_by(CharterEvent.number)
    return tuple(_as_link(event) for event in db.session.scalars(statement))


Journal = tuple[int, str, int, str | None, list[dict[str, Any]]]
"""Signature, reference of its loan, length and last hash as its row says, and its events."""


def everything() -> Iterator[Journal]:
    """Every journal, oldest signature first; a piece at a time."""
    last = 0
    while rows := _piece(last):
        last = rows[-1][0]
        events: dict[int, list[dict[str, Any]]] = {row[0]: [] for row in rows}
        found = select(CharterEvent).where(CharterEvent.signature_id.in_(events))
        for event in db.session.scalars(found.order_by(CharterEvent.signature_id, CharterEvent.number)):
            events[event.signature_id].append(_as_link(event))
        for row in rows:
            yield (*row, events[row[0]])
        db.session.rollback()


def _piece(last: int) -> list[tuple[int, str, int, str | None]]:
    one = CharterSignature
    statement = (
        select(one.id, Loan.reference, one.journal_length, one.journal_sha256)
        .join(Loan, Loan.id == one.loan_id)
        .where(one.id > last)
        .order_by(one.id)
        .limit(AT_ONCE)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(statement)]


def between(start: datetime, end: datetime) -> dict[str, list[Any]]:
    """Signature → number and hash of its last event of a stretch of time, and whether it is signed.

    Only those to which something happened then.
    """
    last = (
        select(CharterEvent.signature_id, func.max(CharterEvent.number).label("number"))
        .where(CharterEvent.written_at >= start, CharterEvent.written_at < end)
        .group_by(CharterEvent.signature_id)
        .subquery()
    )
    statement = (
        select(CharterEvent.signature_id, CharterEvent.number, CharterEvent.sha256, CharterSignature.signed_at)
        .join(CharterSignature, CharterSignature.id == CharterEvent.signature_id)
        .join(last, (last.c.signature_id == CharterEvent.signature_id) & (last.c.number == CharterEvent.number))
        .order_by(CharterEvent.signature_id)
    )
    rows = db.session.execute(statement)
    return {str(row.signature_id): [row.number, row.sha256, row.signed_at is not None] for row in rows}


def heads() -> list[CharterHead]:
    """What was published, oldest first."""
    return list(db.session.scalars(select(CharterHead).order_by(CharterHead.day)))


def last_head() -> CharterHead | None:
    """The last one published."""
    return db.session.scalars(select(CharterHead).order_by(CharterHead.day.desc()).limit(1)).first()


def head(head_id: int) -> CharterHead:
    """One that was published."""
    return db.session.execute(select(CharterHead).where(CharterHead.id == head_id)).scalar_one()
