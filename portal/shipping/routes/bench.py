"""The preparation bench: the work of the day in four lanes, and the scan that moves it on."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.pages import entry
from portal.platform.tables import page_number
from portal.policy import Action
from portal.shipping import queries, rules, services
from portal.shipping.forms.batch import PrintForm
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp, school_id
from portal.shipping.routes.scanning import scanned
from portal.shipping.rules import Bench, Lane, Verdict
from portal.shipping.wording import bench as wording

entry("Préparation", "shipping.bench", Action.PREPARE_PARCEL)

PIECES = ("shipping/_verdict.html", "shipping/_chosen.html", "shipping/_recent.html", "shipping/_lane.html")
SHIFT = "print_shift"
"""Where a session keeps the shift that its last batch was printed with."""


def _board() -> queries.Board:
    asked = request.args
    lane = asked.get("voie", "")
    return queries.board(
        Lane(lane) if lane in set(Lane) else Lane.TO_PREPARE,
        school_id=school_id(),
        class_name=asked.get("classe", "").strip()[:30],
        number=page_number(asked.get("page", "")),
    )


def _bench_page(verdict: Verdict | None, bench: Bench, status: int = 200) -> ResponseReturnValue:
    board = _board()
    if htmx.asked():
        return htmx.fragments(
            *PIECES, board=board, verdict=verdict, bench=bench, form=_print_form(), at=_here(board)
        ), status
    page = render_template(
        "shipping/bench.html",
        board=board,
        watch=board.watch,
        verdict=verdict,
        bench=bench,
        form=_print_form(),
        at=_here(board),
    )
    return page, status


def _here(board: queries.Board) -> dict[str, Any]:
    """The lane, class and page in the address, which every form of the bench keeps."""
    return dict(board.page.query) | ({"page": board.page.number} if board.page.number > 1 else {})


def _print_form() -> PrintForm:
    right, down = (f"{shift:g}".replace(".", ",") for shift in session[SHIFT]) if session.get(SHIFT) else ("", "")
    return PrintForm(right=right, down=down)


@bp.get("/preparation", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def bench() -> ResponseReturnValue:
    """Everything that waits at the bench; `dossier` chooses a loan for the next scan."""
    line = queries.line(request.args["dossier"]) if request.args.get("dossier") else None
    if line is None or line.state not in rules.LANES:
        return _bench_page(None, Bench())
    return _bench_page(wording.chosen(line), Bench(loan=line.public_id))


@bp.post("/preparation/scan", allow=Action.PREPARE_PARCEL)
def scan() -> ResponseReturnValue:
    """One code."""
    done, status = scanned()
    return _bench_page(done.verdict, done.bench, status)


@bp.get("/scan", allow=Action.SCAN, shows=Shown.LIST)
def helper() -> ResponseReturnValue:
    """The scanning post alone, for a day's helpers: no list, no file, nothing to undo."""
    return _helper_page(None, Bench())


@bp.post("/scan", allow=Action.SCAN)
def help_scan() -> ResponseReturnValue:
    """One code, as at the bench."""
    done, status = scanned()
    return _helper_page(done.verdict, done.bench, status)


def _helper_page(verdict: Verdict | None, bench: Bench, status: int = 200) -> ResponseReturnValue:
    context: dict[str, Any] = {
        "verdict": verdict,
        "bench": bench,
        "board": None,
        "at": {},
        "cancel": url_for(".helper"),
    }
    if htmx.asked():
        return htmx.fragments("shipping/_verdict.html", "shipping/_chosen.html", **context), status
    return render_template("shipping/helper.html", **context), status


@bp.post("/preparation/dossiers/<public_id>/annuler", allow=Action.PREPARE_PARCEL)
def unpack(public_id: str) -> ResponseReturnValue:
    """Undo a preparation."""
    verdict = services.unpack(public_id, school_id=school_id())
    if htmx.asked():
        return _bench_page(verdict, Bench())
    flash(f"{verdict.word}. {verdict.text}", "done")
    return redirect(url_for(".bench", voie=request.args.get("voie"), classe=request.args.get("classe")), code=303)


@bp.get("/preparation/liste", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def pick_list() -> ResponseReturnValue:
    """What to take from the shelves, on paper."""
    class_name = request.args.get("classe", "").strip()[:30]
    return render_template(
        "shipping/pick_list.html", lines=packing_queries.pick_list(class_name), class_name=class_name
    )
