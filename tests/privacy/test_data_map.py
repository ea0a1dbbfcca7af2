"""Every column of the database is in the data map, and the map says nothing of columns that do not exist (PRV-1)."""

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from sqlalchemy import String

import portal
from portal.extensions import Base
from portal.privacy.datamap import FILE, KEEP, data_map

for module in walk_packages(portal.__path__, "portal."):
    if re.search(r"\.(models|jobs|outbox|audit|sessions|health|limits)$", module.name):
        import_module(module.name)

MAP = data_map()
TABLES = Base.metadata.tables


def test_every_column_is_in_the_map_and_the_map_holds_no_other():
    """To mend: copy the missing lines printed here into portal/privacy/data-map.yml, and say what each column holds."""
    wanted = {(table.name, column.name) for table in TABLES.values() for column in table.columns}
    known = {(table.name, name) for table in MAP.tables.values() for name in table.columns}
    missing, unknown = sorted(wanted - known), sorted(known - wanted)
    lines = "\n".join(f"  {table}: {column}: …" for table, column in missing)
    assert not missing, f"add to {FILE.name}:\n{lines}"
    assert not unknown, f"remove from {FILE.name}, the database has no such column: {unknown}"


def test_every_table_says_whose_why_and_who_reads():
    for table in MAP.tables.values():
        assert table.holds
        assert table.purpose
        assert table.whose
        assert table.readers
        assert (table.basis.startswith("Aucune")) == (not table.personal), f"{table.name}: basis and columns disagree"
        for column in table.columns.values():
            assert column.holds, f"{table.name}.{column.name}"


def test_every_period_is_used_and_has_words():
    assert {table.kept.name for table in MAP.tables.values()} | ELSEWHERE == set(MAP.periods)
    for period in MAP.periods.values():
        assert period.words
        assert period.then


ELSEWHERE = {"draft", "refused", "loan", "security_log", "stray_file"}
"""Periods of some rows of a table, or of files: the rules of the purge name them."""


def test_what_is_erased_in_place_can_be():
    """A column that may not be empty is not emptied by an erasure."""
    for table in MAP.tables.values():
        for column in table.columns.values():
            if column.erase is None:
                assert TABLES[table.name].columns[column.name].nullable, f"{table.name}.{column.name}"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_that_names_a_file_says_so(table):
    """A file that no such column names is removed by the purge: one forgotten here would lose somebody's charter."""
    for column in TABLES[table].columns:
        stored = column.name.endswith("_key") and isinstance(column.type, String) and (column.type.length or 0) >= 64
        if stored and column.name not in {"event_key", "record_key"}:
            assert MAP.tables[table].columns[column.name].file, f"{table}.{column.name} names a file"


def test_personal_columns_that_an_erasure_must_treat_are_treated():
    """Where rows stay after an erasure, every column with a person's words in it has a substitute."""
    for name in ("student", "guardian", "parcel", "account"):
        for column in MAP.tables[name].personal:
            assert column.erase is not KEEP or column.name in NOT_TELLING, f"{name}.{column.name}"


NOT_TELLING = {"language"}


def test_its_french_is_plain_and_well_set():
    text = FILE.read_text(encoding="utf-8")
    said = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in said if re.search(r"\w'\w", line)], "typographic apostrophes"
    assert not re.search(r"invalide|usager|courriel", text)
