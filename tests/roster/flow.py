"""Imports in tests, without any file: records in, an import out; and the whole roster as one comparable value."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.platform import scope
from portal.roster import services
from portal.roster.models import RosterImport
from portal.roster.reading.records import (
    GuardianRecord,
    Header,
    LinkRecord,
    Place,
    Reading,
    Record,
    Source,
    StudentRecord,
)
from portal.roster.services import Uploaded
from portal.roster.services.staging import WORDS
from tests import factories as make

WHOLE = frozenset({StudentRecord, GuardianRecord, LinkRecord})
TABLES = ("student", "guardian", "guardianship")


def student(key: str = "101", **values: Any) -> StudentRecord:
    """Yanis, in 2de 4."""
    usual = {"family_name": "Benali", "given_name": "Yanis", "birth_date": date(2011, 6, 21), "class_name": "2DE 4"}
    return StudentRecord(**{**usual, "level": "2de GT", "source_id": key, "place": Place("eleves.xml", 7), **values})


def guardian(key: str = "900", **values: Any) -> GuardianRecord:
    """Nadia, with everything that one needs to be reached."""
    home = PostalAddress(recipient="Mme Nadia Benali", street="8 rue des Tilleuls", postcode="57000", city="Metz")
    usual = {"name": "Nadia Benali", "email": "nadia@example.org", "mobile": "+33639980012", "address": home}
    return GuardianRecord(**{**usual, "source_id": key, "place": Place("responsables.xml", 12), **values})


def link(student_key: str = "101", guardian_key: str = "900", **values: Any) -> LinkRecord:
    """The mother, who may sign."""
    usual = {"kinship": "mère", "may_sign": True, "place": Place("responsables.xml", 40)}
    return LinkRecord(**{"student": student_key, "guardian": guardian_key, **usual, **values})


def family() -> list[Record]:
    """One student, one mother, one link."""
    return [student(), guardian(), link()]


def town(size: int = 30) -> list[Record]:
    """A small school: one or two guardians a student, brothers and sisters among them."""
    records: list[Record] = []
    for n in range(size):
        records.append(student(f"S{n}", family_name=f"Nom{n // 2}", given_name=f"Prénom{n}", class_name=f"2DE {n % 4}"))
        rank = n % 2
        records.append(guardian(f"G{n}-{rank}", name=f"Parent{rank} Nom{n // 2}", email=f"p{n}.{rank}@example.org"))
        records.append(link(f"S{n}", f"G{n - n % 2}-0"))
        if n % 2:
            records.append(link(f"S{n}", f"G{n}-1", kinship="père"))
    return records


def reading(records: Iterable[Record], *, source: Source = Source.SIECLE, kinds: frozenset[type] = WHOLE) -> Reading:
    """Records as a file of this source would give them."""
    return Reading(header=Header(source=source, uai=None, year=2026), kinds=kinds, records=iter(records))


def stage(
    records: Iterable[Record],
    *,
    school_id: int,
    source: Source = Source.SIECLE,
    kinds: frozenset[type] = WHOLE,
    refused: DomainError | None = None,
    name: str = "eleves.xml",
) -> RosterImport:
    """Upload and compare, in the scope of the school."""
    asked = services.receive(school_id=school_id, uploads=[Uploaded(name=name, sha256="0" * 64)], by_worker=False)

    def check(_header: Header) -> None:
        if refused:
            raise refused

    services.compare(asked.id, read=lambda _: reading(records, source=source, kinds=kinds), check=check)
    return make.fresh(asked)


def bring(records: Iterable[Record], *, school_id: int, typed: str = "", **how: Any) -> RosterImport:
    """Upload, compare and apply."""
    asked = stage(records, school_id=school_id, **how)
    services.apply(asked.public_id, typed=typed)
    return make.fresh(asked)


def numbers(asked: RosterImport) -> dict[str, dict[str, int]]:
    """What the comparison counted, without the zeros."""
    counts = make.fresh(asked).counts or {}
    words = set(WORDS.values())
    return {name: {word: n for word, n in found.items() if n and word in words} for name, found in counts.items()}


def dump(*names: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables, as the database holds it."""
    tables = db.metadata.tables
    with db.engine.connect() as link_:
        return {
            name: [
                tuple(map(str, row)) for row in link_.execute(select(tables[name]).order_by(*tables[name].primary_key))
            ]
            for name in names or TABLES
        }


def content(school_id: int) -> dict[str, Sequence[Any]]:
    """The roster by its keys: what two orders of the same records must leave alike."""
    from portal.roster.models import Guardian, Guardianship, Student

    with scope.every_school(reason="tests"):
        people = {
            table.__tablename__: sorted(
                tuple(
                    str(getattr(row, column.key))
                    for column in table.__table__.columns
                    if column.key not in {"id", "public_id"}
                )
                for row in db.session.scalars(select(table).where(table.school_id == school_id))
            )
            for table in (Student, Guardian)
        }
        links = db.session.execute(
            select(
                Student.source_id, Guardian.source_id, Guardianship.kinship, Guardianship.may_sign, Guardianship.ends_on
            )
            .join(Student, Student.id == Guardianship.student_id)
            .join(Guardian, Guardian.id == Guardianship.guardian_id)
        )
        return {**people, "links": sorted(tuple(map(str, row)) for row in links)}
