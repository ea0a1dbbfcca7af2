"""The school's pages: where the signatures stand, class by class; one loan's; and the ways to sign as actions."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import returning, rules, services, wording
from portal.charter.forms.attending import ChosenForm
from portal.charter.queries import follow
from portal.charter.queries.follow import Status
from portal.charter.routes.blueprint import bp
from portal.charter.states import SignatureState
from portal.kernel import clock
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.pages import NOW_AND_THEN, entry
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action

entry("Chartes", "charter.board", Action.FOLLOW_CHARTERS, rank=NOW_AND_THEN)

FILTERS = ("classe", "etat")
EVERYTHING = 5_000


@bp.get("/chartes", allow=Action.FOLLOW_CHARTERS, shows=Shown.LIST)
def board() -> ResponseReturnValue:
    """Signed, to sign, problem: for each class, then loan by loan."""
    wish = Wish.read(sorts=("",), filters=FILTERS)
    classes, page = follow.counts(), follow.board(wish)
    return render_template("charter/staff/board.html", classes=classes, page=page, statuses=wording.FILTERS)


@bp.get("/chartes/liste", allow=Action.FOLLOW_CHARTERS, shows=Shown.LIST)
def print_board() -> ResponseReturnValue:
    """The same list on paper, for a meeting with a class."""
    page = follow.board(Wish.read(sorts=("",), filters=FILTERS), size=EVERYTHING)
    return render_template(
        "charter/staff/list.html", page=page, status=request.args.get("etat", ""), today=clock.today()
    )


@bp.post("/chartes/relances", allow=Action.ATTEND_CHARTER)
def remind() -> ResponseReturnValue:
    """Remind the families ticked, one message per person."""
    chosen = ChosenForm.sent().dossier.data or ()
    channel = rules.SMS if request.form.get("par") == rules.SMS else rules.EMAIL
    said = services.remind(chosen, channel=channel)
    flash(wording.reminded(said, ticked=bool(chosen)), "done" if said.sent else "waiting")
    back = url_for(".board", classe=request.args.get("classe"), etat=request.args.get("etat"))
    return redirect(back, code=303)


@bp.post("/chartes/lettres", allow=Action.PRINT_LETTERS)
def send_letters() -> ResponseReturnValue:
    """Access letters for the families ticked: their code opens the door, and signs where nothing else can."""
    job = services.ask_letters(ChosenForm.sent().dossier.data or (), school_id=min(me().school_ids))
    if job:
        return redirect(url_for("access.batch", public_id=job), code=303)
    flash(_("Aucune lettre à imprimer\u00a0: cochez des dossiers à signer, sans lettre en cours."), "waiting")
    return redirect(url_for(".board"), code=303)


@bp.get("/chartes/<loan_id>", allow=Action.FOLLOW_CHARTERS, shows=Shown.LOAN)
def follow_loan(loan_id: str) -> ResponseReturnValue:
    """Who signs for a loan, what stands in the way, and every way to sign."""
    file = follow.of_loan(loan_id)
    reason = wording.reason(file.loan.charter, anybody=bool(file.signers))
    back = returning.way_back(loan_id)
    return render_template("charter/staff/loan.html", file=file, loan=file.loan, reason=reason, back=back)


@bp.post("/chartes/<loan_id>/relancer", allow=Action.ATTEND_CHARTER)
def remind_loan(loan_id: str) -> ResponseReturnValue:
    """Remind this family alone."""
    channel = rules.SMS if request.form.get("par") == rules.SMS else rules.EMAIL
    said = services.remind([follow.of_loan(loan_id).loan.public_id], channel=channel)
    flash(wording.reminded(said, ticked=True), "done" if said.sent else "waiting")
    return htmx.go(url_for(".follow_loan", loan_id=loan_id))


@bp.app_template_filter("charter_status")
def _status_words(status: Status) -> tuple[str, str]:
    """A status in French, and its tone."""
    word, tone = wording.STATUSES[status]
    return _(word), tone


@bp.app_template_filter("signature_words")
def _signature_words(state: SignatureState) -> tuple[str, str]:
    """Where one person's signature stands, and its tone."""
    word, tone = wording.SIGNATURES[state]
    return _(word), tone


@bp.app_template_filter("route_words")
def _route_words(route: str | None) -> str:
    """By which way somebody signed."""
    return _(wording.ROUTES[route or "online"])
