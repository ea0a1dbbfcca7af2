"""From the files of an upload to its comparison: what the worker does for a page, and a command line for a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from sqlalchemy.exc import NoResultFound

from portal.kernel import clock
from portal.platform.reading.parts import LARGEST_INFLATED, LARGEST_UPLOAD
from portal.roster import services
from portal.roster.queries import imports as queries
from portal.roster.queries import levels
from portal.roster.reading import Mapping as Chosen
from portal.roster.reading import NeedsMapping, Upload, check_header, open_upload
from portal.roster.reading.records import Reading
from portal.roster.services import Question
from portal.schools import queries as schools

FIRST_MONTH = 8
"""Before August, files are those of the school year that began the year before."""


def compare(import_id: int, files: Sequence[Upload], *, school_id: int, year: int | None = None) -> None:
    """Read the files and compare them with the school; a person first names columns, and MEF that nothing names."""
    _compare(import_id, partial(_opened_with_levels, files, school_id), school_id, year)


def compare_at_once(import_id: int, files: Sequence[Upload], *, school_id: int, year: int | None = None) -> None:
    """The same without a person: columns are those the school once confirmed, or those proposed if nothing is missing."""
    _compare(import_id, partial(_opened_alone, files, school_id), school_id, year)


def _compare(
    import_id: int,
    read: Callable[[Mapping[str, str] | None], Reading | Question],
    school_id: int,
    year: int | None,
) -> None:
    uai = schools.one(school_id).uai
    expected = year or school_year(school_id)
    services.compare(import_id, read=read, check=lambda header: check_header(header, uai=uai, year=expected))


def school_year(school_id: int) -> int:
    """The first year of the school year: that of the region's campaign, or of the calendar outside any."""
    today = clock.today()
    try:
        return schools.current_campaign(school_id, on=today).starts_on.year
    except NoResultFound:
        return today.year if today.month >= FIRST_MONTH else today.year - 1


def _opened(
    files: Sequence[Upload], school_id: int, chosen: Mapping[str, str] | None, *, largest: int = LARGEST_UPLOAD
) -> Reading | Question:
    labels = {one.code: one.label for one in levels.labels(school_id)}
    found = open_upload(files, mapping=Chosen(chosen) if chosen else None, labels=labels, largest=largest)
    return found if isinstance(found, Reading) else Question(asks=_columns(found, school_id))


def _opened_with_levels(
    files: Sequence[Upload], school_id: int, chosen: Mapping[str, str] | None
) -> Reading | Question:
    """A person also says, once, what the school calls each MEF that no nomenclature names."""
    found = _opened(files, school_id, chosen)
    if isinstance(found, Reading) and found.unnamed:
        return Question(asks={"courses": [asdict(course) for course in found.unnamed]}, header=found.header)
    return found


def _opened_alone(files: Sequence[Upload], school_id: int, chosen: Mapping[str, str] | None) -> Reading | Question:
    found = _opened(files, school_id, chosen, largest=LARGEST_INFLATED)
    if isinstance(found, Question) and not found.asks["missing"]:
        return _opened(files, school_id, found.asks["proposals"], largest=LARGEST_INFLATED)
    return found


def _columns(found: NeedsMapping, school_id: int) -> dict[str, Any]:
    """What the mapping screen shows: the school's own earlier answer comes before our proposals."""
    asked = {name: value for name, value in asdict(found).items() if name != "fields"}
    known = queries.mapping(school_id, found.fingerprint)
    if known:
        mine = Chosen({name: column for name, column in known.items() if column in found.headers})
        asked |= {"proposals": dict(mine.columns), "missing": mine.missing(found.headers)}
    return asked | {"remembered": bool(known)}
