"""`data-map.yml`, read once: what each column holds, of whom, why, and how long. Pages, purge and erasures follow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data-map.yml"

KEEP = object()
"""What `Column.erase` says of a column that an erasure leaves as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `erase` is what takes its place when the row must stay: None, a value, "number" or "year"."""

    name: str
    holds: str
    personal: bool = False
    file: bool = False
    follows: bool = False
    erase: Any = KEEP


@dataclass(frozen=True, slots=True)
class Period:
    """How long, in words and in days (None: no end), and what happens then."""

    name: str
    days: float | None
    words: str
    then: str

    @property
    def length(self) -> timedelta:
        """As a length of time; raises `ValueError` when it has no end."""
        if self.days is None:
            raise ValueError(f"the period {self.name} has no end")
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Table:
    """One table, with its columns by name."""

    name: str
    holds: str
    whose: tuple[str, ...]
    purpose: str
    basis: str
    readers: tuple[str, ...]
    kept: Period
    columns: Mapping[str, Column]

    @property
    def personal(self) -> list[Column]:
        """The columns that tell something of a person."""
        return [column for column in self.columns.values() if column.personal]


@dataclass(frozen=True, slots=True)
class DataMap:
    """The whole map."""

    periods: Mapping[str, Period]
    tables: Mapping[str, Table]
    file_kinds: tuple[str, ...]

    def files(self) -> list[tuple[str, str]]:
        """The columns that name files of the store."""
        return [
            (table.name, column.name)
            for table in self.tables.values()
            for column in table.columns.values()
            if column.file
        ]

    def about_people(self) -> list[Table]:
        """The tables that hold something of a person, in the order of their French description."""
        return sorted((table for table in self.tables.values() if table.personal), key=lambda table: table.holds)


@cache
def data_map() -> DataMap:
    """The map; raises `KeyError` or `TypeError` naming what is wrong in the file."""
    yaml = import_module("yaml")  # late: three megabytes, for the pages of privacy and the purge
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    periods = {name: Period(name=name, **values) for name, values in read["periods"].items()}
    tables = {name: _table(name, values, periods, read["bases"]) for name, values in read["tables"].items()}
    return DataMap(periods, tables, tuple(read["file_kinds"]))


def period(name: str) -> timedelta:
    """The length of a period: `period("access_log")`."""
    return data_map().periods[name].length


def _table(name: str, values: dict[str, Any], periods: Mapping[str, Period], bases: Mapping[str, str]) -> Table:
    columns = {column: _column(column, told) for column, told in values["columns"].items()}
    return Table(
        name=name,
        holds=values["holds"],
        whose=tuple(values["whose"]),
        purpose=values["purpose"],
        basis=bases[values["basis"]],
        readers=tuple(values["readers"]),
        kept=periods[values["kept"]],
        columns=columns,
    )


def _column(name: str, told: str | dict[str, Any]) -> Column:
    if isinstance(told, str):
        return Column(name, told)
    erase = told.get("erase", KEEP)
    value = erase["text"] if isinstance(erase, dict) else erase
    return Column(name, **{**told, "erase": value})
