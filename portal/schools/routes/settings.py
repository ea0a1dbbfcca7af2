"""A lycée's own settings: read at a glance, changed part by part, never over somebody else's change unseen."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.platform import pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action
from portal.schools import queries, services, wording
from portal.schools.forms import AddressForm, PrintersForm, SenderForm, Settings, SignaturesForm, WelcomeForm
from portal.schools.opening import write_closings
from portal.schools.routes.blueprint import bp

pages.entry("Établissement", "schools.settings", Action.READ_SCHOOL, rank=pages.SELDOM)
CONFLICT, UNREADABLE = 409, 422


def _school_id() -> int:
    """The lycée for which the person entered."""
    return min(me().school_ids)


@bp.get("/etablissement", allow=Action.READ_SCHOOL, shows=Shown.NOBODY)
def settings() -> ResponseReturnValue:
    """Everything on one page, with the way to change each part."""
    school, known = queries.with_directory(_school_id())
    return render_template(
        "schools/settings.html",
        school=school,
        known=known,
        closings=write_closings(school.closings or ()).splitlines(),
        may=Action,
        history=[(row, wording.changed_in_words(row.payload["changed"])) for row in queries.history(school.id)],
        roles=wording.roles(),
        rights=wording.rights(),
        team=_team(),
    )


def _team() -> str | None:
    """Where roles are given and the head's signature is delegated, for whoever may open it."""
    found = (entry for entry in pages.ENTRIES if entry.endpoint.startswith("team.") and me().may(entry.action))
    endpoint = next((entry.endpoint for entry in found), "")
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def _page(form: Settings, *, status: int = 200, stale: bool = False) -> ResponseReturnValue:
    template = f"schools/settings_{PARTS[type(form)]}.html"
    unlike = form.unlike(type(form).of(queries.one(_school_id()))) if stale else []
    return render_template(template, form=form, unlike=unlike, stale=stale), status


PARTS = {
    WelcomeForm: "welcome",
    AddressForm: "address",
    SenderForm: "sender",
    PrintersForm: "printers",
    SignaturesForm: "signatures",
}


def _save(form: Settings) -> ResponseReturnValue:
    """Keep it, or show again what to correct, or both values where somebody else was faster (REL-14)."""
    if not form.validate():
        return _page(form, status=UNREADABLE)
    try:
        changed = services.change(_school_id(), version=form.opened, values=form.values)
    except services.Stale:
        form.version.data = str(queries.one(_school_id()).version)
        return _page(form, status=CONFLICT, stale=True)
    flash(_("Les réglages sont enregistrés.") if changed else _("Rien n’a changé."), "done" if changed else "info")
    return redirect(url_for("schools.settings"), code=303)


@bp.get("/etablissement/accueil", allow=Action.CHANGE_WELCOME, shows=Shown.NOBODY)
def welcome() -> ResponseReturnValue:
    """Who helps, when, where."""
    return _page(WelcomeForm.of(queries.one(_school_id())))


@bp.post("/etablissement/accueil", allow=Action.CHANGE_WELCOME)
def save_welcome() -> ResponseReturnValue:
    """Keep it."""
    return _save(WelcomeForm.sent())


@bp.get("/etablissement/adresse", allow=Action.CHANGE_SCHOOL, shows=Shown.NOBODY)
def address() -> ResponseReturnValue:
    """Where the lycée is, who heads it."""
    return _page(AddressForm.of(queries.one(_school_id())))


@bp.post("/etablissement/adresse", allow=Action.CHANGE_SCHOOL)
def save_address() -> ResponseReturnValue:
    """Keep it."""
    return _save(AddressForm.sent())


@bp.get("/etablissement/expediteur", allow=Action.CHANGE_WELCOME, shows=Shown.NOBODY)
def sender() -> ResponseReturnValue:
    """Who sends, on slips and labels."""
    return _page(SenderForm.of(queries.one(_school_id())))


@bp.post("/etablissement/expediteur", allow=Action.CHANGE_WELCOME)
def save_sender() -> ResponseReturnValue:
    """Keep it."""
    return _save(SenderForm.sent())


@bp.get("/etablissement/imprimantes", allow=Action.CHANGE_WELCOME, shows=Shown.NOBODY)
def printers() -> ResponseReturnValue:
    """How far each paper is off, and what labels are printed on."""
    return _page(PrintersForm.of(queries.one(_school_id())))


@bp.post("/etablissement/imprimantes", allow=Action.CHANGE_WELCOME)
def save_printers() -> ResponseReturnValue:
    """Keep it."""
    return _save(PrintersForm.sent())


@bp.get("/etablissement/signatures", allow=Action.CHANGE_SCHOOL, shows=Shown.NOBODY)
def signatures() -> ResponseReturnValue:
    """How many must sign the charter."""
    return _page(SignaturesForm.of(queries.one(_school_id())))


@bp.post("/etablissement/signatures", allow=Action.CHANGE_SCHOOL)
def save_signatures() -> ResponseReturnValue:
    """Keep it; charters already signed stay signed."""
    return _save(SignaturesForm.sent())
