"""Sessions kept on the server: the cookie is only a key, and a copied one is dead after sign-out (SEC-1)."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import structlog
from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Row, String, Text, bindparam, delete, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from portal.extensions import Model, db
from portal.kernel import clock
from portal.platform.columns import Instant
from portal.platform.devices import described

IDLE = timedelta(minutes=60)
STAFF_IDLE = timedelta(minutes=30)
"""Time without a request after which a session ends (SEC-1): shorter for those who see other people's files."""

STRONG = "strong"
"""What a session holds once both factors were seen; without it, no role of staff."""

LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
HANDLE = 24
log = structlog.get_logger()


class WebSession(Model):
    """One browser, signed in or not. The key itself is never stored, only its hash."""

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    data: Mapped[str] = mapped_column(Text)
    device: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)


READ = select(WebSession.data, WebSession.created_at, WebSession.seen_at).where(
    WebSession.id_hash == bindparam("key_hash")
)
"""Built once: making a statement costs more than sending it, and every request sends this one."""


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls `session`, with the key it came under."""

    def __init__(
        self,
        data: dict[str, Any] | None = None,
        *,
        key: str = "",
        seen_at: datetime | None = None,
        created_at: datetime | None = None,
    ) -> None:
        super().__init__(data or {}, _mark)
        self.key, self.seen_at, self.created_at = key, seen_at, created_at
        self.born: datetime | None = None
        self.modified = False
        self.retired: str | None = None
        self.lost: OperationalError | None = None

    @classmethod
    def without(cls, error: OperationalError) -> "ServerSession":
        """Nobody's, while the database does not answer: nothing of it is kept, and the cookie stays as it is."""
        session = cls()
        session.lost = error
        return session

    def renew(self, *, keep_age: bool = False) -> None:
        """A new key for the same content: a session fixed before sign-in is worth nothing after it.

        With `keep_age`, the twelve hours go on from where they were.
        """
        self.retired, self.key = self.key or self.retired, ""
        self.born = self.created_at if keep_age else None
        self.modified = True


def _touch(session: ServerSession, now: datetime) -> None:
    """Write that the session is alive, and nothing else: another tab may be changing what it holds.

    Where the database takes no writing for a while, the page that was read is worth more than this.
    """
    if session.seen_at is not None and now - session.seen_at <= TOUCH_EVERY:
        return
    try:
        with db.engine.begin() as connection:
            alive = update(WebSession).where(WebSession.id_hash == _hashed(session.key)).values(seen_at=now)
            connection.execute(alive)
    except OperationalError as error:
        log.warning("session.not_touched", error=type(error.orig).__name__)


def _mark(session: "ServerSession") -> None:
    session.modified = True


def _hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


class DatabaseSessions(SessionInterface):
    """Sessions in the table above, each read in one statement and written only when something changed."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session of the request's cookie, or an empty one."""
        key = request.cookies.get(self.get_cookie_name(app), "")
        if not key:
            return ServerSession()
        try:
            row = db.session.execute(READ, {"key_hash": _hashed(key)}).one_or_none()
        except OperationalError as error:
            return ServerSession.without(error)
        now = clock.now()
        if row is None or now - row.created_at > LONGEST:
            return ServerSession()
        data = json.loads(row.data)
        if now - row.seen_at > idle(data):
            return ServerSession()
        return ServerSession(data, key=key, seen_at=row.seen_at, created_at=row.created_at)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, in a transaction of its own: the request's is over by now."""
        if not isinstance(session, ServerSession) or session.lost:
            return
        now, name = clock.now(), self.get_cookie_name(app)
        if not session:
            self._forget(session.key, session.retired)
            if session.modified:
                response.delete_cookie(
                    name, path="/", secure=self.get_cookie_secure(app), httponly=True, samesite="Lax"
                )
            return
        if not session.modified:
            _touch(session, now)
            return
        account = str(session.get("_user_id") or "").partition(":")[0]
        values: dict[str, Any] = {
            "data": json.dumps(dict(session)),
            "seen_at": now,
            "account_id": int(account) if account.isdigit() else None,
        }
        with db.engine.begin() as connection:
            if session.key:
                connection.execute(
                    update(WebSession).where(WebSession.id_hash == _hashed(session.key)).values(**values)
                )
                return
            session.key = token_urlsafe(32)
            values |= {"created_at": session.born or now, "device": described(request.user_agent.string)}
            connection.execute(insert(WebSession).values(id_hash=_hashed(session.key), **values))
            if session.retired:
                connection.execute(delete(WebSession).where(WebSession.id_hash == _hashed(session.retired)))
        response.set_cookie(
            name, session.key, path="/", secure=self.get_cookie_secure(app), httponly=True, samesite="Lax"
        )

    @staticmethod
    def _forget(*keys: str | None) -> None:
        hashes = [_hashed(key) for key in keys if key]
        if hashes:
            with db.engine.begin() as connection:
                connection.execute(delete(WebSession).where(WebSession.id_hash.in_(hashes)))


def idle(data: dict[str, Any]) -> timedelta:
    """How long a session may sleep: by the role it was opened with."""
    return STAFF_IDLE if str(data.get("_user_id") or "").partition(":")[2] not in {"", "0"} else IDLE


def open_sessions(account_id: int) -> list[Row[str, str | None, datetime, datetime, str]]:
    """The sessions of an account that still open something, the latest seen first."""
    now = clock.now()
    rows = db.session.execute(
        select(WebSession.id_hash, WebSession.device, WebSession.created_at, WebSession.seen_at, WebSession.data)
        .where(WebSession.account_id == account_id, WebSession.created_at > now - LONGEST)
        .order_by(WebSession.seen_at.desc())
    ).all()
    return [row for row in rows if now - row.seen_at <= idle(json.loads(row.data))]


def close_sessions(account_id: int, *, handle: str | None = None, but: str | None = None) -> int:
    """End sessions of an account: the one of this handle, all but one, or all. Inside a use-case; returns how many.

    A handle is the beginning of the hash of a key: it names a session and opens nothing.
    """
    statement = delete(WebSession).where(WebSession.account_id == account_id)
    if handle is not None:
        statement = statement.where(WebSession.id_hash.startswith(handle, autoescape=True))
    if but:
        statement = statement.where(WebSession.id_hash.not_like(f"{but}%"))
    return int(getattr(db.session.execute(statement), "rowcount", 0))


def handle_of(id_hash: str) -> str:
    """What a form says to name a session."""
    return id_hash[:HANDLE]


def own_handle(session: SessionMixin) -> str:
    """The handle of the session of this request; empty when it has no key yet."""
    key = session.key if isinstance(session, ServerSession) else ""
    return handle_of(_hashed(key)) if key else ""


def forget_expired() -> int:
    """Delete sessions nobody can use any more; a scheduled job of the worker. Returns how many."""
    with db.engine.begin() as connection:
        gone = connection.execute(delete(WebSession).where(WebSession.seen_at < clock.now() - LONGEST))
    return gone.rowcount
