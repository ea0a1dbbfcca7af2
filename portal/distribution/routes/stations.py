"""The scanning stations: taken by whoever holds the scanner, one field, one verdict."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import returning
from portal.charter.returning import Return
from portal.distribution import wording
from portal.distribution.gate import Held, Read
from portal.distribution.queries import stations as queries
from portal.distribution.queries.stations import Post
from portal.distribution.routes.blueprint import bp
from portal.distribution.routes.stations_alone import forget_here
from portal.distribution.scan_form import ScanForm
from portal.distribution.services import scanning, stations
from portal.distribution.wording import Said
from portal.kernel.errors import DomainError
from portal.kernel.values.references import new_public_id
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.pages import SELDOM, entry
from portal.platform.web import me
from portal.policy import Action

entry("Postes de scan", "distribution.posts", Action.SCAN_AT_STATION, rank=SELDOM)


@bp.get("/distribution/postes", allow=Action.SCAN_AT_STATION, shows=Shown.NOBODY)
def posts() -> ResponseReturnValue:
    """The stations of the sessions that are open."""
    sittings = [list(posts) for _, posts in groupby(queries.posts(), key=attrgetter("session_id"))]
    return render_template("distribution/stations.html", sittings=sittings, workshops=wording.WORKSHOPS)


@bp.get("/distribution/postes/<public_id>", allow=Action.SCAN_AT_STATION, shows=Shown.LIST)
def station(public_id: str) -> ResponseReturnValue:
    """One station: to take, or to scan at; back from a signature (`eleve`), with what it says of that student."""
    at, student = queries.post(public_id), request.args.get("eleve")
    return _page(at, scanning.look(at, student) if student else None)


def _page(at: Post, said: Said | None, page: str = "distribution/station.html") -> ResponseReturnValue:
    """The whole station."""
    return render_template(
        page,
        post=at,
        workshop=wording.WORKSHOPS[at.workshop],
        mine=at.account_id == me().account_id,
        last=queries.last(at.public_id),
        **_spoken(at.public_id, said),
    )


def _spoken(public_id: str, said: Said | None) -> dict[str, Any]:
    """The answer, and what its form needs for the next scan."""
    return {
        "public_id": public_id,
        "answer": said.answer if said else None,
        "held": said.held if said else Held(),
        "key": new_public_id(),
        "may_sign": me().may(Action.ATTEND_CHARTER),
    }


def _answer(public_id: str, said: Said) -> ResponseReturnValue:
    """The answer and the last five for who has scripts, the whole page for who has none."""
    if not htmx.asked():
        return _page(queries.post(public_id), said)
    return htmx.fragments(
        "distribution/_station_verdict.html",
        "distribution/_station_last.html",
        last=queries.last(public_id),
        **_spoken(public_id, said),
    )


@bp.post("/distribution/postes/<public_id>/prendre", allow=Action.SCAN_AT_STATION)
def take(public_id: str) -> ResponseReturnValue:
    """I hold this scanner now; with scripts, the same page goes on, whose sound this button has unlocked."""
    stations.take(public_id, by=me().account_id)
    if htmx.asked():
        return _page(queries.post(public_id), None, "distribution/_station.html")
    return redirect(url_for(".station", public_id=public_id), code=303)


@bp.post("/distribution/postes/<public_id>/quitter", allow=Action.SCAN_AT_STATION)
def leave(public_id: str) -> ResponseReturnValue:
    """Somebody else may take it."""
    stations.leave(public_id, by=me().account_id)
    forget_here()
    flash(_("Le poste est libre."), "done")
    return redirect(url_for(".posts"), code=303)


@bp.post("/distribution/postes/<public_id>/scan", allow=Action.SCAN_AT_STATION)
def scan(public_id: str) -> ResponseReturnValue:
    """One code."""
    form = ScanForm.sent()
    try:
        said = scanning.scan(public_id, raw=form.code.data or "", key=form.key, held=form.held, by=me().account_id)
    except DomainError as refusal:
        said = Said(wording.stopped(refusal.message), form.held)
    return _answer(public_id, said)


@bp.post("/distribution/postes/<public_id>/signer", allow=Action.ATTEND_CHARTER)
def sign_here(public_id: str) -> ResponseReturnValue:
    """The family is there: it signs now, then the person comes back to this station, to this student."""
    at, code = queries.post(public_id), request.form.get("eleve", "")
    turn = queries.facts(at, Read.of(code, Held()), key="").turn
    back = url_for(".station", public_id=public_id, eleve=code)
    if turn is None or turn.loan_public_id is None:
        return redirect(back, code=303)
    words = _("Revenir au poste %(number)d", number=at.number)
    return redirect(returning.begin(turn.loan_public_id, Return(back, words)), code=303)


@bp.post("/distribution/scans/<public_id>/annuler", allow=Action.SCAN_AT_STATION)
def undo(public_id: str) -> ResponseReturnValue:
    """The scan was a slip."""
    done = scanning.undo(public_id, by=me().account_id)
    return _answer(done.station, done.said)
