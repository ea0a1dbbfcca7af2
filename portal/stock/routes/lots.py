"""Suppliers' lots, for the region: a file, a preview, an announcement, and the way back."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.kernel import clock
from portal.kernel.values.references import new_public_id
from portal.platform import exports, files, htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.reading.parts import LARGEST_UPLOAD, MB
from portal.platform.tables import Wish
from portal.policy import Action
from portal.schools import queries as schools
from portal.stock import services, wording
from portal.stock.forms import LotForm
from portal.stock.models import Lot
from portal.stock.queries import lots as queries
from portal.stock.routes.blueprint import bp
from portal.stock.states import STOPS, LotState

pages.entry("Lots", "stock.lots", Action.ANNOUNCE_LOTS, rank=pages.NOW_AND_THEN)
ONLY = ("numero",)
SCHOOLS = "lycees"
WITH_LINES = (LotState.STAGED, LotState.ANNOUNCED)


@bp.get("/lots", allow=Action.ANNOUNCE_LOTS, shows=Shown.NOBODY)
def lots() -> ResponseReturnValue:
    """The form that takes a supplier's file, and the lots that came before."""
    return _lots_page(LotForm())


def _lots_page(form: LotForm, status: int = 200) -> ResponseReturnValue:
    page = queries.lots(Wish.read(sorts=ONLY))
    words = {"states": wording.LOTS, "most": LARGEST_UPLOAD // MB}
    return render_template("stock/lots.html", form=form, page=page, **words), status


@bp.post("/lots", allow=Action.ANNOUNCE_LOTS, largest=LARGEST_UPLOAD + MB)
def upload_lot() -> ResponseReturnValue:
    """Keep the file until the worker has read it."""
    form = LotForm.sent()
    file, region_id = form.file(), schools.first_region_id()
    if region_id is None:
        abort(404)
    if not form.validate() or form.errors or file is None:
        form.file()  # validation forgets what was said of the file
        return _lots_page(form, 422)
    return redirect(url_for(".lot", public_id=_received(form, file, region_id).public_id), code=303)


def _received(form: LotForm, file: FileStorage, region_id: int) -> Lot:
    key, digest = files.keep_from(file.stream, kind=f"lots/{new_public_id()}")
    if number := queries.earlier(digest):
        flash(_("Ce même fichier a déjà été annoncé (lot n° %(number)d).", number=number), "info")
    return services.receive_file(
        region_id=region_id,
        supplier=form.fournisseur.data or "",
        expected_on=form.attendu.data,
        name=(file.filename or "")[:120],
        sha256=digest,
        key=key,
    )


@bp.get("/lots/<public_id>", allow=Action.ANNOUNCE_LOTS, shows=Shown.NOBODY)
def lot(public_id: str) -> ResponseReturnValue:
    """One lot, in whatever state it is."""
    found = queries.lot(public_id)
    told: dict[str, Any] = {"lot": found, "states": wording.LOTS}
    if found.state in STOPS:
        return htmx.page_or("stock/lot_at_work.html", "stock/_lot_at_work.html", at_work=wording.AT_WORK, **told)
    if htmx.asked() and "suivi" in request.args:
        return htmx.go(url_for(".lot", public_id=public_id))
    name = _list_name(found)
    return render_template("stock/lot.html", name=name, page=_list(found, name), **told)


def _list_name(found: Lot) -> str:
    """The list that the address names, or the first that holds something."""
    asked = request.args.get("liste", "")
    if asked in queries.LISTS or (asked == SCHOOLS and found.state is LotState.ANNOUNCED):
        return asked
    if found.state is LotState.ANNOUNCED:
        return SCHOOLS
    return next((name for name, verdict in queries.LISTS.items() if (found.counts or {}).get(verdict)), "nouveaux")


def _list(found: Lot, name: str) -> Any:
    wish = Wish.read(sorts=ONLY, filters=("liste",))
    if found.state not in WITH_LINES:
        return None
    return queries.of_lot(found.id, wish) if name == SCHOOLS else queries.lines(found.id, queries.LISTS[name], wish)


@bp.post("/lots/<public_id>/annoncer", allow=Action.ANNOUNCE_LOTS)
def announce_lot(public_id: str) -> ResponseReturnValue:
    """Have the worker make it so; the lot's page says how far it is."""
    services.announce(public_id)
    return htmx.go(url_for(".lot", public_id=public_id))


@bp.post("/lots/<public_id>/abandon", allow=Action.ANNOUNCE_LOTS)
def discard_lot(public_id: str) -> ResponseReturnValue:
    """Give up: nothing was announced."""
    services.discard(public_id)
    return htmx.done(_("Le lot est abandonné. Rien n’a été annoncé."), url_for(".lots"))


@bp.post("/lots/<public_id>/annulation", allow=Action.ANNOUNCE_LOTS)
def undo_lot(public_id: str) -> ResponseReturnValue:
    """Have the worker make it as it was before, while nothing was received."""
    services.undo(public_id)
    return htmx.go(url_for(".lot", public_id=public_id))


@bp.get("/lots/<public_id>/liste.csv", allow=Action.ANNOUNCE_LOTS, shows=Shown.NOBODY)
def export_lot(public_id: str) -> ResponseReturnValue:
    """One list of lines as a file."""
    found = queries.lot(public_id)
    name = request.args.get("liste", "")
    verdict = queries.LISTS.get(name, queries.LISTS["erreurs"])

    def following(after: int) -> Sequence[tuple[int, Sequence[object]]]:
        return [
            (row.id, [row.line, row.serial, row.asset_tag, row.model_name, row.uai, row.box, row.sentence])
            for row in queries.lines_after(found.id, verdict, after)
        ]

    names = (_("Ligne"), _("Numéro de série"), _("Étiquette"), _("Modèle"), _("UAI"), _("Carton"), _("À savoir"))
    return exports.streamed(f"lot-{found.number}-{clock.today():%Y-%m-%d}.csv", names, following)
