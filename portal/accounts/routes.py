"""The door, the first page of each role, and the pages of the footer."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import entrance, queries, rules, services
from portal.accounts.forms import CodeForm, ContactForm, RoleForm
from portal.accounts.keyed import keyed_hash
from portal.kernel import clock
from portal.kernel.values.contacts import is_number
from portal.kernel.values.emails import suggest_email
from portal.kernel.values.phones import display_phone
from portal.platform import htmx
from portal.platform.i18n import format_day
from portal.platform.i18n import gettext as _
from portal.platform.web import Feature, me, somebody
from portal.policy import Action

bp = Feature("accounts", __name__)
bp.add_app_template_global(entrance.other_ways)

TOO_MANY = 429
GONE = 410


@bp.get("/", allow=Action.PUBLIC)
def home() -> ResponseReturnValue:
    """Each role's own first page; for visitors, what this is."""
    person = somebody()
    if person is None:
        return render_template("accounts/welcome.html")
    url = entrance.home_url(person.role)
    return redirect(url) if url else render_template("accounts/home.html")


@bp.get("/entrer", allow=Action.PUBLIC)
def enter() -> ResponseReturnValue:
    """Who are you? `suite` is the page to go to afterwards."""
    suite = rules.safe_path(request.args.get("suite"))
    if somebody():
        return redirect(suite or url_for(".home"))
    return render_template("accounts/enter.html", form=ContactForm(contact=_typed(), suite=suite))


@bp.post("/entrer", allow=Action.PUBLIC)
def ask() -> ResponseReturnValue:
    """Send a way in to this address or number, if it is known; the answer is the same if it is not."""
    form = ContactForm.sent()
    if not form.validate():
        return render_template("accounts/enter.html", form=form), 422
    contact = form.contact.data or ""
    try:
        public_id = services.ask(contact=contact, browser=entrance.browser_key(), next_path=form.suite.data)
    except rules.Wait as wait:
        form.refuse("contact", wait.message)
        return render_template("accounts/enter.html", form=form), TOO_MANY, {"Retry-After": str(wait.seconds)}
    return _wait_for_message(public_id, contact)


@bp.get("/entrer/<public_id>", allow=Action.PUBLIC)
def check_messages(public_id: str) -> ResponseReturnValue:
    """Look at your messages, or type the code here. The same page whether the contact is known or not."""
    if somebody():
        return redirect(url_for(".home"))
    return _waiting_page(public_id, CodeForm())


@bp.post("/entrer/<public_id>", allow=Action.PUBLIC)
def type_code(public_id: str) -> ResponseReturnValue:
    """Come in by the code."""
    form = CodeForm.sent()
    if form.validate():
        door = services.type_code(public_id=public_id, code=form.symbols, browser=entrance.browser_key())
        if not door.refusal:
            return redirect(entrance.arrive(door), code=303)
        form.refuse("code", door.refusal)
    return _waiting_page(public_id, form, status=422)


@bp.post("/entrer/<public_id>/encore", allow=Action.PUBLIC)
def send_again(public_id: str) -> ResponseReturnValue:
    """Another message, to the contact typed in this browser."""
    contact = session.get("asked_contact")
    if not contact:
        return redirect(url_for(".enter"), code=303)
    try:
        fresh = services.ask_again(public_id=public_id, contact=contact, browser=entrance.browser_key())
    except rules.Wait as wait:
        flash(str(wait.message), "waiting")
        return redirect(url_for(".check_messages", public_id=public_id), code=303)
    flash(_("Un autre message est demandé. Seul son code compte."), "done")
    return _wait_for_message(fresh, contact)


@bp.get("/lien/<token>", allow=Action.PUBLIC)
def open_link(token: str) -> ResponseReturnValue:
    """The page of the link: a button. Mail scanners open it too, and nothing happens (SEC-10)."""
    link = queries.link_of_token(keyed_hash("token", token))
    refusal = rules.obstacle(link.facts, now=clock.now()) if link else rules.UNKNOWN_LINK
    return render_template("accounts/link.html", token=token, refusal=refusal), GONE if refusal else 200


@bp.post("/lien/<token>", allow=Action.PUBLIC)
def follow_link(token: str) -> ResponseReturnValue:
    """Come in by the link, once."""
    door = services.follow_link(token=token)
    if door.refusal:
        return render_template("accounts/link.html", token=token, refusal=door.refusal), GONE
    return redirect(entrance.arrive(door), code=303)


@bp.get("/role", allow=Action.CHOOSE_ROLE)
def choose_role() -> ResponseReturnValue:
    """With which role? For those who have several, such as a manager who is a parent too."""
    return _role_page(RoleForm(grant=me().grant_id, suite=rules.safe_path(request.args.get("suite"))))


@bp.post("/role", allow=Action.CHOOSE_ROLE)
def take_role() -> ResponseReturnValue:
    """Go on with that role."""
    hats = queries.hats(me().account_id)
    form = RoleForm.sent().offer({hat.grant_id: hat.label for hat in hats})
    if not form.validate():
        return _role_page(form, status=422)
    return redirect(entrance.change_role(me().account_id, form.grant.data, form.suite.data), code=303)


@bp.post("/sortir", allow=Action.SIGN_OUT)
def sign_out() -> ResponseReturnValue:
    """Leave; the cookie is dead, copies included."""
    url = entrance.go_out(me().account_id)
    flash(_("Votre session est fermée."), "done")
    return htmx.go(url)


@bp.get("/accessibilite", allow=Action.PUBLIC)
def accessibility() -> ResponseReturnValue:
    """The declaration of accessibility (loi 2005-102, article 47; décret 2019-768)."""
    return render_template("accounts/accessibility.html")


@bp.get("/donnees-personnelles", allow=Action.PUBLIC)
def privacy() -> ResponseReturnValue:
    """What is kept of people, why, how long, and whom to ask (GDPR, articles 13 and 14)."""
    return render_template("accounts/privacy.html")


@bp.get("/mentions-legales", allow=Action.PUBLIC)
def legal() -> ResponseReturnValue:
    """Who publishes, who hosts, and the efforts of eco-design."""
    return render_template("accounts/legal.html")


def _typed() -> str | None:
    """The contact of last time, as people write it."""
    contact = session.get("asked_contact")
    return display_phone(contact) if contact and is_number(contact) else contact


def _wait_for_message(public_id: str, contact: str) -> ResponseReturnValue:
    session["asked_contact"], session["asked_link"] = contact, public_id
    return redirect(url_for(".check_messages", public_id=public_id), code=303)


def _waiting_page(public_id: str, form: CodeForm, *, status: int = 200) -> ResponseReturnValue:
    link, now = queries.asked_link(public_id), clock.now()
    contact = session.get("asked_contact") if session.get("asked_link") == public_id else None
    context: dict[str, Any] = {
        "public_id": public_id,
        "contact": contact,
        "by_sms": link.by_sms,
        "suggestion": suggest_email(contact) if contact and not link.by_sms else None,
        "suite": link.next_path,
        "again_at": link.asked_at + rules.PATIENCE,
        "seconds": rules.seconds_to_wait(link.asked_at, now=now),
        "over": link.expires_at <= now or link.used_at is not None,
        "minutes": rules.VALIDITY // timedelta(minutes=1),
    }
    return htmx.page_or("accounts/check_messages.html", "accounts/_again.html", status=status, form=form, **context)


def _role_page(form: RoleForm, *, status: int = 200) -> ResponseReturnValue:
    hats = queries.hats(me().account_id)
    form.offer({hat.grant_id: hat.label for hat in hats})
    return render_template("accounts/role.html", form=form, hints={hat.grant_id: _about(hat) for hat in hats}), status


def _about(hat: queries.Hat) -> str:
    """Where the role is held and, for a deputy, for whom and until when."""
    if not hat.delegated_by:
        return hat.place
    delegated = _("par délégation de %(name)s, jusqu’au %(day)s", name=hat.delegated_by, day=format_day(hat.until))
    return f"{hat.place}, {delegated}"
