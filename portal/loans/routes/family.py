"""What a family sees of its loans: the list of its children, and the timeline of each loan."""

from dataclasses import dataclass
from datetime import date

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.kernel.values.dates import years_after
from portal.kernel.values.tracking import read_tracking_number
from portal.loans import checklist, queries, rules, services, thread
from portal.loans.checklist import Links, Task, Word
from portal.loans.models import Loan
from portal.loans.queries import Child, Dossier
from portal.loans.routes.asking import PAGES, charter_url
from portal.loans.routes.blueprint import bp
from portal.loans.states import OUT, LoanState
from portal.loans.story import Reader, Story, tell
from portal.platform import htmx
from portal.platform.i18n import gettext as _
from portal.platform.pages import entry
from portal.platform.web import me
from portal.policy import Action

entry("Mes dossiers", "loans.home", Action.READ_OWN_LOANS)

LA_POSTE = "https://www.laposte.fr/outils/suivre-vos-envois?code="
"""The public page of La Poste; the link is ours, never one that came in a message."""


@dataclass(frozen=True, slots=True)
class Card:
    """A child on the first page: the current loan and its tasks, or the way to ask for one."""

    child: Child
    loan: Loan | None
    tasks: list[Task]
    word: Word | None
    draft: Loan | None
    may_ask: bool
    past: list[tuple[Loan, Word]]


@bp.get("/mes-dossiers", allow=Action.READ_OWN_LOANS)
def home() -> ResponseReturnValue:
    """Each child, and where their request stands."""
    cards = [_card(child) for child in queries.children(me().account_id)]
    schools = list({card.child.school.id: card.child.school for card in cards}.values())
    return render_template("loans/family/home.html", cards=cards, schools=schools)


def _card(child: Child) -> Card:
    loan, account_id = child.open_loan, me().account_id
    story = _story(child, loan) if loan else None
    return Card(
        child=child,
        loan=loan,
        tasks=checklist.tasks(story, _links(child, loan, story)) if loan and story else [],
        word=checklist.word(story) if story else None,
        draft=child.draft_of(account_id),
        may_ask=child.may_ask(account_id),
        past=[(past, checklist.word(_story(child, past))) for past in child.past_loans if past.submitted_at],
    )


def _story(child: Child, loan: Loan) -> Story:
    return tell(
        loan,
        to=Reader(
            account_id=me().account_id,
            signs=child.signs(me().account_id, on=clock.today()),
            signed=loan.id in child.signed,
        ),
        postcode=child.school.postcode,
        pickup_place=child.school.pickup,
        ends_on=child.ends_on.get(loan.id),
        due_on=child.due_on.get(loan.id),
        arrival=child.arrivals.get(loan.id),
        undo_seconds=current_app.config["SETTINGS"].undo_seconds,
    )


def _links(child: Child, loan: Loan, story: Story) -> Links:
    draft = child.draft_of(me().account_id)
    if loan.state is LoanState.DRAFT:
        return Links(request=_resume(loan) if draft else None)
    waits = charter_url(loan, signs=story.signs)
    return Links(charter=waits, show=url_for(".show", public_id=loan.public_id))


def _resume(loan: Loan) -> str:
    missing = rules.missing(queries.answers(loan))
    return url_for(PAGES[missing[0]] if missing else ".check_answers", public_id=loan.public_id)


@bp.get("/mes-dossiers/<public_id>", allow=Action.READ_OWN_LOANS)
def show(public_id: str) -> ResponseReturnValue:
    """The timeline of one loan, with what its reader may do."""
    dossier = queries.dossier(public_id, account_id=me().account_id)
    if dossier.loan.state is LoanState.DRAFT:
        return redirect(_resume(dossier.loan) if dossier.asked_by(me().account_id) else url_for(".home"))
    return _timeline(dossier)


def _timeline(dossier: Dossier) -> ResponseReturnValue:
    loan, mine = dossier.loan, dossier.asked_by(me().account_id)
    story = _told(dossier)
    tracking = read_tracking_number(loan.tracking_number or "") if loan.sent_at and not loan.received_at else None
    return render_template(
        "loans/family/show.html",
        dossier=dossier,
        loan=loan,
        school=dossier.school,
        mine=mine,
        story=story,
        steps=thread.steps(story),
        word=checklist.word(story),
        charter_url=charter_url(loan, signs=story.signs),
        tracking=tracking,
        tracking_url=f"{LA_POSTE}{tracking}" if tracking else None,
        lent=loan.state in OUT and loan.received_at is not None,
        warranty_until=_warranty(dossier),
        may_withdraw=mine and loan.can("withdraw"),
        may_ask_again=story.state in {LoanState.REFUSED, LoanState.WITHDRAWN, LoanState.CLOSED},
    )


def _warranty(dossier: Dossier) -> date | None:
    """The last day of the warranty, which began when the device was first lent, to this family or another."""
    if dossier.device is None or dossier.model is None or dossier.device.warranty_from is None:
        return None
    return years_after(dossier.device.warranty_from, dossier.model.warranty_years)


def _told(dossier: Dossier) -> Story:
    account_id = me().account_id
    return tell(
        dossier.loan,
        to=Reader(account_id=account_id, signs=dossier.signs(account_id, on=clock.today()), signed=dossier.signed),
        postcode=dossier.school.postcode,
        pickup_place=dossier.school.pickup,
        ends_on=dossier.campaign.ends_on,
        due_on=dossier.due_on,
        arrival=dossier.arrival,
        undo_seconds=current_app.config["SETTINGS"].undo_seconds,
    )


@bp.post("/mes-dossiers/<public_id>/recu", allow=Action.CONFIRM_RECEPTION)
def receive(public_id: str) -> ResponseReturnValue:
    """« J’ai reçu l’ordinateur »."""
    services.receive(queries.one(public_id).id)
    flash(_("C’est noté : l’ordinateur est entre vos mains. Le lycée le sait."), "done")
    return htmx.go(url_for(".show", public_id=public_id))


@bp.post("/mes-dossiers/<public_id>/retrait", allow=Action.REQUEST_LOAN)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Give up the request."""
    loan = services.withdraw(queries.one(public_id).id)
    flash(_("Votre demande est retirée. Vous pouvez en faire une autre quand vous voulez."), "done")
    return htmx.go(url_for(".show" if loan.submitted_at else ".home", public_id=public_id))
