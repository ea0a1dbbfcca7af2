"""Reads about the means of coming in."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import column, exists, func, literal, select, table, union_all
from sqlalchemy.exc import NoResultFound

from portal.accounts.models import Account, RoleGrant
from portal.accounts.queries import running
from portal.credentials.models import AuthenticatorApp, Passkey, Password, RecoveryCode
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.values.contacts import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

# The schools live above this feature: their names are read by the table's name.
_school = table("school", column("id"), column("name"))

APP, PASSKEY = "app", "passkey"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose password it is: what the rules of passwords need to know of them."""

    account_id: int
    name: str
    email: str
    staff: bool
    places: tuple[str, ...]
    hash: str | None

    @property
    def personal(self) -> tuple[str, ...]:
        """What others try first."""
        return (self.name, self.email.partition("@")[0], *self.places)


@dataclass(frozen=True, slots=True)
class Factor:
    """An application or a passkey, as its owner sees it."""

    kind: str
    public_id: str
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Means:
    """Everything with which an account can be entered, but for its mailbox."""

    password_changed_at: datetime | None
    factors: list[Factor]
    codes_left: int

    @property
    def apps(self) -> list[Factor]:
        return [factor for factor in self.factors if factor.kind == APP]

    @property
    def passkeys(self) -> list[Factor]:
        return [factor for factor in self.factors if factor.kind == PASSKEY]


def owner(account_id: int) -> Owner:
    """The owner of an account; raises `NoResultFound`."""
    today = clock.today()
    rows = db.session.execute(
        select(Account.name, Account.email, RoleGrant.id.label("grant"), _school.c.name.label("place"), Password.hash)
        .outerjoin(RoleGrant, (RoleGrant.account_id == Account.id) & running(RoleGrant, today))
        .outerjoin(_school, _school.c.id == RoleGrant.at_school_id)
        .outerjoin(Password, Password.account_id == Account.id)
        .where(Account.id == account_id)
    ).all()
    if not rows:
        raise NoResultFound
    first, places = rows[0], tuple({row.place for row in rows if row.place})
    return Owner(account_id, first.name, first.email or "", first.grant is not None, places, first.hash)


def means(account_id: int) -> Means:
    """The password's date, the factors in use, and how many recovery codes are left, in one statement."""
    codes = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    changed = select(Password.changed_at).where(Password.account_id == account_id)
    apps = select(
        literal(APP).label("kind"),
        AuthenticatorApp.public_id,
        AuthenticatorApp.name,
        AuthenticatorApp.confirmed_at.label("created_at"),
        AuthenticatorApp.used_at,
    ).where(AuthenticatorApp.account_id == account_id, AuthenticatorApp.confirmed_at.is_not(None))
    keys = select(literal(PASSKEY), Passkey.public_id, Passkey.name, Passkey.created_at, Passkey.used_at).where(
        Passkey.account_id == account_id
    )
    rows: Sequence[Any] = db.session.execute(union_all(apps, keys)).all()
    about = db.session.execute(select(changed.scalar_subquery(), codes.scalar_subquery())).one()
    factors = sorted((Factor(*row) for row in rows), key=lambda factor: factor.created_at)
    return Means(about[0], factors, about[1])


def has_second_factor(account_id: int) -> bool:
    """Whether an application or a passkey is in use."""
    app = exists().where(AuthenticatorApp.account_id == account_id, AuthenticatorApp.confirmed_at.is_not(None))
    return bool(db.session.scalar(select(app | exists().where(Passkey.account_id == account_id))))


def app(public_id: str, *, account_id: int) -> AuthenticatorApp:
    """One's own application; raises `NoResultFound`."""
    own = (AuthenticatorApp.public_id == public_id, AuthenticatorApp.account_id == account_id)
    return db.session.scalars(select(AuthenticatorApp).where(*own)).one()


def credential_ids(account_id: int) -> list[str]:
    """The names of an account's passkeys."""
    return list(db.session.scalars(select(Passkey.credential_id).where(Passkey.account_id == account_id)))


def password_of(contact: str) -> tuple[int | None, str | None]:
    """The account of an address or a mobile number, and the hash of its password; neither when it is unknown."""
    known_by = Account.mobile if is_number(contact) else Account.email
    row = db.session.execute(
        select(Account.id, Password.hash)
        .outerjoin(Password, Password.account_id == Account.id)
        .where(known_by == contact, Account.disabled_at.is_(None))
    ).one_or_none()
    return (row.id, row.hash) if row else (None, None)


def card(account_id: int) -> Account:
    """The name, the address and the public id that a device keeps beside its secret; raises `NoResultFound`."""
    return db.session.scalars(select(Account).where(Account.id == account_id)).one()
