"""Coming in by somebody else's door, and linking that door to one's account. Without a provider, none of it exists."""

from dataclasses import asdict

import structlog
from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.federation import journey, queries, rules, services
from portal.federation.rules import Linking
from portal.federation.wire import ProviderFault
from portal.kernel.words import later
from portal.platform import htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import Feature, me, somebody
from portal.policy import Action

bp = Feature("federation", __name__, url_prefix="/connexion")
pages.entry(
    later("Mes connexions"),
    "federation.identities",
    Action.LINK_IDENTITY,
    rank=pages.SELDOM,
    when=lambda: bool(journey.providers()),
)
pages.entry(
    later("Connexions à confirmer"),
    "federation.to_confirm",
    Action.MANAGE_TEAM,
    rank=pages.SELDOM,
    when=lambda: any(one.audience == "staff" for one in journey.providers()),
)
log = structlog.get_logger()


@bp.get("/avec/<name>", allow=Action.PUBLIC)
def depart(name: str) -> ResponseReturnValue:
    """Go and sign in at a provider; `suite` is the page to go to afterwards."""
    try:
        return redirect(journey.depart(name, next_path=request.args.get("suite")))
    except ProviderFault as fault:
        return _trouble(name, fault)


@bp.get("/retour/<name>", allow=Action.PUBLIC)
def come_back(name: str) -> ResponseReturnValue:
    """Come back from a provider: what it says is checked and kept; nothing opens yet."""
    try:
        journey.come_back(name, request.args)
    except journey.Declined:
        flash(_("Vous n’êtes pas entré par ce service. Choisissez une autre façon d’entrer."), "waiting")
        return redirect(url_for("accounts.enter"))
    except ProviderFault as fault:
        return _trouble(name, fault)
    return redirect(url_for(".identities" if somebody() else ".welcome"))


@bp.get("/suite", allow=Action.PUBLIC)
def welcome() -> ResponseReturnValue:
    """One button, which presses itself where scripts run: a page that is only read opens no session."""
    told = journey.said() or _nothing_said()
    return render_template("federation/welcome.html", told=told)


@bp.post("/suite", allow=Action.PUBLIC)
def enter() -> ResponseReturnValue:
    """Come in, if this identity is somebody's here."""
    told = journey.said() or _nothing_said()
    found = services.recognise(told.claims)
    if found.account_id:
        return htmx.go(journey.enter(found.account_id, told))
    session[journey.ARRIVAL] = asdict(found)
    return htmx.go(url_for(".first_time"))


@bp.get("/premiere-fois", allow=Action.PUBLIC)
def first_time() -> ResponseReturnValue:
    """An identity that is nobody's here yet: what to do, once."""
    told = journey.said() or _nothing_said()
    return render_template("federation/first_time.html", told=told, arrival=session.get(journey.ARRIVAL, {}))


@bp.get("", allow=Action.LINK_IDENTITY)
def identities() -> ResponseReturnValue:
    """One's own links, and what may be linked."""
    return _identities_page(_providers())


@bp.post("", allow=Action.LINK_IDENTITY)
def link() -> ResponseReturnValue:
    """Link what a provider has just said to the account of this session."""
    told, person = journey.said() or _nothing_said(), me()
    for_staff = told.provider.audience == "staff"
    what = services.link(
        account_id=person.account_id, claims=told.claims, for_staff=for_staff, as_staff=person.is_staff
    )
    journey.served(told, person.account_id)
    flash(*_told(what, told.provider.label))
    return htmx.go(url_for(".identities"))


@bp.post("/<public_id>/delier", allow=Action.LINK_IDENTITY)
def unlink(public_id: str) -> ResponseReturnValue:
    """Forget one of one's own links."""
    _providers()
    services.unlink(account_id=me().account_id, public_id=public_id)
    return htmx.done(_("Ce compte n’est plus relié."), url_for(".identities"))


@bp.get("/a-confirmer", allow=Action.MANAGE_TEAM, shows=Shown.NOBODY)
def to_confirm() -> ResponseReturnValue:
    """The colleagues who want to come in by an outside service."""
    labels = _providers()
    return render_template("federation/to_confirm.html", waiting=queries.to_confirm(me()), labels=labels)


@bp.post("/a-confirmer/<public_id>", allow=Action.MANAGE_TEAM)
def answer(public_id: str) -> ResponseReturnValue:
    """It is theirs, or it is not."""
    _providers()
    is_theirs = request.form.get("reponse") == "oui"
    name = services.answer_for(public_id, by=me(), is_theirs=is_theirs)
    said = _("Le compte de %(name)s est confirmé.", name=name) if is_theirs else _("Le compte n’est pas relié.")
    return htmx.done(said, url_for(".to_confirm"))


@bp.get("/ailleurs", allow=Action.PUBLIC)
def leave() -> ResponseReturnValue:
    """Our session is over; the provider's ends too."""
    try:
        url = journey.farewell(url_for(".left"))
    except ProviderFault as fault:
        log.warning("federation.farewell", reason=fault.reason)
        url = None
    return render_template("federation/leave.html", url=url) if url else redirect(url_for("accounts.home"))


@bp.get("/fin", allow=Action.PUBLIC)
def left() -> ResponseReturnValue:
    """Back from the provider, whose session is over."""
    label = journey.came_back_from_farewell(request.args.get("state"))
    if label:
        flash(_("Votre session %(provider)s est fermée aussi.", provider=label), "done")
    return redirect(url_for("accounts.home"))


def _providers() -> dict[str, str]:
    """Labels by the providers' own address; 404 without any."""
    return {one.key: one.label for one in journey.providers()} or abort(404)


def _identities_page(labels: dict[str, str]) -> ResponseReturnValue:
    linked = queries.identities_of(me().account_id)
    known = {one.provider for one in linked}
    audience = {"staff"} if me().is_staff else {"family"}
    free = [one for one in journey.providers() if one.key not in known and one.audience in audience]
    told = journey.said()
    return render_template("federation/identities.html", linked=linked, labels=labels, free=free, told=told)


def _told(what: Linking, label: str) -> tuple[str, str]:
    if what is Linking.DONE:
        return _("%(provider)s est relié à votre compte.", provider=label), "done"
    if what is Linking.HEAD_CONFIRMS:
        return _("C’est noté. La personne qui vous a donné votre rôle doit confirmer ce compte."), "waiting"
    return _("Le nom n’est pas le même. Le lycée vérifie, puis relie %(provider)s.", provider=label), "waiting"


def _nothing_said() -> journey.Said:
    """Too late, or never: back to the door (404 where no provider exists)."""
    _providers()
    raise rules.NotLinked(rules.TOO_LATE)


def _trouble(name: str, fault: ProviderFault) -> ResponseReturnValue:
    log.warning("federation.fault", kind=name, reason=fault.reason)
    page = render_template("federation/trouble.html", sentence=fault.message, provider=journey.provider(name))
    return page, fault.status
