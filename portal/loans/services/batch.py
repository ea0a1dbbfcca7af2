"""Moving many loans at once: one statement, however many there are."""

from collections.abc import Sequence
from typing import Any

from portal.extensions import db
from portal.loans.models import Loan


def move_together(transition: str, loans: Sequence[Loan], **values: Any) -> None:
    """The same move and the same values for loans that the caller holds locked, in states it has checked."""
    if loans:
        db.session.execute(Loan.moving(transition, [loan.id for loan in loans]).values(**values))
