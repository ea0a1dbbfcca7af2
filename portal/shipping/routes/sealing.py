"""Ship right: three scans before a box is closed, or a manager's word when the scanner is broken."""

from http import HTTPStatus
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.web import me
from portal.policy import Action
from portal.schools import queries as schools
from portal.shipping import services
from portal.shipping.forms.scanning import PhotoForm, TrioForm
from portal.shipping.queries import packing as packing_queries
from portal.shipping.routes.blueprint import bp, school_id
from portal.shipping.routes.scanning import answered
from portal.shipping.rules import Trio
from portal.shipping.services import Checked

LARGEST_PHOTO = 20 * 1024 * 1024
PIECES = ("shipping/_seal_verdict.html", "shipping/_seal_seen.html", "shipping/_seal_trio.html")


@bp.get("/preparation/verification", allow=Action.PREPARE_PARCEL, shows=Shown.LIST)
def verify() -> ResponseReturnValue:
    """The post where boxes are closed: one field, three scans, the packing list."""
    return _page(Checked(None, Trio()))


@bp.post("/preparation/verification", allow=Action.PREPARE_PARCEL)
def verify_scan() -> ResponseReturnValue:
    """One of the three scans, or the slip once more."""
    form = TrioForm.sent()
    done, status = answered(
        lambda: services.check(form.code.data or "", trio=form.trio, school_id=school_id(), by=me().account_id),
        lambda verdict: Checked(verdict, form.trio),
    )
    return _page(done, status=status)


@bp.post("/preparation/verification/photo", allow=Action.PREPARE_PARCEL, largest=LARGEST_PHOTO)
def photograph() -> ResponseReturnValue:
    """The open box, before it is closed; the scans go on from where they were."""
    form = PhotoForm.received()
    done, status = answered(
        lambda: services.photograph(form.trio, content=form.content), lambda verdict: Checked(verdict, form.trio)
    )
    return _page(done, status=status)


def _page(done: Checked, *, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    context: dict[str, Any] = {
        "verdict": done.verdict,
        "trio": done.trio,
        "line": done.line,
        "waiting": packing_queries.unsealed(),
        "checklist": schools.packing(school_id()).checklist,
    }
    if htmx.asked():
        return htmx.fragments(*PIECES, **context), status
    return render_template("shipping/verify.html", **context), status
