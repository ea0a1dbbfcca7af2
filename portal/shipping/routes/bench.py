"""The preparation bench: scan, print, hand over, follow."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import files, htmx, jobs
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext
from portal.platform.jobs import JobState
from portal.platform.pages import entry
from portal.platform.tables import Wish, page_number
from portal.platform.web import me
from portal.policy import Action
from portal.shipping import following, queries, rules, services, wording
from portal.shipping.forms import AddressForm, LeavingForm, PrintForm, ScanForm, TrackingForm, WeightForm
from portal.shipping.queries import Line
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp
from portal.shipping.rules import Bench, KeyDoubt, Lane, Paper, Verdict
from portal.shipping.states import ParcelState

entry("Préparation", "shipping.bench", Action.PREPARE_PARCEL)

PIECES = ("shipping/_verdict.html", "shipping/_chosen.html", "shipping/_recent.html", "shipping/_lane.html")
SHIFT = "print_shift"
CONFLICT = 409


def _school_id() -> int:
    """The school for which the manager entered."""
    return min(me().school_ids)


def _board() -> queries.Board:
    asked = request.args
    lane = asked.get("voie", "")
    return queries.board(
        Lane(lane) if lane in set(Lane) else Lane.TO_PREPARE,
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
        "shipping/bench.html", board=board, verdict=verdict, bench=bench, form=_print_form(), at=_here(board)
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
    form = ScanForm.sent()
    try:
        done = services.scan(form.code.data or "", bench=form.bench, school_id=_school_id(), by=me().account_id)
    except DomainError as refusal:
        word = getattr(refusal, "word", wording.STOP)
        return _bench_page(wording.refusal(word, refusal.message, loan=form.bench.loan), form.bench, CONFLICT)
    return _bench_page(done.verdict, done.bench)


@bp.get("/scan", allow=Action.SCAN, shows=Shown.LIST)
def helper() -> ResponseReturnValue:
    """The scanning post alone, for a day's helpers: no list, no file, nothing to undo."""
    return _helper_page(None, Bench())


@bp.post("/scan", allow=Action.SCAN)
def help_scan() -> ResponseReturnValue:
    """One code, as at the bench: the same rules, signed by the helper."""
    form = ScanForm.sent()
    try:
        done = services.scan(form.code.data or "", bench=form.bench, school_id=_school_id(), by=me().account_id)
    except DomainError as refusal:
        word = getattr(refusal, "word", wording.STOP)
        return _helper_page(wording.refusal(word, refusal.message, loan=form.bench.loan), form.bench, CONFLICT)
    return _helper_page(done.verdict, done.bench)


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
    verdict = services.unpack(public_id, school_id=_school_id())
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


@bp.post("/preparation/impressions", allow=Action.PREPARE_PARCEL)
def print_papers() -> ResponseReturnValue:
    """Slips or labels for the parcels ticked, or for all."""
    form, paper = PrintForm.sent(), request.form.get("papier", "")
    if not form.validate():
        flash(" ".join(form.right.errors or form.down.errors), "problem")
        return redirect(url_for(".bench", voie=Lane.READY.value), code=303)
    session[SHIFT] = form.offset_mm
    chosen = Paper(paper) if paper in set(Paper) else Paper.SLIPS
    asked = services.ask(chosen, form.colis.data or (), school_id=_school_id(), offset_mm=form.offset_mm)
    _tell_blocked(asked.blocked)
    return redirect(url_for(".job", public_id=asked.job_public_id), code=303)


@bp.post("/preparation/reglage", allow=Action.PREPARE_PARCEL)
def calibrate() -> ResponseReturnValue:
    """A page to set a printer with, moved as the lycée's settings say."""
    paper = request.form.get("papier", "")
    chosen = Paper(paper) if paper in set(Paper) else Paper.SLIPS
    asked = services.ask_calibration(chosen, school_id=_school_id())
    return redirect(url_for(".job", public_id=asked), code=303)


def _tell_blocked(blocked: Any) -> None:
    if blocked:
        flash(
            ngettext(
                "%(num)d colis n’est pas imprimé : corrigez son adresse d’abord (%(who)s).",
                "%(num)d colis ne sont pas imprimés : corrigez leur adresse d’abord (%(who)s).",
                len(blocked),
                who=", ".join(line.name for line in blocked[:5]),
            ),
            "waiting",
        )


@bp.get("/travaux/<public_id>", allow=Action.PREPARE_PARCEL, shows=Shown.NOBODY)
def job(public_id: str) -> ResponseReturnValue:
    """How far the printing is, then the PDF."""
    work = jobs.one(public_id)
    if htmx.asked():
        result = render_template("shipping/_job_result.html", job=work, oob=True)
        return render_template("shipping/_job.html", job=work) + result
    return render_template("shipping/job.html", job=work)


@bp.get("/travaux/<public_id>/fichier", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def job_file(public_id: str) -> ResponseReturnValue:
    """The PDF, shown by the browser; its name tells nothing of anybody."""
    work = jobs.one(public_id)
    if work.state is not JobState.DONE or not work.file_key:
        return redirect(url_for(".job", public_id=public_id))
    suffix = work.file_key.rpartition(".")[2]
    name = f"{work.kind.partition(':')[0].replace('deposit', 'depot')}-{work.asked_at:%Y-%m-%d}.{suffix}"
    kind, place = ("application/pdf", "inline") if suffix == "pdf" else ("application/zpl", "attachment")
    headers = {"Content-Type": kind, "Content-Disposition": f'{place}; filename="{name}"'}
    return files.read(work.file_key), headers


@bp.get("/preparation/colis/<public_id>", allow=Action.PREPARE_PARCEL, shows=Shown.PARCEL)
def parcel(public_id: str) -> ResponseReturnValue:
    """One parcel: its number, its weight, its address."""
    return _parcel_page(queries.of_parcel(public_id))


def _parcel_page(line: Line, form: Any = None, *, status: int = 200) -> ResponseReturnValue:
    """The forms of the parcel as they are, but for the one that was refused."""
    usual = {
        "tracking": TrackingForm(number=line.tracking_number),
        "weight": WeightForm(weight=line.weight),
        "address": AddressForm.of(line.address),
    }
    named = {"TrackingForm": "tracking", "WeightForm": "weight", "AddressForm": "address"}
    if form is not None:
        usual[named[type(form).__name__]] = form
    page = render_template(
        "shipping/parcel.html",
        line=line,
        form=form,
        compares=bool(current_app.config["SETTINGS"].ban_url),
        told=following.of_parcel(line),
        **{f"{name}_form": it for name, it in usual.items()},
    )
    return page, status


@bp.post("/preparation/colis/<public_id>/suivi", allow=Action.PREPARE_PARCEL)
def track(public_id: str) -> ResponseReturnValue:
    """The carrier's number, or none when it was put on the wrong parcel."""
    if "effacer" in request.form:
        services.erase_tracking(public_id)
        return _back_to(public_id, _("Le numéro de suivi est effacé."))
    form = TrackingForm.sent()
    if form.validate() and _tracked(public_id, form):
        return _back_to(public_id, _("Le numéro de suivi est enregistré. La famille le voit sur sa page."))
    return _parcel_page(queries.of_parcel(public_id), form, status=422)


def _tracked(public_id: str, form: TrackingForm) -> bool:
    """Keep the number, or say on the form why not."""
    try:
        services.note_tracking(
            public_id, text=form.number.data or "", confirmed=bool(form.confirmed.data), by=me().account_id
        )
    except KeyDoubt as doubt:
        form.refuse("confirmed", doubt.message)
    except DomainError as refusal:
        form.refuse("number", refusal.message)
    return not form.errors


def _back_to(public_id: str, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for(".parcel", public_id=public_id), code=303)


@bp.post("/preparation/colis/<public_id>/poids", allow=Action.PREPARE_PARCEL)
def weigh(public_id: str) -> ResponseReturnValue:
    """What the scales say."""
    form = WeightForm.sent()
    if not form.validate():
        return _parcel_page(queries.of_parcel(public_id), form, status=422)
    services.weigh(public_id, grams=form.weight.data or 0)
    return _back_to(public_id, _("Le poids est enregistré."))


@bp.post("/preparation/colis/<public_id>/adresse", allow=Action.PREPARE_PARCEL)
def readdress(public_id: str) -> ResponseReturnValue:
    """Correct what stops the printing."""
    form = AddressForm.sent()
    if not form.validate():
        return _parcel_page(queries.of_parcel(public_id), form, status=422)
    services.correct_address(public_id, address=form.address)
    return _back_to(public_id, _("L’adresse est enregistrée. Le bordereau peut être imprimé."))


@bp.get("/preparation/remise", allow=Action.HAND_OVER, shows=Shown.LIST)
def leaving() -> ResponseReturnValue:
    """What the carrier could take: all is ticked but what may not leave."""
    return render_template(
        "shipping/leaving.html", lines=packing_queries.leaving(), largest=rules.DEPOSIT_SIZE, refusal=None
    )


@bp.post("/preparation/remise", allow=Action.HAND_OVER)
def hand_over() -> ResponseReturnValue:
    """The carrier has them."""
    try:
        handed = services.hand_over(LeavingForm.sent().colis.data or (), school_id=_school_id())
    except DomainError as refusal:
        lines = packing_queries.leaving()
        page = render_template(
            "shipping/leaving.html", lines=lines, largest=rules.DEPOSIT_SIZE, refusal=refusal.message
        )
        return page, CONFLICT
    return redirect(url_for(".handover", public_id=handed.public_id), code=303)


@bp.get("/preparation/remises", allow=Action.HAND_OVER, shows=Shown.NOBODY)
def handovers() -> ResponseReturnValue:
    """What was handed over, latest first."""
    wish = Wish.read(sorts=("date",))
    wish = Wish(number=wish.number, sort="date", descending=request.args.get("ordre") != "asc")
    return render_template("shipping/handovers.html", page=queries.handovers(wish))


@bp.get("/preparation/remises/<public_id>", allow=Action.HAND_OVER, shows=Shown.LIST)
def handover(public_id: str) -> ResponseReturnValue:
    """One batch, its parcels and its deposit slip."""
    batch, work = queries.handover_with_job(public_id)
    return render_template("shipping/handover.html", handover=batch, job=work, lines=queries.of_handover(batch.id))


@bp.get("/r/<public_id>", allow=Action.PUBLIC)
def receipt(public_id: str) -> ResponseReturnValue:
    """The square of the slip: leads the family to its own page, which asks who they are."""
    return redirect(url_for("loans.show", public_id=queries.loan_of_receipt(public_id)))


STATE_WORDS = {
    ParcelState.DRAFT: (later("Bordereau à imprimer"), "waiting"),
    ParcelState.READY: (later("Prêt à partir"), "done"),
    ParcelState.HANDED_OVER: (later("Remis au transporteur"), "info"),
    ParcelState.IN_TRANSIT: (later("En route"), "info"),
    ParcelState.OUT_FOR_DELIVERY: (later("En livraison"), "info"),
    ParcelState.AT_PICKUP_POINT: (later("En point de retrait"), "info"),
    ParcelState.DELIVERED: (later("Arrivé"), "done"),
    ParcelState.RETURNING: (later("Revient au lycée"), "problem"),
}


@bp.app_template_test("a_parcel_at_school")
def _at_school(state: ParcelState | None) -> bool:
    return state in queries.AT_SCHOOL


@bp.app_template_filter("parcel_words")
def _parcel_words(state: ParcelState) -> tuple[str, str]:
    """A parcel's state in French, and its tone."""
    word, tone = STATE_WORDS[state]
    return _(word), tone


@bp.app_template_filter("tracking")
def _tracking(number: str) -> str:
    """In groups that one compares with a label."""
    read = rules.read(number).tracking
    return read.display() if read else number
