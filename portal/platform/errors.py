"""What a person sees when something is refused or fails: a calm page, or a sentence in place for htmx."""

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import htmx

REFUSED, BROKEN = 400, 500


class Overtaken(DomainError):
    """Two people at once on the same file."""

    message = later("Quelqu’un a modifié ce dossier en même temps que vous. Rechargez la page, puis recommencez.")


PAGES = frozenset({400, 403, 404, 409, 413, 422, 500})


def calm(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(NoResultFound, not_found)
    app.register_error_handler(StaleDataError, overtaken)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(HTTPException, failed)


def refuse(error: DomainError) -> ResponseReturnValue:
    """A rule said no: 409, with its sentence."""
    if htmx.asked():
        return htmx.message("errors/_refusal.html", 409, sentence=error.message)
    return render_template("errors/409.html", sentence=error.message), 409


def overtaken(_error: StaleDataError) -> ResponseReturnValue:
    """Somebody wrote the same row first: nothing of this request was kept."""
    return refuse(Overtaken())


def not_found(_error: NoResultFound) -> ResponseReturnValue:
    """Missing, or somebody else's: the same page."""
    return render_template("errors/404.html"), 404


def expired(_error: CSRFError) -> ResponseReturnValue:
    """The form is older than its session: nothing was done, and the page says how to go on."""
    if htmx.asked():
        sentence = later("Votre session a expiré, rien n’a été enregistré. Rechargez la page, puis recommencez.")
        return htmx.message("errors/_refusal.html", 400, sentence=sentence)
    return render_template("errors/400.html", back=request.path), 400


def failed(error: HTTPException) -> ResponseReturnValue:
    """Any other HTTP error, on a page of ours; redirections pass."""
    code = error.code or 500
    if code < REFUSED:
        return error
    page = code if code in PAGES else BROKEN if code >= BROKEN else 404
    return render_template(f"errors/{page}.html"), code
