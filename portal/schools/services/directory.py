"""The national directory of lycées: loaded whole, or merged from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from portal.extensions import db
from portal.platform.work import emit, use_case
from portal.schools import directory, queries
from portal.schools.directory_csv import Richer
from portal.schools.events import DirectoryLoaded
from portal.schools.models import DirectoryEntry, School, search_words


@use_case
def load_directory(report: directory.DirectoryReport) -> int:
    """Replace the directory of lycées by a repaired one; those that take part stay. Returns how many entries it has."""
    taking_part = set(db.session.scalars(select(School.uai)))
    db.session.execute(delete(DirectoryEntry).where(DirectoryEntry.uai.not_in(taking_part)))
    rows = [_row(entry) for entry in report.entries if entry.uai not in taking_part]
    db.session.execute(insert(DirectoryEntry), rows)
    return len(rows) + len(taking_part)


@dataclass(frozen=True, slots=True)
class Merge:
    """What loading a directory does, or would do: UAIs."""

    created: list[str]
    changed: list[str]
    unchanged: int


def foresee_merge(found: Sequence[Richer]) -> Merge:
    """What loading would do, before anything is written."""
    rows = {one.entry.uai: _richer_row(one) for one in found}
    known = queries.directory_rows(rows)
    created = [uai for uai in rows if uai not in known]
    changed = [uai for uai, row in rows.items() if uai in known and _differs(known[uai], row)]
    return Merge(created, changed, len(rows) - len(created) - len(changed))


@use_case
def merge_directory(found: Sequence[Richer]) -> Merge:
    """Add lycées to the directory and mend those it has; the others stay. A column that the file has not stays too."""
    merge = foresee_merge(found)
    rows = {one.entry.uai: _richer_row(one) for one in found}
    if merge.created:
        db.session.execute(insert(DirectoryEntry), [{**EMPTY, **rows[uai]} for uai in merge.created])
    if merge.changed:
        changed = [{**rows[uai], "search": search_words(rows[uai])} for uai in merge.changed]
        db.session.execute(update(DirectoryEntry), changed)
    if merge.created or merge.changed:
        emit(DirectoryLoaded(school_id=None, created=len(merge.created), changed=len(merge.changed)))
    return merge


EMPTY = {"street": None, "phone": None, "email": None}


def _richer_row(found: Richer) -> dict[str, Any]:
    return {**_row(found.entry), **found.extra}


def _row(entry: directory.DirectoryEntry) -> dict[str, Any]:
    return {
        "uai": entry.uai,
        "name": entry.display_name,
        "raw_name": entry.name,
        "city": entry.display_city,
        "postcode": entry.postcode,
        "department": entry.department_code,
        "region_code": entry.region_code,
        "country": entry.country,
    }


def _differs(known: DirectoryEntry, row: Mapping[str, Any]) -> bool:
    return any(getattr(known, name) != value for name, value in row.items())
