"""The head's side: what waits for a decision, what deciding would do, the decision, and its undoing.

A page that shows the effect of an act is a GET: it cannot write. The act is the POST at the same address.
"""

from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.kernel.errors import DomainError
from portal.loans import queries, rules, services
from portal.loans.errors import AlreadyTold, AskedAgain, NothingToDecide, Opposition
from portal.loans.forms.head import RefusalForm, ticked
from portal.loans.queries import head as queries_head
from portal.loans.queries import overview as queries_overview
from portal.loans.queries.head import FILTERS, REASONS, SORTS, File, Request
from portal.loans.routes.blueprint import bp
from portal.loans.rules import Applicant
from portal.loans.services import Decision
from portal.loans.story import STAFF, tell
from portal.loans.thread import Step, steps
from portal.platform import errors, htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.i18n import ngettext
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action

pages.entry("Demandes", "loans.queue", Action.DECIDE_LOAN)
pages.entry("Décisions", "loans.decisions", Action.READ_LOANS, rank=pages.SELDOM)


def _school_id() -> int:
    """The school for which the head entered."""
    return min(me().school_ids)


def _undo_seconds() -> int:
    return int(current_app.config["SETTINGS"].undo_seconds)


def _lot(instant: datetime) -> str:
    """The instant of a decision as an address shows it: microseconds since 1970."""
    return str(round(instant.timestamp() * 1_000_000))


def _instant(lot: str) -> datetime:
    if not lot.isdecimal() or len(lot) > len("1234567890123456"):
        raise NotFound
    seconds, micro = divmod(int(lot), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro)


@bp.get("/demandes", allow=Action.DECIDE_LOAN, shows=Shown.LIST)
def queue() -> ResponseReturnValue:
    """Only what needs a decision."""
    wish = Wish.read(sorts=SORTS, filters=FILTERS)
    page, overview = queries_head.queue(wish), queries_overview.overview(_school_id())
    return render_template("loans/head/queue.html", page=page, overview=overview, watch=overview.watch, reasons=REASONS)


@bp.get("/demandes/accord", allow=Action.DECIDE_LOAN, shows=Shown.LIST)
def preview() -> ResponseReturnValue:
    """What approving the ticked requests would do, before anything is written."""
    if not (ids := ticked()):
        return _nothing_ticked()
    return _foreseen(queries_head.chosen(ids))


def _nothing_ticked() -> ResponseReturnValue:
    flash(_("Aucune demande n’est cochée. Cochez-en au moins une, puis recommencez."), "waiting")
    return redirect(url_for("loans.queue"), code=303)


def _foreseen(found: list[Request]) -> ResponseReturnValue:
    pending = {one.loan_id: one for one in found if one.to_decide}
    applicants = [Applicant(one.loan_id, one.stock, one.opposed) for one in pending.values()]
    effect = rules.foresee(applicants, queries_overview.free())
    groups = {
        name: [pending[number] for number in getattr(effect, name)] for name in ("approved", "waitlisted", "apart")
    }
    late = [one for one in found if not one.to_decide]
    minutes = max(1, _undo_seconds() // 60)
    capacity = found[0].capacity_of(me().name)
    return render_template(
        "loans/head/preview.html", late=late, found=found, capacity=capacity, undo_minutes=minutes, **groups
    )


@bp.post("/demandes/accord", allow=Action.DECIDE_LOAN)
def approve() -> ResponseReturnValue:
    """Approve what the preview showed."""
    if not (ids := ticked()):
        return _nothing_ticked()
    numbers = queries_head.numbers(ids)
    return _told(services.approve(numbers, by=me().account_id, undo_seconds=_undo_seconds()))


def _told(decision: Decision) -> ResponseReturnValue:
    """Lead to what was just decided, and say what was not."""
    if late := decision.already_decided:
        one = "Une demande avait déjà reçu une réponse. Rien n’a changé pour elle."
        many = "%(num)d demandes avaient déjà reçu une réponse. Rien n’a changé pour elles."
        flash(ngettext(one, many, late), "waiting")
    if decision.changed:
        return redirect(url_for("loans.decision", lot=_lot(decision.at)), code=303)
    flash(_("Aucun appareil n’est libre : la liste d’attente reste la même."), "waiting")
    return redirect(url_for("loans.queue"), code=303)


@bp.post("/demandes/<public_id>/accord", allow=Action.DECIDE_LOAN)
def approve_one(public_id: str) -> ResponseReturnValue:
    """Approve from the request's own row or page."""
    loan = queries.one(public_id)
    try:
        decision = services.approve([loan.id], by=me().account_id, undo_seconds=_undo_seconds())
    except NothingToDecide as late:
        return _late(late, loan.id)
    return _row(loan.id) if htmx.asked() else _told(decision)


def _row(loan_id: int) -> str:
    """The row with what became of the request, then the figures that it changes."""
    names = ("loans/head/_row.html", "loans/head/_counts.html", "loans/head/_stock.html", "loans/head/_rest.html")
    return htmx.fragments(
        *names, asked=queries_head.by_number(loan_id), overview=queries_overview.overview(_school_id()), fresh=True
    )


def _late(error: DomainError, loan_id: int) -> ResponseReturnValue:
    """Somebody was faster: say so, and show what they decided."""
    if not htmx.asked():
        return _conflict(error)
    response = htmx.message("errors/_refusal.html", 409, sentence=error.message)
    response.set_data(response.get_data(as_text=True) + _row(loan_id))
    return response


@bp.get("/demandes/refus", allow=Action.DECIDE_LOAN, shows=Shown.LIST)
def ask_reason() -> ResponseReturnValue:
    """Who would be refused, and why."""
    if not (ids := ticked()):
        return _nothing_ticked()
    return _refusal(RefusalForm(), queries_head.chosen(ids))


def _refusal(form: RefusalForm, found: list[Request]) -> str:
    return render_template("loans/head/refusal.html", form=form, found=found, capacity=found[0].capacity_of(me().name))


@bp.post("/demandes/refus", allow=Action.DECIDE_LOAN)
def refuse() -> ResponseReturnValue:
    """Refuse one or many with one reason."""
    form = RefusalForm.sent()
    if not (ids := ticked()):
        return _nothing_ticked()
    if not form.complete():
        return _refusal(form, queries_head.chosen(ids)), 422
    numbers = queries_head.numbers(ids)
    return _told(services.refuse(numbers, reason=form.reason, by=me().account_id, undo_seconds=_undo_seconds()))


@bp.get("/demandes/decisions", allow=Action.READ_LOANS, shows=Shown.LIST)
def decisions() -> ResponseReturnValue:
    """What was decided lately, by whom, and what can still be undone."""
    page = queries_head.decisions(Wish.read(sorts=("date",), filters=("recherche",)))
    return render_template("loans/head/decisions.html", page=page, lot=_lot, may_decide=me().may(Action.DECIDE_LOAN))


@bp.get("/demandes/decisions/<lot>", allow=Action.READ_LOANS, shows=Shown.LIST)
def decision(lot: str) -> ResponseReturnValue:
    """What was decided together."""
    found = queries_head.decided_at(_instant(lot))
    return render_template("loans/head/decision.html", found=found, may_decide=me().may(Action.DECIDE_LOAN))


@bp.post("/demandes/decisions/annulation", allow=Action.DECIDE_LOAN)
def undo() -> ResponseReturnValue:
    """Take back what the families were not told yet."""
    numbers = queries_head.numbers(ticked())
    undone = services.take_back(numbers)
    if htmx.asked() and len(undone) == 1:
        return _row(undone[0])
    _say_undone(len(undone), told=len(numbers) - len(undone))
    return htmx.go(url_for("loans.queue"))


def _say_undone(number: int, *, told: int) -> None:
    one = "La décision est annulée. La demande est de nouveau à décider."
    many = "%(num)d décisions sont annulées. Les demandes sont de nouveau à décider."
    flash(ngettext(one, many, number), "done")
    if told:
        one = "Une famille était déjà prévenue : sa décision reste."
        many = "%(num)d familles étaient déjà prévenues : leur décision reste."
        flash(ngettext(one, many, told), "waiting")


@bp.get("/demandes/<public_id>", allow=Action.READ_LOANS, shows=Shown.LOAN)
def review(public_id: str) -> ResponseReturnValue:
    """One request with everything that helps to decide."""
    file = queries_head.one(public_id)
    return render_template(
        "loans/head/review.html",
        loan=file.loan,
        asked=file.request,
        steps=_thread(file),
        earlier=queries_head.earlier_loans(file.loan),
        may_decide=me().may(Action.DECIDE_LOAN),
    )


def _thread(file: File) -> list[Step]:
    """The timeline as the staff may read it: a decision shows at once, not when the family is told."""
    story = tell(
        file.loan,
        to=STAFF,
        postcode=file.school_postcode,
        pickup_place=file.pickup_place,
        ends_on=None,
        due_on=file.due_on,
        arrival=file.arrival,
        undo_seconds=0,
    )
    return steps(story)


@bp.errorhandler(NothingToDecide)
@bp.errorhandler(AlreadyTold)
@bp.errorhandler(AskedAgain)
@bp.errorhandler(Opposition)
def _conflict(error: DomainError) -> ResponseReturnValue:
    """Too late, or not like this: what to do next is in the list, not in the form that was sent."""
    if htmx.asked():
        return errors.refuse(error)
    return render_template("loans/head/conflict.html", sentence=error.message), 409
