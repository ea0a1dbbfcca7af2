"""Loans of the emergency pool."""

from typing import Any

from portal.loans.models import Loan
from portal.recalls.models import Recall
from tests.factories.writing import add, made


@made
def recall(loan: Loan, **values: Any) -> Recall:
    """The device of a loan is expected back, on no day unless it is said."""
    return add(Recall(school_id=loan.school_id, loan_id=loan.id, student_id=loan.student_id, **values))
