"""Alembic's environment: one database, the application's, online only."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection, MetaData
from sqlalchemy.sql.schema import SchemaItem

database = current_app.extensions["migrate"].db
metadata: MetaData = database.metadata


def _ours(_item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """On PostgreSQL the worker's own tables live in their own schema; nothing of theirs is compared."""
    return not (kind == "table" and reflected and name not in metadata.tables)


def _plainly(kind: str, item: object, _autogen: object) -> str | bool:
    """Our column types are written as what they are in the database: a migration never imports the portal."""
    if kind == "type" and type(item).__module__.startswith("portal."):
        return f"sa.{item.impl!r}"  # type: ignore[attr-defined]  # a TypeDecorator
    return False


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying it; the rows that point to it are checked at the end, not on the way."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        lost = driver.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise RuntimeError(f"rows that point to nothing after the migration: {lost[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Run the migrations in one transaction where the engine allows it."""
    with database.engine.connect() as connection, _tables_may_be_made_anew(connection):
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_plainly,
            include_object=_ours,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
