"""Reads for messages: whom to tell about a loan, and the facts that a message may say."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select

from portal.accounts.models import Account
from portal.charter.models import CharterDecision, CharterSignature
from portal.charter.states import PENDING
from portal.extensions import db
from portal.loans import queries as loans
from portal.loans.models import Loan
from portal.loans.states import CharterGate
from portal.notifications.models import Message
from portal.notifications.rules import Person, reached_by
from portal.platform.outbox import OutboxRow
from portal.roster import queries as roster
from portal.roster.rules import Signatory


def message(message_id: int) -> Message:
    """A message in scope; raises `NoResultFound`."""
    return db.session.execute(select(Message).where(Message.id == message_id)).scalar_one()


def requester(loan: Loan) -> Person | None:
    """Whoever sent the request; without an address of their own, by the contacts given in it."""
    account = _accounts([loan.requested_by]).get(loan.requested_by or 0)
    if account is None:
        return None
    return reached_by(account, email=loan.contact_email, mobile=loan.contact_mobile)


def account(account_id: int) -> Person | None:
    """The owner of an account, unless it is closed."""
    return _accounts([account_id]).get(account_id)


def family(loan: Loan) -> list[Person]:
    """Whoever sent the request, then those who may sign: not the parents of an adult student (Code civil, art. 414)."""
    asking = requester(loan)
    signing = _with_accounts(roster.signing(loan.student_id).signatories)
    return [*([asking] if asking else []), *signing]


def loan(loan_id: int) -> Loan:
    """A loan with its student."""
    return loans.by_id(loan_id)


def told(loan_id: int, template: str) -> bool:
    """Whether this message about a loan was sent, or is about to be."""
    found = select(Message.id).where(Message.loan_id == loan_id, Message.template == template).limit(1)
    return db.session.scalar(found) is not None


def signatory(signature_id: int) -> Person | None:
    """Whoever is asked to sign, by the contacts that the school knows of them today."""
    signature = charter_signature(signature_id)
    able = [one for one in roster.signing(signature.student_id).signatories if one.guardian_id == signature.guardian_id]
    return _with_accounts(able)[0] if able else _accounts([signature.account_id]).get(signature.account_id or 0)


def other_holders(signature_id: int) -> list[Person]:
    """Those who hold parental authority today and did not sign this text: nobody for a student who signs alone."""
    signature = charter_signature(signature_id)
    signed = select(CharterSignature.guardian_id).where(
        CharterSignature.loan_id == signature.loan_id,
        CharterSignature.version_id == signature.version_id,
        CharterSignature.signed_at.is_not(None),
    )
    signers = set(db.session.scalars(signed))
    people = roster.signing(signature.student_id).signatories
    return _with_accounts([one for one in people if one.guardian_id is not None and one.guardian_id not in signers])


def charter_signature(signature_id: int) -> CharterSignature:
    """The signature that a message is about; raises `NoResultFound`."""
    return db.session.execute(select(CharterSignature).where(CharterSignature.id == signature_id)).scalar_one()


def decided_by(decision_id: int) -> int | None:
    """Whose account wrote down a decision on who signs; raises `NoResultFound`."""
    return db.session.execute(select(CharterDecision.decided_by).where(CharterDecision.id == decision_id)).scalar_one()


def still_awaited(signature_ids: Collection[int]) -> list[int]:
    """Those of these signatures that are awaited now."""
    statement = (
        select(CharterSignature.id)
        .join(Loan, Loan.id == CharterSignature.loan_id)
        .where(
            CharterSignature.id.in_(signature_ids),
            CharterSignature.state.in_(PENDING),
            Loan.charter == CharterGate.TO_SIGN,
        )
    )
    return list(db.session.scalars(statement))


class Origin(NamedTuple):
    """What a message follows from."""

    payload: dict[str, object]

    @property
    def signature_id(self) -> int | None:
        """The signature, when the event was about one."""
        found = self.payload.get("signature_id")
        return found if isinstance(found, int) else None

    @property
    def signature_ids(self) -> list[int]:
        """Every signature that it is about: several for a person with several children."""
        several = self.payload.get("signature_ids")
        if isinstance(several, list):
            return several
        return [self.signature_id] if self.signature_id else []


def origin(event_key: str) -> Origin:
    """The event that a message follows from."""
    payload = db.session.scalar(select(OutboxRow.payload).where(OutboxRow.key == event_key))
    return Origin(payload or {})


def _with_accounts(signatories: list[Signatory]) -> list[Person]:
    """The account's address first: its owner has proved that they read it."""
    accounts = _accounts(one.account_id for one in signatories)
    unknown = Person("", None, None)
    return [
        Person(
            name=one.name,
            email=accounts.get(one.account_id or 0, unknown).email or one.email,
            mobile=one.mobile,
            account_id=one.account_id,
            language=accounts.get(one.account_id or 0, unknown).language,
        )
        for one in signatories
    ]


def _accounts(ids: Iterable[int | None]) -> dict[int, Person]:
    wanted = [account_id for account_id in ids if account_id]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Account.id, Account.name, Account.email, Account.language).where(
            Account.id.in_(wanted), Account.disabled_at.is_(None)
        )
    )
    return {row.id: Person(row.name, row.email, None, row.id, row.language) for row in rows}
