"""How rows of a roster are written, whoever asks: a demo, a test or an import. The same number of statements for any size."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.platform.database import insert_many
from portal.roster.models import Guardian, Guardianship, Student
from portal.roster.reading.records import Source

Person = type[Student] | type[Guardian]


def add_people(table: Person, rows: Sequence[Mapping[str, Any]], *, school_id: int, source: Source) -> None:
    """Students or guardians, each with its `source_id` and its columns: one statement."""
    insert_many(table, [{"school_id": school_id, "source": source, **row} for row in rows])


def numbers(table: Person, *, school_id: int, source: Source, keys: Collection[str]) -> dict[str, int]:
    """The number of each of these people of a source, by its key: one statement."""
    mine = (table.school_id == school_id, table.source == source, table.source_id.in_(keys))
    rows = db.session.execute(select(table.source_id, table.id).where(*mine))
    return {row.source_id: row.id for row in rows}


def add_links(rows: Sequence[Mapping[str, Any]], *, school_id: int) -> None:
    """Who answers for whom, by numbers: one statement."""
    insert_many(Guardianship, [{"school_id": school_id, **row} for row in rows])
