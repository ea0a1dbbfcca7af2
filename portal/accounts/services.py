"""Open an account, give a role, ask for a way in, and come in by it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update

from portal.accounts import queries, rules
from portal.accounts.events import AccountDisabled, RoleEnded, RoleGranted, SignedIn, SignedOut, SignInAsked
from portal.accounts.keyed import keyed_hash, same
from portal.accounts.models import Account, RoleGrant, SignInLink
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.contacts import is_number
from portal.kernel.values.references import ALPHABET, new_public_id
from portal.kernel.words import later
from portal.platform.actor import Actor
from portal.platform.database import held
from portal.platform.work import emit, use_case
from portal.policy import Role

KEPT = timedelta(hours=24)
"""Links and codes are forgotten after a day (trust-ux.md, section 6)."""


class NoEntry(DomainError):
    """The account is closed, or its role has ended."""

    message = later("Ce compte ne donne plus accès à Fin prêt. Demandez à votre lycée de vérifier votre adresse.")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to open an account for."""

    name: str
    email: str
    language: str = "fr"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What the message of a way in says: the only place where the link's token and the code exist in clear."""

    token: str
    code: str
    to: str
    by_sms: bool
    language: str


@dataclass(frozen=True, slots=True)
class Door:
    """What a link or a code opened: an account and the page to go to, or the sentence that says why not."""

    account_id: int = 0
    next_path: str | None = None
    refusal: str = ""
    by_sms: bool = False


def canonical(contact: str) -> str:
    """A contact as accounts keep it; mailboxes tell no capitals apart, people do not either."""
    return contact.strip().lower()


@use_case
def open_account(*, name: str, email: str | None, mobile: str | None = None, language: str = "fr") -> int:
    """The account of this address or else of this mobile (E.164), opened if there is none; returns its id.

    An existing account keeps its name.
    """
    if email:
        return open_accounts([Newcomer(name=name, email=email, language=language)])[canonical(email)]
    if mobile and (known := queries.account_of_mobile(mobile)):
        return known
    account = Account(name=name, mobile=mobile, language=language, created_at=clock.now())
    db.session.add(account)
    db.session.flush()  # for its id
    return account.id


@use_case
def open_accounts(people: Iterable[Newcomer]) -> dict[str, int]:
    """The accounts of these addresses (by address in lower case), opened where there are none: an import's batch."""
    wanted = {canonical(person.email): person for person in people}
    known = queries.accounts_of(wanted)
    missing = [
        {
            "name": person.name,
            "email": email,
            "language": person.language,
            "created_at": clock.now(),
            "public_id": new_public_id(),
        }
        for email, person in wanted.items()
        if email not in known
    ]
    if missing:
        opened = db.session.execute(insert(Account).returning(Account.email, Account.id), missing)
        known.update((str(email), account_id) for email, account_id in opened)
    return known


@use_case
def disable_account(*, account_id: int) -> None:
    """Close an account: every session it has open stops at its next page (SEC-1)."""
    account = db.session.get_one(Account, account_id)
    account.disabled_at = account.disabled_at or clock.now()
    emit(AccountDisabled(school_id=None, account_id=account_id))


@use_case
def grant_role(
    *,
    account_id: int,
    role: Role,
    school_id: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    delegated_by: int | None = None,
) -> int:
    """Give a role of staff, from today unless told, until told otherwise. Returns the id of its period.

    While the role runs, giving it again moves its dates; once it has ended, another period begins. Raises `RoleHeld` when
    the dates meet a period of another kind (one's own and a delegated one), and `WrongDates`.
    """
    first = starts_on or clock.today()
    rules.refuse_dates(first, ends_on)
    lock_account(account_id)
    met = queries.periods(account_id, role, school_id, first=first, last=ends_on)
    if len(met) > 1 or any(period.delegated_by != delegated_by for period in met):
        raise rules.RoleHeld
    grant = met[0] if met else RoleGrant(account_id=account_id, role=role, at_school_id=school_id, starts_on=first)
    grant.starts_on = min(grant.starts_on, first) if grant.starts_on <= clock.today() else first
    grant.ends_on, grant.delegated_by = ends_on, delegated_by
    db.session.add(grant)
    db.session.flush()  # for its id
    emit(RoleGranted(school_id=school_id, account_id=account_id, role=role))
    return grant.id


@use_case
def end_role(*, grant_id: int, on: date | None = None) -> None:
    """End a role: at once (today or none given), or after the day `on`. What a head has delegated ends with it.

    Ended at once, its sessions stop at their next page, wherever they are open.
    """
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.id == grant_id).with_for_update()).one()
    rules.refuse_dates(grant.starts_on, on if on and on > clock.today() else None)
    for period in [grant, *queries.delegated(grant)]:
        if on is None or on <= clock.today():
            period.ended_at = period.ended_at or clock.now()
        elif period.ends_on is None or period.ends_on > on:
            period.ends_on = on
        emit(
            RoleEnded(school_id=grant.at_school_id, account_id=period.account_id, role=period.role, grant_id=period.id)
        )


def lock_account(account_id: int) -> None:
    """One decision at a time about somebody's roles: PostgreSQL locks the row, SQLite has one writer."""
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


@use_case
def ask(*, contact: str, browser: str, next_path: str | None = None) -> str:
    """Ask for a way in by e-mail or by SMS; raises `rules.Wait` when asked too often.

    Returns the id of the page that waits for the code. `contact` is what `parse_contact` returns. An unknown one
    gets the same row by the same statements (SEC-11); the worker alone tells them apart.
    On PostgreSQL, requests of the same instant may pass the limit by as many as there are web workers.
    """
    now, address_hash = clock.now(), keyed_hash("address", canonical(contact))
    seen = queries.pressure(contact=canonical(contact), address_hash=address_hash, now=now)
    rules.refuse_too_many(asked=seen.asked, first_at=seen.first_at, last_minute=seen.last_minute, now=now)
    link = SignInLink(
        public_id=new_public_id(),
        account_id=seen.account_id,
        by_sms=is_number(contact),
        address_hash=address_hash,
        browser_hash=keyed_hash("browser", browser),
        asked_at=now,
        expires_at=now + rules.VALIDITY,
        next_path=rules.safe_path(next_path),
    )
    db.session.add(link)
    db.session.flush()  # for its id
    emit(SignInAsked(school_id=None, link_id=link.id))
    return link.public_id


@use_case
def ask_again(*, public_id: str, contact: str, browser: str) -> str:
    """Another message to the same contact, not before a minute; raises `rules.Wait`."""
    link = queries.asked_link(public_id)
    seconds = rules.seconds_to_wait(link.asked_at, now=clock.now())
    if seconds:
        raise rules.Wait(rules.patience(seconds), seconds=seconds)
    return ask(contact=contact, browser=browser, next_path=link.next_path)


@use_case
def draw_secrets(link_id: int) -> Secrets | None:
    """Draw the link's token and its code, keep their hashes, and return them once; for the worker.

    None when nothing must be sent: unknown contact, closed account, link used or expired meanwhile. Drawn again
    (a repeated delivery), the new secrets replace the old ones.
    """
    found = db.session.execute(
        select(SignInLink, Account)
        .join(Account, Account.id == SignInLink.account_id)
        .where(SignInLink.id == link_id, Account.disabled_at.is_(None))
        .with_for_update(of=SignInLink)
    ).one_or_none()
    now = clock.now()
    if found is None or rules.obstacle(found[0].facts, now=now):
        return None
    link, account = found
    to = account.mobile if link.by_sms else account.email
    if to is None:
        return None
    token, code = secrets.token_urlsafe(32), "".join(secrets.choice(ALPHABET) for _ in range(rules.CODE_LENGTH))
    link.token_hash, link.code_hash, link.drawn_at = keyed_hash("token", token), _code_hash(link, code), now
    return Secrets(token=token, code=code, to=to, by_sms=link.by_sms, language=account.language)


@use_case
def follow_link(*, token: str) -> Door:
    """Come in by the link of the message, on any device: whoever reads the messages holds it. Works once."""
    link = _locked(SignInLink.token_hash == keyed_hash("token", token))
    if link is None:
        return Door(refusal=rules.UNKNOWN_LINK)
    refusal = rules.obstacle(link.facts, now=clock.now())
    return Door(refusal=refusal) if refusal else _opened(link)


@use_case
def type_code(*, public_id: str, code: str, browser: str) -> Door:
    """Come in by the code of the message, in the browser that asked. A wrong one counts; nothing tells why it is wrong."""
    link = _locked(SignInLink.public_id == public_id)
    if link is None:
        return Door(refusal=rules.UNKNOWN_LINK)
    same_browser = same(link.browser_hash, keyed_hash("browser", browser))
    if refusal := rules.code_obstacle(link.facts, same_browser=same_browser, now=clock.now()):
        return Door(refusal=refusal)
    if not same(link.code_hash, _code_hash(link, code)):
        link.tries += 1
        return Door(refusal=rules.wrong_code(link.tries))
    return _opened(link)


@use_case
def enter(*, account_id: int, grant_id: int = 0, language: str | None = None) -> Actor:
    """Write down that somebody comes in with a role, and say who; raises `NoEntry`. The web opens the session.

    The language chosen at the door becomes the account's: its messages are written in it.
    """
    actor = queries.load_actor(account_id, grant_id)
    if actor is None:
        raise NoEntry
    if language and language != actor.language:
        db.session.get_one(Account, account_id).language = language
    first = Account.id == account_id, Account.came_at.is_(None)
    db.session.execute(update(Account).where(*first).values(came_at=clock.now()))
    emit(SignedIn(school_id=None, account_id=account_id))
    return actor


@use_case
def leave(*, account_id: int) -> None:
    """Write down that somebody left. The web ends the session."""
    emit(SignedOut(school_id=None, account_id=account_id))


@use_case
def forget_links() -> int:
    """Delete the links older than a day; a scheduled job of the worker. Returns how many."""
    gone = db.session.execute(delete(SignInLink).where(SignInLink.asked_at < clock.now() - KEPT))
    return int(getattr(gone, "rowcount", 0))


def _code_hash(link: SignInLink, code: str) -> str:
    return keyed_hash("code", f"{link.id}:{code}")


def _locked(condition: ColumnElement[bool]) -> SignInLink | None:
    return db.session.scalars(held(select(SignInLink).where(condition))).one_or_none()


def _opened(link: SignInLink) -> Door:
    link.used_at = clock.now()
    return Door(account_id=link.account_id or 0, next_path=link.next_path, by_sms=link.by_sms)
