"""How each engine is spoken to. SQLite: WAL, full synchronous, foreign keys, and transactions that say what they want."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import Column, Connection, Dialect, Engine, Select, event, insert, inspect
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.platform.scope import SchoolScoped, check_rows
from portal.platform.work import writing

BUSY_MILLISECONDS = 5_000


def prepare(app: Flask) -> None:
    """Bind the engine's habits; the folder of an embedded database is private to its owner."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("sqlite:///"):
        os.umask(0o077)
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _sqlite_connects)
            event.listen(db.engine, "begin", _sqlite_begins)


def _sqlite_connects(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver stops inventing BEGINs of its own
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begins(connection: Connection) -> None:
    """A use-case takes the write lock at once: a read lock upgraded later would fail under load."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing() else "BEGIN")


def insert_many(kind: type[SchoolScoped], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows of one kind in one statement; each row gives the same columns, and defaults fill the others.

    Of 600,000 rows the ORM's own way spends more on preparing the parameters than on all the rest. Here each column's
    values go through its type once, and the driver takes them as they are; PostgreSQL's COPY costs both sides a third
    of as many INSERTs (its manual, 14.4.2). Raises `OutOfScope` and `IntegrityError` as any insert does.
    """
    if not rows:
        return
    check_rows([kind], rows)
    link, table = db.session.connection(), inspect(kind).local_table
    filled = [column for column in table.columns if column.key in rows[0] or column.default is not None]
    names = [column.key for column in filled]
    values = zip(*(_bound(column, rows, link.dialect) for column in filled), strict=True)
    if link.dialect.name == "postgresql":
        _copy(link, f"COPY {table.name} ({', '.join(names)}) FROM STDIN", values)
    else:
        link.exec_driver_sql(str(insert(table).compile(dialect=link.dialect, column_keys=names)), list(values))


def _copy(link: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """SQLAlchemy knows no COPY: the driver is asked itself, and what it refuses is told as SQLAlchemy tells it."""
    driver: Any = link.connection.driver_connection
    base = link.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except base as refusal:
        raise DBAPIError.instance(statement, None, refusal, base, dialect=link.dialect) from refusal


def learn(*kinds: type[SchoolScoped]) -> None:
    """Have PostgreSQL count the rows of these tables again, after many were written (its manual, 14.4.8).

    Until its own process comes by, a minute later, it plans as if they were empty, and a join of them takes hours.
    """
    link = db.session.connection()
    if link.dialect.name == "postgresql":
        link.exec_driver_sql(f"ANALYZE {', '.join(inspect(kind).local_table.name for kind in kinds)}")


def _bound(column: Column[Any], rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> list[Any]:
    """A column's values, row by row, as the driver wants them; what is missing is NULL, in a column of JSON too."""
    given = column.key in rows[0]
    found = [row[column.key] for row in rows] if given else [_default(column) for _ in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return [None if value is None else process(value) for value in found] if process else found


def _default(column: Column[Any]) -> Any:
    arg = getattr(column.default, "arg", None)
    return arg(None) if callable(arg) else arg


Held = TypeVar("Held", bound=Select[Any])


def held(statement: Held) -> Held:
    """The same rows, kept from other use-cases until this one ends (on SQLite it already has the only write lock).

    « No key » on PostgreSQL: others may meanwhile write rows that name these, since a foreign key asks for no more
    than their identity; without it, two use-cases that lock in the same order could still wait for each other.
    """
    return statement.with_for_update(key_share=True)


def engine() -> Engine:
    """The one engine, for what must not share the request's transaction (sessions, health)."""
    return db.engine
