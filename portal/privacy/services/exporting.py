"""Copies of one person's data: asked, made by the worker, kept seven days."""

import json
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import files
from portal.platform.pdf import render
from portal.platform.work import emit, use_case
from portal.privacy.datamap import period
from portal.privacy.events import ExportAsked
from portal.privacy.models import DataExport
from portal.privacy.queries import desk, persons
from portal.privacy.queries.persons import Subject
from portal.privacy.states import ExportState

KIND = "copies"


class NothingKept(DomainError):
    """An account without any student."""

    message = later("Nous ne gardons que votre nom et votre adresse e‑mail, montrés en haut de cette page.")


@use_case
def ask_own(*, account_id: int) -> DataExport:
    """A copy of everything kept about this account; the same asked again while it is being made is the same copy."""
    school_id = desk.school_of_account(account_id)
    if school_id is None:
        raise NothingKept
    return desk.running_export(account_id=account_id) or _open(school_id, account_id=account_id, by=account_id)


@use_case
def ask_on_paper(
    *, school_id: int, by: int, student_id: int | None = None, guardian_id: int | None = None
) -> DataExport:
    """A copy for somebody who asked the lycée on paper: a student, or one guardian."""
    busy = desk.running_export(student_id=student_id, guardian_id=guardian_id)
    return busy or _open(school_id, student_id=student_id, guardian_id=guardian_id, by=by)


def _open(school_id: int, *, by: int, **whose: int | None) -> DataExport:
    export = DataExport(school_id=school_id, asked_by=by, asked_at=clock.now(), **whose)
    db.session.add(export)
    db.session.flush()  # the event names it
    emit(ExportAsked(school_id=None, export_id=export.id))
    return export


@use_case
def start(export_id: int) -> bool:
    """The worker begins, or begins again; False when the copy is already there."""
    export = desk.hold_export(export_id)
    if export.state is ExportState.READY:
        return False
    export.move("start")
    return True


@use_case
def finish(export_id: int, *, file_key: str) -> None:
    """The copy is there, for seven days."""
    export, now = desk.hold_export(export_id), clock.now()
    export.file_key, export.ready_at, export.expires_at = file_key, now, now + period("export")
    export.move("finish")


@use_case
def fail(export_id: int) -> None:
    """It did not work; the worker tries again later."""
    desk.hold_export(export_id).move("fail")


def make(export_id: int) -> str:
    """Gather, lay out, pack and store; returns the key of the file. For the worker, while every school is seen."""
    export = desk.export(export_id)
    return files.keep(packed(subject_of(export), at=export.asked_at), kind=KIND, suffix="zip")


def subject_of(export: DataExport) -> Subject:
    """Whose data a copy holds."""
    if export.account_id is not None:
        return persons.of_account(export.account_id)
    if export.guardian_id is not None:
        return persons.of_guardian(export.guardian_id)
    assert export.student_id is not None
    return persons.of_student(export.student_id)


def packed(subject: Subject, *, at: datetime) -> bytes:
    """A zip of the copy to read (PDF), the same for a program (JSON), and the charters that this person signed."""
    sections = persons.sections(subject)
    told = {
        "personne": subject.name,
        "date": at.isoformat(),
        "parties": [{"titre": section.title, "lignes": section.entries} for section in sections],
    }
    context = {"name": subject.name, "at": at, "sections": sections}
    parts = {
        "donnees.json": json.dumps(told, ensure_ascii=False, indent=2).encode(),
        "donnees.pdf": render("privacy/pdf/person.html", context, title="Copie de vos données"),
    }
    charters = enumerate(persons.sealed_keys(subject), start=1)
    parts |= {f"charte-signee-{number}.pdf": files.read(key) for number, key in charters}
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name, at.timetuple()[:6]), content, ZIP_DEFLATED)
    return out.getvalue()
