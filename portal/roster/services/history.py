"""One change of one row, written down so that it can be read backwards: field → [before, after], as plain values."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm.attributes import flag_modified

from portal.extensions import db
from portal.kernel.values.address import ADDRESS_PARTS
from portal.roster import values
from portal.roster.models import Guardian, Guardianship, RosterLine, Student
from portal.roster.states import Kind

Row = Student | Guardian | Guardianship
Changes = Mapping[str, Sequence[Any]]

TABLES: Final[dict[Kind, type[Row]]] = {Kind.STUDENT: Student, Kind.GUARDIAN: Guardian, Kind.LINK: Guardianship}
_PERSON: Final = ("source", "source_id", "email", "mobile", "absent_since", "absent_import")
WRITTEN: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.STUDENT: (
        *_PERSON, "family_name", "given_name", "usage_name", "birth_date", "ine", "class_name", "level", "left_on",
    ),
    Kind.GUARDIAN: (*_PERSON, "name", "abroad", *ADDRESS_PARTS),
    Kind.LINK: ("kinship", "may_sign", "ends_on"),
}  # fmt: skip
"""The columns an import writes: all of them for each row that changes, so that one statement writes all the rows."""


SLICE: Final = 500
"""Lines read and written at once; a lycée has a few slices. Keys of one statement, within what engines take."""


def touched(import_id: int, kind: Kind, condition: ColumnElement[bool]) -> Iterator[tuple[RosterLine, Row]]:
    """Lines of one kind with the rows they name, by slices of two statements. A row that is gone is left out.

    What was done to a slice is written, and let go, before the next is read: memory does not grow with the import.
    """
    after = 0
    which = (RosterLine.import_id == import_id, RosterLine.kind == kind, condition)
    statement = select(RosterLine).where(*which).order_by(RosterLine.id).limit(SLICE)
    while lines := db.session.scalars(statement.where(RosterLine.id > after)).all():
        rows = _rows(kind, [number for line in lines if (number := line.target_id or line.match_id)])
        yield from ((line, row) for line in lines if (row := rows.get(line.target_id or line.match_id or 0)))
        if len(lines) < SLICE:
            return
        after = lines[-1].id
        db.session.flush()  # so that they can be let go
        for found in (*lines, *rows.values()):
            db.session.expunge(found)


def _rows(kind: Kind, numbers: Sequence[int]) -> dict[int, Row]:
    table: Any = TABLES[kind]
    statement = select(table).where(table.id.in_(numbers)).with_for_update()
    return {row.id: row for row in db.session.scalars(statement.execution_options(populate_existing=True))}


def change(row: Row, wanted: Changes, *, kind: Kind, protected: Collection[str] = ()) -> dict[str, list[Any]]:
    """Write the new values, but for what is protected by now; returns what really changed."""
    done = {}
    for name, (_, new) in wanted.items():
        old = value_of(row, name)
        if name not in protected and old != new:
            put(row, name, new)
            done[name] = [old, new]
    for name in WRITTEN[kind] if done else ():
        flag_modified(row, name)
    return done


def value_of(row: Row, name: str) -> Any:
    """A field of a row, as a plain value."""
    if name == "address":
        return {part: found for part in ADDRESS_PARTS if (found := getattr(row, part))} or None
    value = getattr(row, name)
    return value.isoformat() if name in values.DATES and value is not None else value


def put(row: Row, name: str, value: Any) -> None:
    """A plain value, into a field of a row."""
    for column, found in values.columns({name: value}).items():
        setattr(row, column, found)
