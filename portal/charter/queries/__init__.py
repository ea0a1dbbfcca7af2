"""Reads of charters. A family's page costs one statement here; its account and its session take the others."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.exc import NoResultFound

from portal.charter.models import CharterSignature, CharterVersion
from portal.charter.rules import CodeFacts
from portal.charter.states import PENDING, SIGNED, SignatureState
from portal.extensions import db
from portal.loans import queries as loans
from portal.loans.models import Loan
from portal.platform.database import held
from portal.roster.models import Guardian, Guardianship, Student
from portal.schools.models import Campaign, Region, School
from portal.stock.models import DeviceModel
from portal.stock.states import DeviceKind

LoanRow = Loan
ModelRow = DeviceModel
"""A loan, a model of devices, for the annotations of the use-cases: they do not import those tables."""


@dataclass(frozen=True, slots=True)
class SignatoryFile:
    """What the pages of one signatory need. `guardian` is None when the student signs."""

    signature: CharterSignature
    version: CharterVersion
    loan: Loan
    student: Student
    school: School
    guardian: Guardian | None

    @property
    def email(self) -> str | None:
        """The address that the school knows of whoever signs."""
        return self.contact.email

    @property
    def mobile(self) -> str | None:
        """The mobile that the school knows of whoever signs."""
        return self.contact.mobile

    @property
    def contact(self) -> Guardian | Student:
        """Whose record holds the contacts: never the student's for a guardian's signature, even when the guardian is out of scope."""
        if self.signature.guardian_id is None:
            return self.student
        if self.guardian is None:
            raise NoResultFound("the guardian of another account")
        return self.guardian


def _own(account_id: int) -> ColumnElement[bool]:
    """The signature is this account's: the guardian's, or the student's own."""
    return or_(
        Guardian.account_id == account_id,
        and_(CharterSignature.guardian_id.is_(None), Student.account_id == account_id),
    )


def files() -> Select[CharterSignature, CharterVersion, Loan, Student, School, Guardian]:
    """Signatures with all that a `SignatoryFile` holds; the caller says which."""
    return (
        select(CharterSignature, CharterVersion, Loan, Student, School, Guardian)
        .join(CharterVersion, CharterVersion.id == CharterSignature.version_id)
        .join(Loan, Loan.id == CharterSignature.loan_id)
        .join(Student, Student.id == CharterSignature.student_id)
        .join(School, School.id == CharterSignature.school_id)
        .outerjoin(Guardian, Guardian.id == CharterSignature.guardian_id)
    )


@loans.signed_is_known_by
def _signed_by_reader() -> ColumnElement[bool]:
    """Whether this guardian has signed for this loan, and no newer text waits for them."""
    own = exists().where(CharterSignature.loan_id == Loan.id, CharterSignature.guardian_id == Guardian.id)
    return and_(own.where(CharterSignature.state.in_(SIGNED)), ~own.where(CharterSignature.state.in_(PENDING)))


def own_file(public_id: str, *, account_id: int) -> SignatoryFile:
    """The file of one's own signature; somebody else's, the other parent's included, raises `NoResultFound`."""
    statement = files().where(CharterSignature.public_id == public_id, _own(account_id))
    return SignatoryFile(*db.session.execute(statement).one())


def file_of(signature_id: int) -> SignatoryFile:
    """The file of a signature in scope: for jobs."""
    return SignatoryFile(*db.session.execute(files().where(CharterSignature.id == signature_id)).one())


@dataclass(frozen=True, slots=True)
class LoanFile:
    """A loan and everybody asked to sign for it, as one person of the family sees it; `link` is theirs to the student."""

    loan: Loan
    student: Student
    school: School
    signatures: tuple[CharterSignature, ...]
    mine: CharterSignature | None
    link: Guardianship | None

    def of_text(self, version_id: int) -> list[CharterSignature]:
        """Those asked to sign one text."""
        return [one for one in self.signatures if one.version_id == version_id]

    @property
    def latest(self) -> list[CharterSignature]:
        """Those asked to sign the last text that this family was given, but those who no longer have to."""
        last = max((one.version_id for one in self.signatures), default=0)
        gone = (SignatureState.REVOKED, SignatureState.EXPIRED)
        return [one for one in self.of_text(last) if one.state not in gone]

    def named(self, *states: SignatureState) -> list[str]:
        """The names of those whose signature is in one of these states: names, never contacts."""
        return list(dict.fromkeys(one.name_on_record for one in self.latest if one.state in states))


def loan_file(public_id: str, *, account_id: int) -> LoanFile:
    """A loan of the family, by what the URL shows; raises `NoResultFound`."""
    own = select(Guardian.id).where(Guardian.account_id == account_id)
    statement = (
        select(Loan, Student, School, CharterSignature, Guardian.account_id, Guardianship)
        .join(Student, Student.id == Loan.student_id)
        .join(School, School.id == Loan.school_id)
        .outerjoin(CharterSignature, CharterSignature.loan_id == Loan.id)
        .outerjoin(Guardian, Guardian.id == CharterSignature.guardian_id)
        .outerjoin(Guardianship, and_(Guardianship.student_id == Loan.student_id, Guardianship.guardian_id.in_(own)))
        .where(Loan.public_id == public_id)
        .order_by(CharterSignature.id, Guardianship.may_sign.is_not(True))
    )
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(statement)]
    if not rows:
        raise NoResultFound(public_id)
    loan, student, school, _, _, link = rows[0]
    asked: dict[CharterSignature, int | None] = {row[3]: row[4] for row in rows if row[3]}
    mine = [
        one for one, owner in asked.items() if account_id == (student.account_id if one.guardian_id is None else owner)
    ]
    return LoanFile(loan, student, school, tuple(asked), mine[-1] if mine else None, link)


def one(signature_id: int) -> CharterSignature:
    """A signature in scope; raises `NoResultFound`."""
    return db.session.execute(select(CharterSignature).where(CharterSignature.id == signature_id)).scalar_one()


def lock(signature_id: int) -> CharterSignature:
    """A signature in scope, held until the use-case ends; raises `NoResultFound`."""
    statement = held(select(CharterSignature).where(CharterSignature.id == signature_id))
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def lock_of_loan(loan_id: int) -> list[CharterSignature]:
    """Everybody asked to sign for a loan that the caller holds locked."""
    statement = held(select(CharterSignature).where(CharterSignature.loan_id == loan_id).order_by(CharterSignature.id))
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


@dataclass(frozen=True, slots=True)
class Held:
    """A loan and everybody asked to sign for it, all locked; `mine` is the signature being dealt with."""

    loan: Loan
    mine: CharterSignature
    others: list[CharterSignature]


def hold(signature_id: int) -> Held:
    """Lock a signature with its loan and its other signatures: always the loan first, so that nobody waits twice."""
    loan = loans.lock(one(signature_id).loan_id)
    everybody = lock_of_loan(loan.id)
    mine = next(signature for signature in everybody if signature.id == signature_id)
    return Held(loan, mine, [signature for signature in everybody if signature.id != signature_id])


def sealed_file(*, reference: str, digest: str) -> str | None:
    """Where the sealed charter of a loan is kept whose presented file's SHA-256 begins so; None when there is none."""
    return db.session.scalars(
        select(CharterSignature.sealed_key)
        .join(Loan, Loan.id == CharterSignature.loan_id)
        .where(
            Loan.reference == reference,
            CharterSignature.state == SignatureState.SEALED,
            CharterSignature.presented_sha256.startswith(digest, autoescape=True),
        )
    ).first()


def current_version(campaign_id: int) -> CharterVersion:
    """The last text published for a campaign; raises `NoResultFound` when there is none yet."""
    statement = (
        select(CharterVersion)
        .where(CharterVersion.campaign_id == campaign_id)
        .order_by(CharterVersion.number.desc())
        .limit(1)
    )
    return db.session.execute(statement).scalar_one()


@dataclass(frozen=True, slots=True)
class Deployment:
    """Who lends, and when."""

    campaign: Campaign
    region: Region


def deployment(campaign_id: int) -> Deployment:
    """The campaign of a loan, with its region."""
    statement = select(Campaign, Region).join(Region, Region.id == Campaign.region_id).where(Campaign.id == campaign_id)
    return Deployment(*db.session.execute(statement).one())


def models_on_offer(*, region_id: int, kind: DeviceKind) -> list[DeviceModel]:
    """The models of a kind that a region lends."""
    statement = select(DeviceModel).where(DeviceModel.region_id == region_id, DeviceModel.kind == kind)
    return list(db.session.scalars(statement.order_by(DeviceModel.name)))


def code_facts(signature: CharterSignature) -> CodeFacts:
    """What the rules ask of the last code."""
    return CodeFacts(
        asked_at=signature.code_asked_at,
        drawn=signature.code_hash is not None,
        expires_at=signature.code_expires_at,
        tries=signature.code_tries,
        codes=signature.codes_asked,
    )
