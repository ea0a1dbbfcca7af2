"""Remove a factor, put those of somebody who lost them back to nothing, close sessions elsewhere."""

from sqlalchemy import delete

from portal.accounts.services import lock_account
from portal.credentials import queries, rules
from portal.credentials.events import FactorRemoved, FactorsReset, SessionsClosed
from portal.credentials.models import AuthenticatorApp, Passkey, Password, RecoveryCode
from portal.extensions import db
from portal.platform.sessions import close_sessions
from portal.platform.work import emit, use_case

KINDS: dict[str, type[AuthenticatorApp] | type[Passkey]] = {queries.APP: AuthenticatorApp, queries.PASSKEY: Passkey}


@use_case
def remove_factor(*, account_id: int, public_id: str, session: str = "") -> bool:
    """Remove one's own application or passkey; raises `LastFactor`. Every other session ends. False when it is not there."""
    lock_account(account_id)
    factors = queries.means(account_id).factors
    factor = next((factor for factor in factors if factor.public_id == public_id), None)
    if factor is None:
        return False
    if len(factors) == 1 and queries.owner(account_id).staff:
        raise rules.LastFactor
    kind = KINDS[factor.kind]
    db.session.execute(delete(kind).where(kind.public_id == public_id, kind.account_id == account_id))
    close_sessions(account_id, but=session)
    emit(FactorRemoved(school_id=None, account_id=account_id, kind=factor.kind))
    return True


@use_case
def reset_factors(*, account_id: int, password_too: bool = False, school_id: int | None = None) -> None:
    """Somebody has lost their telephone: forget their factors and codes, and close all their sessions.

    They begin again from a link by e-mail, with their password unless it is forgotten too. Who may ask this is decided
    by the feature that knows who works with whom.
    """
    for owned in (AuthenticatorApp.account_id, Passkey.account_id, RecoveryCode.account_id, Password.account_id):
        if password_too or owned is not Password.account_id:
            db.session.execute(delete(owned.class_).where(owned == account_id))
    close_sessions(account_id)
    emit(FactorsReset(school_id=school_id, account_id=account_id, password_too=password_too))


@use_case
def close_session(*, account_id: int, handle: str) -> int:
    """Close one session of one's own; its cookie, and every copy, is dead at once."""
    count = close_sessions(account_id, handle=handle)
    emit(SessionsClosed(school_id=None, account_id=account_id, count=count))
    return count


@use_case
def close_other_sessions(*, account_id: int, session: str) -> int:
    """Close all but this one."""
    count = close_sessions(account_id, but=session)
    emit(SessionsClosed(school_id=None, account_id=account_id, count=count))
    return count
