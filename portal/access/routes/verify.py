"""« À vérifier »: one person, or two? The lycée's own records side by side."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import services
from portal.access.queries import doubts
from portal.access.routes.blueprint import bp
from portal.kernel.errors import DomainError
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.pages import SELDOM, entry
from portal.platform.web import me
from portal.policy import Action

entry("À vérifier", "access.to_verify", Action.VERIFY_IDENTITY, rank=SELDOM)

CONFLICT = 409


@bp.get("/familles/a-verifier", allow=Action.VERIFY_IDENTITY, shows=Shown.LIST)
def to_verify() -> ResponseReturnValue:
    """Everything that waits for a decision; `decidees=oui` shows what was decided."""
    closed = request.args.get("decidees") == "oui"
    return render_template("access/staff/to_verify.html", cases=doubts.cases(closed=closed), closed=closed)


@bp.get("/familles/a-verifier/<public_id>", allow=Action.VERIFY_IDENTITY, shows=Shown.LIST)
def verify(public_id: str) -> ResponseReturnValue:
    """One doubt."""
    return _case(public_id)


@bp.post("/familles/a-verifier/<public_id>", allow=Action.VERIFY_IDENTITY)
def decide(public_id: str) -> ResponseReturnValue:
    """One person, or two."""
    say = {"une": services.doubts.unite, "deux": services.doubts.part}.get(request.form.get("reponse", ""))
    if say is None:
        return _case(public_id, refusal=_("Choisissez une réponse."), status=422)
    try:
        say(public_id, by=me().account_id)
    except DomainError as refusal:
        return _case(public_id, refusal=refusal.message, status=CONFLICT)
    return htmx.done(_("C’est décidé. Vous pouvez revenir sur cette réponse."), url_for(".verify", public_id=public_id))


@bp.post("/familles/a-verifier/<public_id>/annuler", allow=Action.VERIFY_IDENTITY)
def take_back(public_id: str) -> ResponseReturnValue:
    """Undo: everybody has the access of before."""
    services.doubts.reopen(public_id)
    return htmx.done(_("La réponse est annulée. Chacun a l’accès d’avant."), url_for(".verify", public_id=public_id))


def _case(public_id: str, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("access/staff/verify.html", case=doubts.case(public_id), refusal=refusal), status
