"""Loans live above this feature, which reads them by the table's name; students keep the reading inside the school."""

from typing import Final

from sqlalchemy import ColumnElement, column, exists, table

from portal.roster.models import Student

loan = table("loan", column("student_id"), column("state"), column("reference"), column("public_id"))
OUT: Final = ("in_transit", "lent", "returning")
"""The states of a loan whose device is not at the school."""


OVER: Final = ("draft", "refused", "withdrawn", "closed", "kept", "written_off")
"""The states of a loan that asks nothing more of anybody, or nothing yet."""


def is_open() -> ColumnElement[bool]:
    """Whether a student has a loan that goes on: the family follows it to its end, whoever has left."""
    return exists().where(loan.c.student_id == Student.id, loan.c.state.not_in(OVER))
