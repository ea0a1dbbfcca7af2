"""The doors of the demo and its mailbox. This module is imported in demo mode only."""

from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from flask import abort, current_app, render_template, send_file
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.entrance import come_in
from portal.demo import cast, mailbox
from portal.demo.mailbox import Letter
from portal.platform import htmx
from portal.platform.web import Feature
from portal.policy import Action, Role

bp = Feature("demo", __name__, url_prefix="/demo")

LATEST = 5


def _home() -> Path:
    home: Path = current_app.config["SETTINGS"].home
    return home


def _letter(key: str) -> Letter:
    letter = next((letter for letter in mailbox.list_messages(_home()) if letter.id == key), None)
    if letter is None:
        abort(404)
    return letter


@bp.app_template_filter("pieces")
def pieces(letter: Letter) -> list[tuple[str, str | None]]:
    """The text of a message cut at its links: (words, None) or (words, path on this site)."""
    parts: list[tuple[str, str | None]] = []
    rest = letter.text
    for link in letter.links:
        before, _, rest = rest.partition(link)
        address = urlsplit(link)
        parts += [(before, None), (link, f"{address.path}?{address.query}".rstrip("?"))]
    return [*parts, (rest, None)]


@bp.get("", allow=Action.PUBLIC)
def index() -> ResponseReturnValue:
    """Who one can be, and the latest messages."""
    letters = mailbox.list_messages(_home(), limit=LATEST)
    return render_template("demo/index.html", doors=cast.DOORS, schools=cast.SCHOOLS, letters=letters)


@bp.post("/entrer/<key>", allow=Action.PUBLIC)
def enter(key: str) -> ResponseReturnValue:
    """Come in as one of the cast, by the same door as everybody."""
    door = next((door for door in cast.DOORS if door.key == key), None)
    if door is None:
        abort(404)
    account_id = accounts.accounts_of([door.email])[door.email]
    hats = {hat.role: hat.grant_id for hat in accounts.hats(account_id)}
    grant_id = 0 if door.role is Role.FAMILY else hats[door.role]
    come_in(account_id, grant_id, both_factors=bool(grant_id))  # the demo's door counts as both: it exists nowhere else
    return htmx.go("/")


@bp.get("/boite", allow=Action.PUBLIC)
def letters() -> ResponseReturnValue:
    """Every e-mail and text message that the worker really delivered."""
    return htmx.page_or("demo/letters.html", "demo/_letters.html", letters=mailbox.list_messages(_home()))


@bp.get("/boite/<key>", allow=Action.PUBLIC)
def letter(key: str) -> ResponseReturnValue:
    """One message as its reader sees it."""
    return render_template("demo/letter.html", letter=_letter(key))


@bp.get("/boite/<key>/<int:number>", allow=Action.PUBLIC)
def attachment(key: str, number: int) -> ResponseReturnValue:
    """A file that came with a message."""
    attached = _letter(key).attachments
    if number >= len(attached):
        abort(404)
    return send_file(BytesIO(attached[number].content), download_name=attached[number].name, as_attachment=True)
