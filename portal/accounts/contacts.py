"""The ways into an account: given at once to many, or added by its owner. Never the contacts of a school's record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from portal.accounts.models import Account
from portal.accounts.services import canonical
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.references import new_public_id
from portal.kernel.words import later
from portal.platform.work import use_case


class ContactTaken(DomainError):
    """Another account comes in by this address."""

    message = later("Cette adresse ouvre déjà un autre accès. Indiquez une adresse à vous seul, ou parlez-en au lycée.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccess:
    """Somebody to open an account for, and the contacts that let them in: an address, a mobile (E.164), or none."""

    name: str
    email: str | None = None
    mobile: str | None = None


@use_case
def open_many(people: Sequence[NewAccess]) -> list[int]:
    """One new account each, in one statement; their numbers in the order given. The contacts must be free."""
    if not people:
        return []
    rows: list[dict[str, Any]] = [
        {
            "name": person.name,
            "email": canonical(person.email) if person.email else None,
            "mobile": person.mobile,
            "language": "fr",
            "created_at": clock.now(),
            "public_id": new_public_id(),
        }
        for person in people
    ]
    opened = db.session.execute(insert(Account).returning(Account.public_id, Account.id), rows)
    numbers: dict[str, int] = dict(iter(opened))
    return [numbers[row["public_id"]] for row in rows]


@use_case
def add_email(*, account_id: int, email: str) -> None:
    """From now on this address lets the account in, instead of the one before; raises `ContactTaken`."""
    address = canonical(email)
    taken = select(Account.id).where(Account.email == address, Account.id != account_id)
    if db.session.execute(taken).first() is not None:
        raise ContactTaken
    account = db.session.execute(select(Account).where(Account.id == account_id).with_for_update()).scalar_one()
    account.email = address
