"""Requests to correct, to erase, to object: written down, answered, and for an erasure, carried out."""

from typing import Any

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import scope
from portal.platform.forgetting import Forgetting
from portal.platform.work import emit, use_case
from portal.privacy import rules
from portal.privacy.events import FileErased, RightsAnswered, RightsAsked
from portal.privacy.models import RightsRequest
from portal.privacy.queries import desk
from portal.privacy.rules import LoanFacts
from portal.privacy.services.purging import forgetting, substitutes
from portal.privacy.states import Right
from portal.roster import queries as roster
from portal.schools import services as schools


class StillOpen(DomainError):
    """An erasure while a loan is open."""


class NotConfirmed(DomainError):
    """The word that confirms was not typed."""

    message = later("Tapez le mot EFFACER pour confirmer. Rien n’a été effacé.")


class Answered(DomainError):
    """Somebody of the lycée was faster."""

    message = later("Cette demande a déjà reçu une réponse. Rechargez la page pour la lire.")


@use_case
def ask(*, kind: Right, student_id: int, account_id: int | None, details: str, on_paper: bool = False) -> RightsRequest:
    """Write a request down. An erasure that a loan forbids is refused at once, with the reason."""
    student = roster.one(student_id)
    asked = RightsRequest(
        school_id=student.school_id,
        account_id=account_id,
        student_id=student_id,
        kind=kind,
        details=details or None,
        on_paper=on_paper,
        asked_at=clock.now(),
    )
    db.session.add(asked)
    db.session.flush()  # the event names it
    emit(RightsAsked(school_id=student.school_id, request_id=asked.id, right=kind.value))
    reason = rules.obstacle(desk.loans_of(student_id)) if kind is Right.ERASE else None
    if reason:
        _end(asked, "refuse", text=reason, by=None)
    return asked


def _end(asked: RightsRequest, move: str, *, text: str, by: int | None) -> None:
    if not asked.can(move):
        raise Answered
    asked.move(move)
    asked.answer, asked.answered_by, asked.answered_at = text, by, clock.now()
    emit(RightsAnswered(school_id=asked.school_id, request_id=asked.id))


@use_case
def answer(request_id: int, *, text: str, by: int, refused: bool = False) -> None:
    """What the lycée says; the person reads it on their page. Raises `Answered`."""
    _end(desk.hold_request(request_id), "refuse" if refused else "answer", text=text, by=by)


@use_case
def withdraw(request_id: int) -> None:
    """The person gives up their request."""
    asked = desk.hold_request(request_id)
    if not asked.can("withdraw"):
        raise Answered
    asked.move("withdraw")
    asked.answered_at = clock.now()


def erase(request_id: int, *, typed: str, by: int) -> dict[str, int]:
    """Carry out an erasure that the head has decided; returns how many rows went or were emptied, by table.

    Raises `NotConfirmed`, `Answered`, `StillOpen`. The files go once the rows are gone for good.
    """
    if not rules.is_confirmed(typed):
        raise NotConfirmed
    erasure = _erase(request_id, by=by)
    with scope.every_school(reason="erasure"):
        erasure.forget_files()
    return dict(erasure.counts)


@use_case
def _erase(request_id: int, *, by: int) -> Forgetting:
    asked = desk.hold_request(request_id)
    if asked.kind is not Right.ERASE or asked.student_id is None or not asked.can("execute"):
        raise Answered
    schools.lock(asked.school_id)
    student = roster.one(asked.student_id)  # of this lycée, or not found
    student_id, public_id = student.id, student.public_id
    loans = desk.loans_of(student_id)
    if reason := rules.obstacle(loans):
        raise StillOpen(reason)
    asked.move("execute")
    asked.answered_by, asked.answered_at, asked.details, asked.outcome = by, clock.now(), None, {}
    db.session.flush()  # the request is closed before the rows it names go
    with scope.every_school(reason="erasure"):
        erasure = erase_student(student_id, loans)
        asked.outcome = dict(erasure.counts)
    emit(FileErased(school_id=asked.school_id, request_id=asked.id, student=public_id))
    return erasure


def erase_student(student_id: int, loans: list[LoanFacts]) -> Forgetting:
    """The student's file: what no archive needs goes, what it needs loses what tells of a person."""
    erasure = forgetting()
    guardians, kept = desk.guardians_alone(student_id), rules.kept(loans)
    accounts = desk.accounts_of(student_id, guardians)
    erasure.remove("loan", rules.gone(loans))
    for name, ids in desk.rows_of_student(student_id, guardians).items():
        erasure.remove(name, ids)
    if kept:
        _archive(erasure, student_id, kept)
    else:
        erasure.remove("student", [student_id])
    _let_guardians_go(erasure, guardians)
    erasure.remove("account", desk.accounts_without_use(accounts))
    return erasure


def _archive(erasure: Forgetting, student_id: int, loan_ids: list[int]) -> None:
    rows = desk.rows_of_loans(loan_ids)
    for name in ("message", "recall"):
        erasure.remove(name, rows[name])
    for name in ("charter_signature", "charter_desk", "charter_paper", "parcel"):
        erasure.empty(name, rows[name], substitutes(name))
    erasure.empty("loan", loan_ids, substitutes("loan"))
    born = roster.one(student_id).birth_date
    values: dict[str, Any] = {**substitutes("student"), "birth_date": born.replace(month=1, day=1)}
    erasure.empty("student", [student_id], {**values, "left_on": clock.today()})


def _let_guardians_go(erasure: Forgetting, guardian_ids: list[int]) -> None:
    signed = desk.with_signatures(guardian_ids)
    erasure.empty("guardian", sorted(signed), substitutes("guardian"))
    erasure.remove("guardian", [number for number in guardian_ids if number not in signed])
