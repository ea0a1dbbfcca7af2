"""The one shape in which every kind of roster file is read; what an import compares with what is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.kernel.values.address import PostalAddress


class Source(StrEnum):
    """Where a record comes from; keys of different sources are never compared."""

    SIECLE = "siecle"
    TABLE = "table"  # CSV, xlsx, ods
    ONEROSTER = "oneroster"


class Severity(StrEnum):
    """An error leaves its record out; a warning lets it in."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person finds it again: the file's name inside the upload, and the line (or row) from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report: where, about whom, which field and value, and in plain French what to do.

    `about` is the kind of record it speaks of; None for the file itself. `key` is the `source_id` of the student or
    guardian that an error leaves out: they are in the file, and must not be taken for absent.
    """

    severity: Severity
    place: Place
    subject: str
    field: str
    value: str
    sentence: str
    about: type | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRecord:
    """A student as the file says. `left_on` is the exit date as given, past or future."""

    source_id: str
    family_name: str
    given_name: str
    birth_date: date
    usage_name: str | None = None
    ine: str | None = None
    class_name: str | None = None
    level: str | None = None
    email: str | None = None
    mobile: str | None = None
    left_on: date | None = None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRecord:
    """A guardian as the file says. Without a given name it is a service (ASE). An address abroad has no parcel."""

    source_id: str
    name: str
    email: str | None = None
    mobile: str | None = None
    address: PostalAddress | None = None
    abroad: bool = False
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """Who answers for whom. `may_sign` is None where the source cannot say (OneRoster): the school confirms it."""

    student: str
    guardian: str
    kinship: str
    may_sign: bool | None
    place: Place = field(compare=False)


Record = StudentRecord | GuardianRecord | LinkRecord | Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the file says of itself; None where the format does not say."""

    source: Source
    uai: str | None = None
    year: int | None = None
    exported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What students follow, by SIECLE's code (MEF): how many they are, and their classes, by which a school knows it."""

    code: str
    students: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One upload, recognised: its header, which kinds of record it holds, and its records, streamed once.

    Kinds decide what « absent » means: students alone leave the guardians untouched, and the reverse. `labels` is what its
    own nomenclature calls each MEF; `unnamed` are those of its students that nothing names.
    """

    header: Header
    kinds: frozenset[type]
    records: Iterator[Record]
    labels: Mapping[str, str] = field(default_factory=dict)
    unnamed: Sequence[Course] = ()
