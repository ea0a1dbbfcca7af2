"""An address to come in by next time, confirmed by a code sent there. The school's record stays as it is (SIG-1)."""

import secrets
from dataclasses import dataclass

from sqlalchemy import delete

from portal.access import queries
from portal.access.events import ContactClaimed, ContactConfirmed
from portal.access.models import ContactClaim
from portal.access.queries import matching
from portal.access.reach import everywhere
from portal.access.rules import Sameness, compare_names
from portal.accounts import contacts as accounts
from portal.accounts.keyed import keyed_hash, same
from portal.accounts.rules import CODE_LENGTH, MOST_TRIES, VALIDITY
from portal.accounts.services import KEPT, canonical
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.references import ALPHABET
from portal.kernel.words import later, later_many
from portal.platform.work import emit, use_case

TOO_OLD = later("Ce code est trop ancien : il sert pendant 15 minutes. Demandez-en un autre.")
OVER = later("Les cinq essais sont passés. Demandez un autre code.")
SHARED = later("Cette adresse est aussi celle d’une autre personne au lycée. Indiquez une adresse à vous seul.")


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """What the e-mail says: the only place where the code exists in clear."""

    email: str
    code: str
    language: str


@use_case
def claim(*, account_id: int, email: str) -> str:
    """Ask for a code at this address; returns the id of the page where it is typed. Whoever owns it, the answer is the same."""
    row = ContactClaim(
        account_id=account_id,
        email=canonical(email),
        asked_at=clock.now(),
        expires_at=clock.now() + VALIDITY,
    )
    db.session.add(row)
    db.session.flush()  # the event names it
    emit(ContactClaimed(school_id=None, claim_id=row.id, account_id=account_id))
    return row.public_id


@use_case
def draw_code(claim_id: int) -> Drawn | None:
    """Draw the code, keep its hash, and return it once; for the worker. None when it is too late."""
    row = queries.lock_claim(claim_id)
    if row.confirmed_at is not None or row.expires_at <= clock.now():
        return None
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    row.code_hash = _hashed(row, code)
    return Drawn(row.email, code, queries.account(row.account_id).language)


@use_case
def confirm(public_id: str, *, account_id: int, code: str) -> str:
    """Type the code: the address lets the account in from now on. Returns the refusal, empty when it is done.

    An address that a lycée knows as somebody else's lets nobody in: two people who share it never share an access.
    """
    row = queries.lock_claim(queries.claim(public_id, account_id=account_id).id)
    if row.confirmed_at is not None or row.expires_at <= clock.now():
        return TOO_OLD
    if row.tries >= MOST_TRIES:
        return OVER
    if not same(row.code_hash, _hashed(row, code)):
        row.tries += 1
        return _wrong(row.tries)
    return _taken(row) or _keep(row)


def _taken(row: ContactClaim) -> str:
    name = queries.account(row.account_id).name
    with everywhere("whose address it is"):
        holders = matching.names_at(row.email)
    shared = any(compare_names(name, holder) is not Sameness.SAME for holder in holders)
    other = queries.account_of_email(row.email)
    return SHARED if shared else accounts.ContactTaken.message if other not in {None, row.account_id} else ""


def _keep(row: ContactClaim) -> str:
    row.confirmed_at = clock.now()
    accounts.add_email(account_id=row.account_id, email=row.email)
    emit(ContactConfirmed(school_id=None, claim_id=row.id, account_id=row.account_id))
    return ""


def _wrong(tries: int) -> str:
    left = MOST_TRIES - tries
    if left <= 0:
        return OVER
    return later_many(
        "Ce code n’est pas le dernier reçu. Il reste un essai.",
        "Ce code n’est pas le dernier reçu. Il reste %(num)d essais.",
        left,
    )


@use_case
def forget_claims() -> int:
    """Delete what was asked more than a day ago; a scheduled work. Returns how many."""
    gone = db.session.execute(delete(ContactClaim).where(ContactClaim.asked_at < clock.now() - KEPT))
    return int(getattr(gone, "rowcount", 0))


def _hashed(row: ContactClaim, code: str) -> str:
    return keyed_hash("contact-claim", f"{row.id}:{code}")
