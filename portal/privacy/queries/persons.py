"""Everything kept about one person, for the copy that they may ask (GDPR, article 15), and what else concerns them.

A parent's copy holds the child's file and the parent's own contacts; never the other parent's name, contacts, address,
nor what the other parent wrote. Read while every school is seen, so each statement says whose rows it wants.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from portal.accounts.models import Account
from portal.charter.models import CharterSignature
from portal.distribution.models import ConditionReport
from portal.extensions import db
from portal.kernel.values.address import ADDRESS_PARTS
from portal.kernel.values.phones import display_phone
from portal.loans.models import Loan
from portal.notifications.models import Message
from portal.platform.audit import AuditLine
from portal.platform.i18n import format_day, format_moment
from portal.policy import ROLE_LABELS, Role
from portal.privacy.models import FileView, RightsRequest
from portal.privacy.wording import RIGHTS
from portal.roster import queries as roster
from portal.roster.models import Guardian, Guardianship, Student
from portal.schools.models import School
from portal.shipping.models import Parcel
from portal.stock.models import Device, DeviceModel

MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the copy: a title, and entries of label and value."""

    title: str
    entries: list[dict[str, str]]


@dataclass(slots=True)
class Subject:
    """Of whom: their account if they have one, their own rows as a guardian, and the students whose files are theirs."""

    name: str
    account_ids: set[int] = field(default_factory=set)
    guardians: list[Guardian] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)

    @property
    def student_ids(self) -> list[int]:
        """By number."""
        return [student.id for student in self.students]


def of_account(account_id: int) -> Subject:
    """Somebody who has an account: themselves, and the minors they are guardian of."""
    account = db.session.execute(select(Account).where(Account.id == account_id)).scalar_one()
    guardians = db.session.scalars(select(Guardian).where(Guardian.account_id == account_id)).all()
    students = roster.several(roster.students_of(account_id))
    return Subject(account.name, {account_id}, list(guardians), students)


def of_guardian(guardian_id: int) -> Subject:
    """A guardian of one lycée, who asked on paper: with the children that an account of theirs would show."""
    guardian = db.session.execute(select(Guardian).where(Guardian.id == guardian_id)).scalar_one()
    if guardian.account_id:
        allowed = roster.students_of(guardian.account_id)
    else:
        links = select(Guardianship.student_id).where(
            Guardianship.guardian_id == guardian_id, Guardianship.ends_on.is_(None)
        )
        allowed = frozenset(db.session.scalars(links))
    students = [student for student in roster.several(allowed) if student.school_id == guardian.school_id]
    return Subject(guardian.name, _known(guardian.account_id), [guardian], students)


def of_student(student_id: int) -> Subject:
    """A student, who asked on paper."""
    student = roster.one(student_id)
    return Subject(student.name, _known(student.account_id), [], [student])


def _known(account_id: int | None) -> set[int]:
    return {account_id} if account_id else set()


def sections(subject: Subject) -> list[Section]:
    """Everything, in the order in which one reads it; parts without an entry are left out."""
    found = [
        _accounts(subject),
        _guardians(subject),
        _students(subject),
        _loans(subject),
        _devices(subject),
        _conditions(subject),
        _parcels(subject),
        _signatures(subject),
        _messages(subject),
        _acts(subject),
        _views(subject),
        _requests(subject),
    ]
    return [section for section in found if section.entries]


def sealed_keys(subject: Subject) -> list[str]:
    """The files of the charters that this person signed."""
    keys = [one.sealed_key for one in _own_signatures(subject)]
    return [key for key in keys if key]


def _said(value: object) -> str:
    match value:
        case None | "":
            return "—"
        case bool():
            return "oui" if value else "non"
        case datetime():
            return format_moment(value)
        case date():
            return format_day(value)
    return str(value)


def _labelled(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    return {label: _said(value) for label, value in pairs if value is not None and value != ""}


def _postal(row: Any) -> str:
    parts = [getattr(row, name) for name in ADDRESS_PARTS]
    return ", ".join(part for part in parts if part)


def _phone(number: str | None) -> str | None:
    return display_phone(number) if number else None


def _accounts(subject: Subject) -> Section:
    rows = db.session.scalars(select(Account).where(Account.id.in_(subject.account_ids)))
    entries = [
        _labelled([
            ("Nom", row.name), ("Adresse e‑mail", row.email), ("Téléphone portable", _phone(row.mobile)),
            ("Langue", row.language), ("Ouvert le", row.created_at),
        ])
        for row in rows
    ]  # fmt: skip
    return Section("Votre compte", entries)


def _guardians(subject: Subject) -> Section:
    entries = []
    for row in subject.guardians:
        links = db.session.execute(
            select(Guardianship, Student)
            .join(Student, Student.id == Guardianship.student_id)
            .where(Guardianship.guardian_id == row.id, Guardianship.student_id.in_(subject.student_ids))
        ).all()
        said = "; ".join(f"{link.kinship} de {student.name}" for link, student in links)
        signs = any(link.may_sign for link, _ in links)
        opposed = next((link.opposed_on for link, _ in links if link.opposed_on), None)
        entries.append(_labelled([
            ("Nom", row.name), ("Lien", said), ("Peut signer", signs), ("Opposition notée le", opposed),
            ("Adresse e‑mail", row.email), ("Téléphone portable", _phone(row.mobile)), ("Adresse", _postal(row)),
        ]))  # fmt: skip
    return Section("Vous, dans le fichier du lycée", entries)


def _students(subject: Subject) -> Section:
    schools = {row.id: row.name for row in db.session.scalars(select(School))} if subject.students else {}
    entries = [
        _labelled([
            ("Prénom et nom", row.name), ("Date de naissance", row.birth_date), ("Lycée", schools[row.school_id]),
            ("Classe", row.class_name), ("Niveau", row.level), ("Adresse e‑mail", row.email),
            ("Téléphone portable", _phone(row.mobile)), ("Émancipé", row.emancipated or None), ("Parti le", row.left_on),
        ])
        for row in subject.students
    ]  # fmt: skip
    return Section("L’élève", entries)


LOAN_DATES = {
    "started_at": "Commencée le", "submitted_at": "Envoyée le", "charter_signed_at": "Charte signée le",
    "decided_at": "Décidée le", "prepared_at": "Préparé le", "sent_at": "Parti le", "received_at": "Reçu le",
    "ended_at": "Terminé le",
}  # fmt: skip


def _loans_of(subject: Subject) -> Sequence[Loan]:
    statement = select(Loan).where(Loan.student_id.in_(subject.student_ids)).order_by(Loan.started_at, Loan.id)
    found = db.session.scalars(statement).all()
    return [loan for loan in found if loan.submitted_at or loan.requested_by in subject.account_ids]


def _loans(subject: Subject) -> Section:
    entries = []
    for loan in _loans_of(subject):
        told: list[tuple[str, object]] = [
            ("Dossier", loan.reference),
            ("Matériel", loan.kind.value),
            ("Étape", loan.state.value),
        ]
        told += [(label, getattr(loan, name)) for name, label in LOAN_DATES.items()]
        told += [("Motif du refus", loan.reason), ("Numéro de suivi", loan.tracking_number)]
        if loan.requested_by in subject.account_ids:
            told += [
                ("Adresse e‑mail du contact", loan.contact_email),
                ("Téléphone du contact", _phone(loan.contact_mobile)),
            ]
            told += [("Adresse de livraison", _postal(loan)), ("Votre message", loan.note)]
        entries.append(_labelled(told))
    return Section("Les prêts", entries)


def _devices(subject: Subject) -> Section:
    rows = db.session.execute(
        select(Device, DeviceModel.name)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.student_id.in_(subject.student_ids))
    )
    entries = [
        _labelled([("Modèle", model), ("Étiquette", device.asset_tag), ("Numéro de série", device.serial)])
        for device, model in rows
    ]
    return Section("L’appareil prêté", entries)


def _conditions(subject: Subject) -> Section:
    entries = [
        _labelled([
            ("Noté le", row.noted_at), ("État", row.condition.value), ("Pièces manquantes", ", ".join(row.missing)),
            ("Remarque", row.remark), ("Photos, sur la page du dossier", len(row.photos)),
        ])
        for row in db.session.scalars(
            select(ConditionReport).where(ConditionReport.student_id.in_(subject.student_ids)).order_by(ConditionReport.id)
        )
    ]  # fmt: skip
    return Section("L’état du matériel à la remise", entries)


def _parcels(subject: Subject) -> Section:
    own = {loan.id for loan in _loans_of(subject) if loan.requested_by in subject.account_ids}
    rows = db.session.scalars(select(Parcel).where(Parcel.student_id.in_(subject.student_ids)).order_by(Parcel.id))
    entries = [
        _labelled([
            ("Colis", row.code), ("Poids en grammes", row.weight), ("Numéro de suivi", row.tracking_number),
            ("Préparé le", row.made_at), ("Remis au transporteur le", row.handed_over_at), ("Arrivé le", row.delivered_at),
            ("Adresse", _postal(row) if row.loan_id in own else None),
        ])
        for row in rows
    ]  # fmt: skip
    return Section("Les colis", entries)


def _own_signatures(subject: Subject) -> Sequence[CharterSignature]:
    guardians = [guardian.id for guardian in subject.guardians]
    alone = [
        student.id for student in subject.students if student.account_id in subject.account_ids or not subject.guardians
    ]
    mine = or_(
        CharterSignature.guardian_id.in_(guardians),
        CharterSignature.guardian_id.is_(None) & CharterSignature.student_id.in_(alone),
    )
    return db.session.scalars(select(CharterSignature).where(mine).order_by(CharterSignature.id)).all()


def _signatures(subject: Subject) -> Section:
    entries = [
        _labelled([
            ("Nom dans le fichier", row.name_on_record), ("Qualité", row.legal_title), ("Invité le", row.invited_at),
            ("Lue le", row.displayed_at), ("Code envoyé à", row.code_to), ("Code envoyé le", row.code_sent_at),
            ("Nom tapé", row.name_typed), ("Signée le", row.signed_at), ("Scellée le", row.sealed_at),
            ("Refusée le", row.declined_at), ("Empreinte du texte présenté", row.presented_sha256),
        ])
        for row in _own_signatures(subject)
    ]  # fmt: skip
    return Section("Vos signatures", entries)


def contacts_of(subject: Subject) -> set[str]:
    """Where one writes to this person."""
    accounts = db.session.scalars(select(Account).where(Account.id.in_(subject.account_ids))).all()
    people: list[Any] = [*accounts, *subject.guardians]
    if not subject.guardians:
        people += subject.students
    return {value for row in people for value in (row.email, row.mobile) if value}


def _messages(subject: Subject) -> Section:
    statement = select(Message).where(Message.to.in_(contacts_of(subject))).order_by(Message.queued_at)
    entries = [
        _labelled(
            [("Envoyé à", row.to), ("Message", row.template), ("Demandé le", row.queued_at), ("Envoyé le", row.sent_at)]
        )
        for row in db.session.scalars(statement.limit(MOST_LINES))
    ]
    return Section("Les messages", entries)


def _acts(subject: Subject) -> Section:
    statement = select(AuditLine).where(AuditLine.account_id.in_(subject.account_ids)).order_by(AuditLine.at)
    entries = [
        _labelled([("Le", row.at), ("Acte", row.kind), ("Sur", row.subject)])
        for row in db.session.scalars(statement.limit(MOST_LINES))
    ]
    return Section("Ce que vous avez fait", entries)


def _views(subject: Subject) -> Section:
    statement = select(FileView).where(FileView.student_id.in_(subject.student_ids)).order_by(FileView.at)
    entries = [
        _labelled([("Le", format_day(row.at)), ("Qui", str(ROLE_LABELS[Role(row.role)]))])
        for row in db.session.scalars(statement.limit(MOST_LINES))
    ]
    return Section("Qui a consulté le dossier", entries)


def _requests(subject: Subject) -> Section:
    statement = (
        select(RightsRequest).where(RightsRequest.account_id.in_(subject.account_ids)).order_by(RightsRequest.id)
    )
    entries = [
        _labelled([
            ("Demande", str(RIGHTS[row.kind])), ("Le", row.asked_at), ("Vous écrivez", row.details),
            ("Réponse", row.answer), ("Répondue le", row.answered_at),
        ])
        for row in db.session.scalars(statement)
    ]  # fmt: skip
    return Section("Vos demandes sur les données", entries)
