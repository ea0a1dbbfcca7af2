"""A station through a network cut: what it may remember, the page it shows alone, the scans it sends afterwards."""

import json
from typing import Any

from flask import Response, after_this_request, current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.distribution.gate import KEY, MOST_SHEETS
from portal.distribution.queries import stations as queries
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import replaying, stations
from portal.distribution.services.replaying import Sheet
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.web import me
from portal.policy import Action

MOST_WAITING = 100_000
PARTS = ("key", "code", "tag", "at", "seal")
LONGEST = 64
"""The parts of a scan that a post kept, and how many characters the longest has."""


@bp.get("/distribution/poste-seul", allow=Action.SCAN_AT_STATION, shows=Shown.NOBODY)
def alone() -> ResponseReturnValue:
    """The page of a station without network: nobody's name, nobody's station, nothing to sign; the browser keeps it."""
    return render_template("distribution/station_alone.html")


@bp.get("/distribution/poste.js", allow=Action.SCAN_AT_STATION, shows=Shown.NOBODY)
def worker() -> ResponseReturnValue:
    """The service worker: under /distribution/, because it answers for nothing above its own address."""
    return Response(current_app.send_static_file("js/station/worker.js").response, content_type="text/javascript")


@bp.get("/distribution/postes/<public_id>/memoire", allow=Action.SCAN_AT_STATION, shows=Shown.NOBODY)
def memory(public_id: str) -> ResponseReturnValue:
    """What the station needs to go on alone: codes that say nothing, hashes of labels, and the key of its seal."""
    at = queries.post(public_id)
    known, salt = queries.remembered(at), replaying.salt_of(public_id)
    return {
        "number": at.number,
        "workshop": at.workshop,
        "key": replaying.key_of(public_id),
        "salt": salt,
        "students": known.students,
        "devices": replaying.hashed_tags(known.devices, salt=salt),
    }


@bp.post("/distribution/postes/<public_id>/nouvelles", allow=Action.SCAN_AT_STATION)
def news(public_id: str) -> ResponseReturnValue:
    """The station gives a sign of life and sends what waits; it hears what it may forget."""
    kept = replaying.replay(public_id, _sheets(request.form.get("scans", "")))
    left = request.form.get("attente", 0, type=int) - len(kept)
    stations.note_alive(public_id, waiting=min(max(left, 0), MOST_WAITING), by=me().account_id)
    return _news(public_id, kept)


def _news(public_id: str, kept: list[str]) -> str:
    """What the station hears, and its last five."""
    at = queries.post(public_id)
    return htmx.fragments(
        "distribution/_station_news.html",
        "distribution/_station_last.html",
        post=at,
        public_id=public_id,
        kept=kept,
        conflicts=queries.how_many_conflicts(at.session_id),
        may_settle=me().may(Action.SETTLE_SCANS),
        last=queries.last(public_id),
    )


def _sheets(sent: str) -> list[Sheet]:
    """The scans that the post sent, in order; what no station of ours writes is left out."""
    try:
        rows = json.loads(sent or "[]")
    except ValueError:
        return []
    wanted = rows[:MOST_SHEETS] if isinstance(rows, list) else []
    return [Sheet(**{part: row[part] for part in PARTS}) for row in wanted if _is_sheet(row)]


def _is_sheet(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    parts = [row.get(part) for part in PARTS]
    return all(isinstance(part, str) and len(part) <= LONGEST for part in parts) and bool(KEY.fullmatch(row["key"]))


def forget_here() -> None:
    """Whatever the browser kept for a station is erased with this answer (Clear-Site-Data, W3C)."""

    @after_this_request
    def _add(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = '"storage"'
        return response


@entrance.on_leaving
def _leaving() -> entrance.Afterwards:
    """On signing out, the browser forgets its station."""
    forget_here()
    return lambda: None
