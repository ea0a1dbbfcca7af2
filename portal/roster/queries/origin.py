"""Where the school's record has a contact from: what the evidence of a signature says of it (SIG-1)."""

from typing import Final

from sqlalchemy import and_, or_, select

from portal.extensions import db
from portal.kernel.clock import PARIS
from portal.platform import scope
from portal.platform.audit import AuditLine
from portal.policy import ROLE_LABELS, Role
from portal.roster.events import PersonCorrected
from portal.roster.models import Guardian, RosterImport, RosterLine, Student
from portal.roster.reading.records import Source
from portal.roster.states import ImportState, Kind, Verdict

FILES: Final = {Source.SIECLE: "SIECLE", Source.TABLE: "tableur", Source.ONEROSTER: "OneRoster"}


def origin(person: Guardian | Student, field: str) -> str:
    """« import SIECLE du 2026-09-02 », or « corrigé par le compte 12 (Gestionnaire) le 2026-09-03 ».

    :param field: as the record names it: `email`, `mobile` or `address`.
    """
    kind = Kind.STUDENT if isinstance(person, Student) else Kind.GUARDIAN
    with scope.every_school(reason="where a contact comes from"):
        corrected = _corrected(kind, person.id) if field in (person.protected or ()) else ""
        return corrected or _imported(kind, person, field) or f"fichier {FILES[person.source]} du lycée"


def _corrected(kind: Kind, person_id: int) -> str:
    """Who corrected the record last, by their account: the evidence names nobody of the school."""
    lines = select(AuditLine).where(
        AuditLine.subject == f"{kind.value}:{person_id}", AuditLine.kind == PersonCorrected.__name__
    )
    line = db.session.scalars(lines.order_by(AuditLine.at.desc(), AuditLine.id.desc()).limit(1)).one_or_none()
    if line is None or line.account_id is None or line.role is None:
        return ""
    day = line.at.astimezone(PARIS).date().isoformat()
    return f"corrigé par le compte {line.account_id} ({ROLE_LABELS[Role(line.role)]}) le {day}"


def _imported(kind: Kind, person: Guardian | Student, field: str) -> str:
    """The last import that wrote this contact."""
    own_key = and_(RosterLine.record_key == person.source_id, RosterImport.source == person.source)
    brought = and_(RosterLine.verdict == Verdict.NEW, own_key)
    changed = and_(RosterLine.verdict == Verdict.CHANGED, RosterLine.target_id == person.id)
    statement = (
        select(RosterImport.applied_at, RosterLine.changes, RosterLine.verdict)
        .join(RosterLine, RosterLine.import_id == RosterImport.id)
        .where(
            RosterImport.school_id == person.school_id,
            RosterImport.state == ImportState.APPLIED,
            RosterLine.kind == kind,
            or_(brought, changed),
        )
        .order_by(RosterImport.applied_at.desc())
    )
    for at, changes, verdict in db.session.execute(statement):
        if at and (verdict is Verdict.NEW or field in (changes or {})):
            return f"import {FILES[person.source]} du {at.astimezone(PARIS).date().isoformat()}"
    return ""
