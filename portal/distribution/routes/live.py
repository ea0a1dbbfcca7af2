"""The day as it goes: the cockpit, its big screen, and the virtual scanner of a rehearsal."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.distribution import rules
from portal.distribution.queries import cockpit as queries
from portal.distribution.queries import people
from portal.distribution.queries import sessions as sittings
from portal.distribution.routes.blueprint import bp
from portal.distribution.services import rehearsing
from portal.distribution.states import Workshop
from portal.distribution.wording import WORKSHOPS
from portal.kernel.values.references import new_public_id
from portal.platform import htmx
from portal.platform.codes import code128_path
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action

NOTHING_NEW = 204


@bp.get("/distribution/<public_id>/direct", allow=Action.WATCH_DISTRIBUTION, shows=Shown.NOBODY)
def live(public_id: str) -> ResponseReturnValue:
    """Lanes, stations, pace. A screen that holds the latest is told so, and nothing on it moves."""
    seen = queries.glance(public_id)
    if htmx.asked() and request.args.get("vu") == seen.stamp:
        return "", NOTHING_NEW
    page = "distribution/screen.html" if "grand" in request.args else "distribution/live.html"
    return htmx.page_or(page, "distribution/_cockpit.html", **_shown(seen))


def _shown(seen: queries.Glance) -> dict[str, Any]:
    return {
        "board": queries.cockpit(seen),
        "seen": seen,
        "sitting": seen.session,
        "workshops": WORKSHOPS,
        "large": "grand" in request.args,
    }


@bp.post("/distribution/repetition", allow=Action.PLAN_DISTRIBUTION)
def rehearse() -> ResponseReturnValue:
    """Begin a rehearsal."""
    public_id = rehearsing.rehearse(school_id=min(me().school_ids), by=me().account_id)
    flash(_("La répétition est ouverte. Prenez un poste, ou scannez avec la douchette virtuelle."), "done")
    return redirect(url_for(".scanner", public_id=public_id), code=303)


@bp.get("/distribution/<public_id>/douchette", allow=Action.WATCH_DISTRIBUTION, shows=Shown.NOBODY)
def scanner(public_id: str) -> ResponseReturnValue:
    """A sheet of invented codes, to scan from paper or screen; its buttons type into the stations one holds."""
    session = sittings.one(public_id)
    lines = people.of_session(session.id) if session.rehearsal else []
    held = {one.workshop: one for one in sittings.stations(session.id) if one.account_id == me().account_id}
    return render_template(
        "distribution/scanner.html",
        sitting=session,
        pairs=[(line, rules.pretend_tag(rank)) for rank, line in enumerate(lines, 1)],
        sleeve=held.get(Workshop.SLEEVE),
        device=held.get(Workshop.DEVICE),
        bars=code128_path,
        key=new_public_id,
    )
