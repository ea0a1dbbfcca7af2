"""Fill an empty database with a whole region, fast: `python -m tests.bench.generate --database sqlite:////tmp/full.db`.

The region, its charter and its models come from the portal's own use-cases; the rest are bulk rows, one school at a
time, by `executemany` on SQLite and `COPY` on PostgreSQL. Values are turned into what each engine stores by the column
types of the models, exactly as the portal would.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import Column, Dialect, delete, inspect, text, update

from portal.charter import services as charter
from portal.extensions import db
from portal.kernel import clock
from portal.platform import scope
from portal.platform.audit import AuditLine
from portal.platform.work import unit_of_work
from portal.schools.models import Campaign
from portal.schools.profile import read_profile
from tests.bench.world import Ground, Row, Size, World
from tests.databases import migrate, portal_on, settings

Usual = Callable[[Row], Any]
Convert = Callable[[Any], Any] | None
MEMORY_KB = 400_000


class Store(Protocol):
    """Where rows go: one engine's quickest way in."""

    def write(self, table: str, rows: Sequence[Row]) -> None: ...
    def close(self) -> None: ...


class Given:
    """A row as a column's default sees it: SQLAlchemy's context, of which models use this one question."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def get_current_parameters(self) -> Row:
        return self.row


def _usual(column: Column[Any]) -> Usual:
    """What a row gets when it does not say: the model's default."""
    default: Any = column.default
    if default is None:
        return lambda _row: None
    return (lambda _row: default.arg) if default.is_scalar else (lambda row: default.arg(Given(row)))


@cache
def _columns(table: str, dialect: Dialect) -> list[tuple[str, Usual, Convert]]:
    """Each column, what it holds by default, and how the engine wants it."""
    return [
        (column.name, _usual(column), column.type.dialect_impl(dialect).bind_processor(dialect))
        for column in db.metadata.tables[table].columns
    ]


def _stored(table: str, rows: Sequence[Row], dialect: Dialect) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The names of a table's columns, and its rows as the engine stores them."""
    columns = _columns(table, dialect)
    strange: set[str] = set().union(*rows) - {name for name, *_ in columns}
    assert not strange, f"{table} has no {strange}"
    return [name for name, *_ in columns], (_values(row, columns) for row in rows)


def _values(row: Row, columns: Sequence[tuple[str, Usual, Convert]]) -> tuple[Any, ...]:
    values = []
    for name, usual, convert in columns:
        value = row[name] if name in row else usual(row)
        values.append(convert(value) if convert and value is not None else value)
    return tuple(values)


class Lite:
    """SQLite, without what protects from a power cut: an interrupted load is started again."""

    def __init__(self) -> None:
        self.link = db.engine.raw_connection()
        self.cursor = self.link.cursor()
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", f"cache_size=-{MEMORY_KB}"):
            self.cursor.execute(f"PRAGMA {pragma}")
        self.cursor.execute("BEGIN")

    def write(self, table: str, rows: Sequence[Row]) -> None:
        names, values = _stored(table, rows, db.engine.dialect)
        places = ", ".join("?" * len(names))
        self.cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", values)

    def close(self) -> None:
        """Write the whole load, and leave no connection behind with these habits."""
        self.cursor.execute("COMMIT")
        self.cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.link.close()
        db.engine.dispose()


class Postgres:
    """PostgreSQL, by COPY; the rows' references hold by construction, which the test on SQLite verifies."""

    def __init__(self) -> None:
        self.link = db.engine.raw_connection()
        self.cursor = self.link.cursor()
        self.cursor.execute("SET session_replication_role = replica")
        self.cursor.execute("SET synchronous_commit = off")

    def write(self, table: str, rows: Sequence[Row]) -> None:
        names, values = _stored(table, rows, db.engine.dialect)
        with self.cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)

    def close(self) -> None:
        """Write the whole load; the next ids follow those given, and the planner knows the sizes."""
        for name, table in db.metadata.tables.items():
            keys = list(table.primary_key.columns)
            if [key.name for key in keys] == ["id"] and keys[0].type.python_type is int:
                self.cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name})) "
                    f"WHERE EXISTS (SELECT 1 FROM {name})"
                )
        self.link.commit()
        self.link.close()
        db.engine.dispose()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(text("ANALYZE"))


@contextmanager
def _store() -> Iterator[Store]:
    made: Store = Lite() if db.engine.dialect.name == "sqlite" else Postgres()
    yield made
    made.close()


def lay_ground() -> Ground:
    """The region of the Grand Est, its charter and its models, by the use-cases; its campaign runs today."""
    profile, today = read_profile("grand-est"), clock.today()
    year = today.year if today.month > 7 else today.year - 1
    with scope.every_school(reason="benchmark"), unit_of_work():
        region = charter.open_region(profile)
        dates = {"starts_on": today.replace(year, 9, 1), "ends_on": today.replace(year + 1, 8, 31)}
        db.session.execute(update(Campaign).values(**dates))
        kinds = {model.kind: model.id for model in region.models}
    with unit_of_work():
        db.session.execute(delete(AuditLine))  # the world numbers its own from 1
    return Ground(region.id, region.campaign_id, region.version_id, kinds)


def fill(app: Flask, size: Size) -> Mapping[str, int]:
    """Fill the application's empty database; returns how many rows each table got."""
    counts: Counter[str] = Counter()
    with app.app_context():
        world = World(size, lay_ground(), clock.now())
        with _store() as store:
            for part in _parts(world):
                for table in (table.name for table in db.metadata.sorted_tables if table.name in part):
                    store.write(table, part[table])
                    counts[table] += len(part[table])
    return counts


def _parts(world: World) -> Iterator[dict[str, list[Row]]]:
    yield world.region()
    for number in range(1, world.size.schools + 1):
        yield world.school(number)


def is_empty(app: Flask) -> bool:
    """Whether the schema is still to be made."""
    with app.app_context():
        return not inspect(db.engine).has_table("loan")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the size and the database from the command line, fill it, and say how long that took."""
    read = argparse.ArgumentParser(prog="python -m tests.bench.generate", description=__doc__.partition("\n")[0])
    read.add_argument("--database", required=True, help="SQLAlchemy address of an empty database, migrated or not")
    read.add_argument("--scale", type=float, default=1.0, help="0.05 is a region twenty times smaller")
    for name in ("schools", "students", "guardians", "devices"):
        read.add_argument(f"--{name}", type=int, help=f"default {getattr(Size(), name):,} times the scale")
    given = vars(read.parse_args(arguments))
    size = Size.scaled(given.pop("scale"))
    url = given.pop("database").replace("postgresql://", "postgresql+psycopg://", 1)
    size = replace(size, **{name: count for name, count in given.items() if count})
    with TemporaryDirectory() as home:
        app = portal_on(settings(Path(home), url))
        if is_empty(app):
            migrate(app)
        began = time.perf_counter()
        counts = fill(app, size)
        seconds = time.perf_counter() - began
    for table, count in sorted(counts.items()):
        print(f"{count:>10,}  {table}")
    print(f"{sum(counts.values()):>10,}  rows in {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
