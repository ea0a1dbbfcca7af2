"""Go back to before: the same requests, undecided again, so that each round decides a fresh set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from portal.extensions import db

KEPT = ("device", "loan")
"""Tables whose rows are put back as they were: of one lycée."""

ADDED = ("parcel", "device_movement", "audit_line")
"""Tables whose new rows are taken away, those that name others first."""


@dataclass
class Before:
    """What one lycée looked like. Not a use-case: going back leaves no trace, and no time of it is counted."""

    school_id: int
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with db.engine.begin() as link:
            for name in KEPT:
                table = db.metadata.tables[name]
                found = link.execute(select(table).where(table.c.school_id == self.school_id)).mappings()
                self.rows[name] = [dict(row) for row in found]
            for name in ADDED:
                self.newest[name] = link.scalar(select(func.max(db.metadata.tables[name].c.id))) or 0

    def restore(self, loan_ids: Sequence[int]) -> None:
        """Put these loans and what they held back; every message that waited is forgotten."""
        db.session.remove()
        with db.engine.begin() as link:
            for name in ADDED:
                table = db.metadata.tables[name]
                link.execute(delete(table).where(table.c.id > self.newest[name]))
            link.execute(delete(db.metadata.tables["outbox"]))
            self._put_back(link, set(loan_ids))

    def _put_back(self, link: Connection, loan_ids: set[int]) -> None:
        device, loan = (db.metadata.tables[name] for name in KEPT)
        held = set(link.scalars(select(device.c.id).where(device.c.loan_id.in_(loan_ids))))
        for table, ids in ((device, held), (loan, loan_ids)):
            rows = [
                {f"old_{name}": value for name, value in row.items()}
                for row in self.rows[table.name]
                if row["id"] in ids
            ]
            names = [column.name for column in table.columns if column.name != "id"]
            values = {name: bindparam(f"old_{name}") for name in names}
            if rows:
                link.execute(update(table).where(table.c.id == bindparam("old_id")).values(values), rows)
