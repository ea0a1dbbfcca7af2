"""The application that shows codes: its secret drawn here, sealed, and each code taken once, whichever worker is asked."""

from sqlalchemy import delete, select, update

from portal.credentials import queries, rules
from portal.credentials.events import FactorAdded
from portal.credentials.models import AuthenticatorApp
from portal.extensions import db
from portal.kernel import clock
from portal.platform.keyed import seal, unseal
from portal.platform.work import emit, use_case

SEAL = "authenticator"


@use_case
def begin_app(*, account_id: int, name: str) -> str:
    """Draw a secret for an application to be confirmed; returns its public id. Unconfirmed ones of before are dropped."""
    if len(queries.means(account_id).factors) >= rules.MOST_FACTORS:
        raise rules.TooManyFactors
    own = AuthenticatorApp.account_id == account_id
    db.session.execute(delete(AuthenticatorApp).where(own, AuthenticatorApp.confirmed_at.is_(None)))
    secret = seal(SEAL, rules.new_app_secret())
    app = AuthenticatorApp(account_id=account_id, name=name, secret=secret, created_at=clock.now())
    db.session.add(app)
    db.session.flush()  # for its public id
    return app.public_id


def secret_of(app: AuthenticatorApp) -> str:
    """The secret of an application, to show while it is being set up; empty when our key has changed since."""
    return unseal(SEAL, app.secret) or ""


@use_case
def confirm_app(*, account_id: int, public_id: str, code: str) -> bool:
    """Put an application in use, if this is its code. Done twice, it stays done."""
    app = queries.app(public_id, account_id=account_id)
    if app.confirmed_at is not None:
        return True
    if not _take(app, code):
        return False
    app.confirmed_at = clock.now()
    emit(FactorAdded(school_id=None, account_id=account_id, kind=queries.APP))
    return True


@use_case
def use_app(*, account_id: int, code: str) -> bool:
    """Whether one of the account's applications shows this code now. Each code is accepted once, by all workers (SEC-9)."""
    in_use = (AuthenticatorApp.account_id == account_id, AuthenticatorApp.confirmed_at.is_not(None))
    apps = db.session.scalars(select(AuthenticatorApp).where(*in_use).with_for_update()).all()
    return any(_take(app, code) for app in apps)


def _take(app: AuthenticatorApp, code: str) -> bool:
    """Accept a code, and with it close its step: of two workers, one changes the row."""
    step = rules.step_of(code, secret=secret_of(app), now=clock.now(), last_step=app.last_step)
    if step is None:
        return False
    earlier = AuthenticatorApp.last_step.is_(None) | (AuthenticatorApp.last_step < step)
    taken = db.session.execute(
        update(AuthenticatorApp)
        .where(AuthenticatorApp.id == app.id, earlier)
        .values(last_step=step, used_at=clock.now())
    )
    return bool(getattr(taken, "rowcount", 0))
