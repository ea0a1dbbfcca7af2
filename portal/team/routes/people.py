"""Who works here: invite, end a role, help somebody who has lost their second factor."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.rules import RoleHeld, WrongDates
from portal.kernel import clock
from portal.platform import htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import format_day
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action, Role
from portal.team import queries, rules, services
from portal.team.forms import EndForm, InviteForm, ResetForm
from portal.team.routes.blueprint import bp, own_school, own_schools

pages.entry("Équipe", "team.home", Action.MANAGE_TEAM, rank=pages.SELDOM)


@bp.get("/equipe", allow=Action.MANAGE_TEAM, shows=Shown.NOBODY)
def home() -> ResponseReturnValue:
    """The head's team; the region's own, and the way to those of the lycées."""
    if me().role is not Role.REGION:
        return render_template("team/home.html", members=queries.of_school(own_school()), school=None)
    page = queries.schools(Wish.read(sorts=("lycee",), filters=("recherche",)))
    return render_template("team/region.html", members=queries.of_school(None), page=page)


@bp.get("/equipe/lycees/<public_id>", allow=Action.MANAGE_TEAM, shows=Shown.NOBODY)
def of_school(public_id: str) -> ResponseReturnValue:
    """The team of one lycée."""
    school = queries.school(public_id, school_ids=own_schools())
    return render_template("team/home.html", members=queries.of_school(school.id), school=school)


def _place() -> queries.Place | None:
    """The lycée that an invitation is for; None is the head's own, or the region itself."""
    public_id = request.args.get("lycee")
    return queries.school(public_id, school_ids=own_schools()) if public_id else None


def _offered(place: queries.Place | None) -> tuple[Role, ...]:
    if me().role is Role.REGION and place is None:
        return (Role.REGION,)
    return rules.MAY_GIVE[me().role]


@bp.get("/equipe/inviter", allow=Action.MANAGE_TEAM, shows=Shown.NOBODY)
def invite() -> ResponseReturnValue:
    """Somebody new, or somebody known with another role."""
    place = _place()
    offered = _offered(place)
    form = InviteForm(starts_on=clock.today(), role=offered[0].value if len(offered) == 1 else None)
    return render_template("team/invite.html", form=form.offer(offered), school=place)


@bp.post("/equipe/inviter", allow=Action.MANAGE_TEAM)
def send_invitation() -> ResponseReturnValue:
    """Give the role, and write to them."""
    place = _place()
    form = InviteForm.sent().offer(_offered(place))
    if not form.validate() or not _invited(form, place):
        return render_template("team/invite.html", form=form, school=place), 422
    return htmx.done(f"{form.name.data} reçoit un e-mail pour entrer.", _team_url(place))


def _invited(form: InviteForm, place: queries.Place | None) -> bool:
    """Give the role, or say on the form why not."""
    school_id = place.id if place else None if me().role is Role.REGION else own_school()
    try:
        services.invite(form.invitation, school_id=school_id, by=me().role)
    except RoleHeld as held:
        form.refuse("email", held.message)
    except WrongDates as wrong:
        form.refuse("ends_on", wrong.message)
    return not form.errors


def _team_url(place: queries.Place | None) -> str:
    return url_for(".of_school", public_id=place.public_id) if place else url_for(".home")


@bp.get("/equipe/roles/<public_id>", allow=Action.MANAGE_TEAM, shows=Shown.NOBODY)
def role(public_id: str) -> ResponseReturnValue:
    """One person's role, and what can be done about it."""
    return _role_page(public_id, EndForm(on=clock.today()))


def _role_page(public_id: str, form: EndForm, *, status: int = 200) -> ResponseReturnValue:
    member = queries.member(public_id, school_ids=own_schools())
    return render_template("team/role.html", member=member, form=form, reset=ResetForm()), status


@bp.post("/equipe/roles/<public_id>/fin", allow=Action.MANAGE_TEAM)
def end(public_id: str) -> ResponseReturnValue:
    """The last day; today is at once."""
    member, form = queries.member(public_id, school_ids=own_schools()), EndForm.sent()
    if not form.validate():
        return _role_page(public_id, form, status=422)
    try:
        services.end(member, on=form.on.data, by=me())
    except WrongDates as wrong:
        form.refuse("on", wrong.message)
        return _role_page(public_id, form, status=422)
    later_on = form.on.data and form.on.data > clock.today()
    when = f"finit le {format_day(form.on.data)}" if later_on else "est fini"
    return htmx.done(f"Le rôle de {member.name} {when}.", url_for(".home"))


@bp.post("/equipe/roles/<public_id>/deuxieme-facteur", allow=Action.MANAGE_TEAM)
def reset(public_id: str) -> ResponseReturnValue:
    """Their telephone is lost, and their codes too."""
    member = queries.member(public_id, school_ids=own_schools())
    services.reset(member, password_too=bool(ResetForm.sent().password_too.data), by=me())
    return htmx.done(
        f"{member.name} recommence avec un lien par e-mail. Un message le lui dit.",
        url_for(".role", public_id=public_id),
    )
