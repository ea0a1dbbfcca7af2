"""Sessions kept on the server: the cookie is only a key, and a copied one is dead after sign-out (SEC-1)."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import structlog
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import String, Text, bindparam, delete, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from portal.extensions import Model, db
from portal.kernel import clock
from portal.platform.columns import Instant

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
log = structlog.get_logger()


class WebSession(Model):
    """One browser, signed in or not. The key itself is never stored, only its hash."""

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)


READ = select(WebSession.data, WebSession.created_at, WebSession.seen_at).where(
    WebSession.id_hash == bindparam("key_hash")
)
"""Built once: making a statement costs more than sending it, and every request sends this one."""


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls `session`, with the key it came under."""

    def __init__(self, data: dict[str, Any] | None = None, *, key: str = "", seen_at: datetime | None = None) -> None:
        super().__init__(data or {}, _mark)
        self.key, self.seen_at = key, seen_at
        self.modified = False
        self.retired: str | None = None
        self.lost: OperationalError | None = None

    @classmethod
    def without(cls, error: OperationalError) -> "ServerSession":
        """Nobody's, while the database does not answer: nothing of it is kept, and the cookie stays as it is."""
        session = cls()
        session.lost = error
        return session

    def renew(self) -> None:
        """A new key for the same content: a session fixed before sign-in is worth nothing after it."""
        self.retired, self.key = self.key or self.retired, ""
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
        if row is None or now - row.seen_at > IDLE or now - row.created_at > LONGEST:
            return ServerSession()
        return ServerSession(json.loads(row.data), key=key, seen_at=row.seen_at)

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
        values = {
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
            connection.execute(insert(WebSession).values(id_hash=_hashed(session.key), created_at=now, **values))
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


def forget_expired() -> int:
    """Delete sessions nobody can use any more; a scheduled job of the worker. Returns how many."""
    with db.engine.begin() as connection:
        gone = connection.execute(delete(WebSession).where(WebSession.seen_at < clock.now() - LONGEST))
    return gone.rowcount
