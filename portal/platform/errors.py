"""What a person sees when something is refused or fails: a calm page, or a sentence in place for htmx."""

import structlog
from flask import Flask, Response, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import NoResultFound, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadHost, HTTPException, SecurityError

from portal.extensions import login
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import htmx
from portal.platform.limits import TooMany

log = structlog.get_logger()
REFUSED, TOO_MANY, BROKEN, UNAVAILABLE = 400, 429, 500, 503


class Overtaken(DomainError):
    """Two people at once on the same file."""

    message = later("Quelqu’un a modifié ce dossier en même temps que vous. Rechargez la page, puis recommencez.")


PAGES = frozenset({400, 403, 404, 409, 413, 422, 500})


def calm(app: Flask) -> None:
    """Register the handlers."""
    app.before_request(_without_session)
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(TooMany, slow_down)
    app.register_error_handler(NoResultFound, not_found)
    app.register_error_handler(StaleDataError, overtaken)
    app.register_error_handler(OperationalError, unavailable)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(HTTPException, failed)


def _without_session() -> None:
    """The database did not answer when the session was read: say so, rather than ask people to sign in again."""
    lost = getattr(session, "lost", None)
    if lost is not None and request.endpoint not in {"static", "assets", "health.show"}:
        raise lost


def refuse(error: DomainError) -> ResponseReturnValue:
    """A rule said no: 409, with its sentence."""
    if htmx.asked():
        return htmx.message("errors/_refusal.html", 409, sentence=error.message)
    return render_template("errors/409.html", sentence=error.message), 409


def slow_down(error: TooMany) -> ResponseReturnValue:
    """Asked too often: 429, when to come back for people and for programs."""
    later_on = {"Retry-After": str(error.seconds)}
    if htmx.asked():
        answer = htmx.message("errors/_refusal.html", TOO_MANY, sentence=error.message)
        answer.headers.extend(later_on)
        return answer
    return render_template("errors/429.html", sentence=error.message), TOO_MANY, later_on


def overtaken(_error: StaleDataError) -> ResponseReturnValue:
    """Somebody wrote the same row first: nothing of this request was kept."""
    return refuse(Overtaken())


def unavailable(error: OperationalError) -> ResponseReturnValue:
    """The database is busy, full or away: nothing was kept, and trying again may be enough."""
    log.error("database.unavailable", error=type(error.orig).__name__)
    if "_login_user" not in g:
        g._login_user = login.anonymous_user()  # noqa: SLF001 (Flask-Login's own name: nobody is looked up again)
    if htmx.asked():
        sentence = later("Le service ne répond pas, rien n’a été enregistré. Recommencez dans une minute.")
        return htmx.message("errors/_refusal.html", UNAVAILABLE, sentence=sentence)
    return Response(render_template("errors/500.html"), UNAVAILABLE, {"Retry-After": "60"})


def not_found(_error: NoResultFound) -> ResponseReturnValue:
    """Missing, or somebody else's: the same page."""
    return render_template("errors/404.html"), 404


def expired(_error: CSRFError) -> ResponseReturnValue:
    """The form is older than its session: nothing was done, and the page says how to go on."""
    _without_session()
    if htmx.asked():
        sentence = later("Votre session a expiré, rien n’a été enregistré. Rechargez la page, puis recommencez.")
        return htmx.message("errors/_refusal.html", 400, sentence=sentence)
    return render_template("errors/400.html", back=request.path), 400


def failed(error: HTTPException) -> ResponseReturnValue:
    """Any other HTTP error, on a page of ours; redirections pass."""
    if isinstance(error, BadHost | SecurityError):  # without a host of ours, no page can tell its own links
        return Response("Cette adresse n’est pas celle du service.", REFUSED, content_type="text/plain; charset=utf-8")
    code = error.code or 500
    if code < REFUSED:
        return error
    page = code if code in PAGES else BROKEN if code >= BROKEN else 404
    return render_template(f"errors/{page}.html"), code
