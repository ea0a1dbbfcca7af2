"""What a tablet of the school shows to a family: one charter, and nothing else. Nobody is signed in here."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance
from portal.charter import returning, rules, services
from portal.charter.forms import DeskCodeForm, HandForm
from portal.charter.routes.blueprint import bp
from portal.charter.routes.signing import context_of, pdf_of, words_of
from portal.charter.services import AtDesk
from portal.platform import limits
from portal.platform.i18n import language
from portal.policy import Action

TOKEN, ENDED = "desk", "desk_ended"
MOST, WITHIN = 20, timedelta(minutes=10)
"""Codes typed from one network address: a school has one, and several tablets."""

GONE = 410


@bp.get("/guichet", allow=Action.PUBLIC)
def tablet() -> ResponseReturnValue:
    """Type the code that the agent reads on their own screen."""
    if session.get(TOKEN):
        return redirect(url_for(".tablet_read"))
    return render_template("charter/tablet/code.html", form=DeskCodeForm())


@bp.post("/guichet", allow=Action.PUBLIC)
def join_desk() -> ResponseReturnValue:
    """Join this browser to the session; whoever was signed in on it no longer is."""
    form = DeskCodeForm.sent()
    if form.validate():
        limits.require("charter desk", request.remote_addr or "", most=MOST, within=WITHIN)
        try:
            token = services.claim(form.signs)
        except rules.CannotSign as refusal:
            form.refuse("code", refusal.message)
        else:
            returning.kept(entrance.lend_browser)
            session[TOKEN] = token
            return redirect(url_for(".tablet_read"), code=303)
    return render_template("charter/tablet/code.html", form=form), 422


@bp.get("/guichet/charte", allow=Action.PUBLIC)
def tablet_read() -> ResponseReturnValue:
    """The summary, the whole text, and the form that signs it."""
    return _on_the_tablet(lambda at: _sheet(at, HandForm()))


@bp.post("/guichet/charte", allow=Action.PUBLIC)
def tablet_sign() -> ResponseReturnValue:
    """Sign."""
    return _on_the_tablet(lambda at: _signed(at, HandForm.sent()))


@bp.get("/guichet/ne-pas-signer", allow=Action.PUBLIC)
def tablet_decline() -> ResponseReturnValue:
    """What happens if one does not sign."""
    return _on_the_tablet(lambda at: render_template("charter/tablet/decline.html", **context_of(at.file)))


@bp.post("/guichet/ne-pas-signer", allow=Action.PUBLIC)
def tablet_declined() -> ResponseReturnValue:
    """Do not sign."""

    def decline(_at: AtDesk) -> ResponseReturnValue:
        services.decline_at_desk(session[TOKEN])
        return _ended("declined")

    return _on_the_tablet(decline)


@bp.get("/guichet/charte.pdf", allow=Action.PUBLIC)
def tablet_pdf() -> ResponseReturnValue:
    """The exact file to sign."""
    return _on_the_tablet(lambda at: pdf_of(str(at.file.signature.presented_key), at.file.loan.reference, inline=True))


@bp.get("/guichet/fin", allow=Action.PUBLIC)
def tablet_end() -> ResponseReturnValue:
    """Give the tablet back."""
    return render_template("charter/tablet/end.html", how=session.get(ENDED, ""), back=returning.way_back())


def _on_the_tablet(show: Any) -> ResponseReturnValue:
    """The page for this tablet's session; when it is over, the page that says so, and nothing of the charter."""
    try:
        answer: ResponseReturnValue = show(services.shown(session.get(TOKEN)))
    except rules.CannotSign as refusal:
        session.pop(TOKEN, None)
        return render_template("charter/tablet/over.html", sentence=refusal.message), GONE
    return answer


def _sheet(at: AtDesk, form: HandForm, *, status: int = 200) -> ResponseReturnValue:
    page = render_template("charter/tablet/read.html", form=form, **context_of(at.file), **words_of(at.file))
    return page, status


def _signed(at: AtDesk, form: HandForm) -> ResponseReturnValue:
    if form.validate():
        refusals = services.sign_at_desk(
            session[TOKEN], name=form.name.data or "", consent=bool(form.consent.data), language=language()
        )
        if not refusals:
            return _ended("signed")
        form.refuse_all(refusals)
    return _sheet(at, form, status=422)


def _ended(how: str) -> ResponseReturnValue:
    """The token is dead; a fresh session keeps only what the last page says."""
    returning.kept(entrance.lend_browser)
    session[ENDED] = how
    return redirect(url_for(".tablet_end"), code=303)
