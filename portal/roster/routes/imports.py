"""From the school's export to the preview, and from the preview to the roster; and back."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.kernel import clock
from portal.kernel.values.numbers import whole
from portal.kernel.values.references import new_public_id
from portal.platform import exports, files, htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.reading.parts import LARGEST_UPLOAD, MB
from portal.platform.tables import Wish
from portal.policy import Action
from portal.roster import rules, services, values, wording
from portal.roster.errors import NeedsConfirmation
from portal.roster.forms import ColumnsForm, ConfirmForm, UploadForm, columns_form
from portal.roster.models import RosterImport, RosterLine
from portal.roster.queries import imports as queries
from portal.roster.routes.blueprint import bp, school_id
from portal.roster.routes.levels import courses, question_page
from portal.roster.services import Uploaded
from portal.roster.services.staging import KEPT_FOR
from portal.roster.states import ImportState

ONLY, FILTERS = ("nom",), ("liste", "recherche")
AROUND = MB
"""What a form adds to its files."""

LISTED = (ImportState.STAGED, ImportState.APPLIED, ImportState.UNDONE)


@bp.get("/eleves/import", allow=Action.IMPORT_ROSTER, shows=Shown.NOBODY)
def uploads() -> ResponseReturnValue:
    """Where the exports are found, the form that takes them, and what was imported before."""
    return _uploads_page(UploadForm())


def _uploads_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    page = queries.imports(Wish.read(sorts=ONLY))
    words = {"states": wording.STATES, "sources": wording.SOURCES, "most": LARGEST_UPLOAD // MB}
    return render_template("roster/uploads.html", form=form, page=page, **words), status


@bp.post("/eleves/import", allow=Action.IMPORT_ROSTER, largest=LARGEST_UPLOAD + AROUND)
def upload() -> ResponseReturnValue:
    """Keep the files until the worker has read them."""
    form = UploadForm.sent()
    if not (sent := form.files()):
        return _uploads_page(form, 422)
    folder = f"imports/{new_public_id()}"
    found = [_kept(file, folder) for file in sent]
    if number := queries.earlier(school_id(), (file.sha256 for file in found)):
        flash(_("Ces mêmes fichiers ont déjà été appliqués (import n° %(number)d).", number=number), "info")
    asked = services.receive(school_id=school_id(), uploads=found, by_worker=True)
    return redirect(url_for(".show_import", public_id=asked.public_id), code=303)


def _kept(file: FileStorage, folder: str) -> Uploaded:
    key, digest = files.keep_from(file.stream, kind=folder)
    return Uploaded(name=(file.filename or "")[:120], sha256=digest, key=key)


@bp.get("/eleves/import/<public_id>", allow=Action.IMPORT_ROSTER, shows=Shown.LIST)
def show_import(public_id: str) -> ResponseReturnValue:
    """One import, in whatever state it is."""
    asked = queries.one(public_id)
    if asked.state is ImportState.READING:
        return htmx.page_or("roster/reading.html", "roster/_reading.html", asked=asked)
    if htmx.asked() and "suivi" in request.args:
        return htmx.go(url_for(".show_import", public_id=public_id))
    if asked.state is ImportState.TO_MAP:
        return question_page(asked) if courses(asked) else _columns_page(asked, columns_form(_question(asked)))
    return _import_page(asked, ConfirmForm())


def _question(asked: RosterImport) -> dict[str, Any]:
    question = (asked.columns or {}).get("question")
    nothing = {"headers": [], "proposals": {}, "preview": [], "fingerprint": ""}
    return nothing | question if isinstance(question, dict) else nothing


def _columns_page(asked: RosterImport, form: ColumnsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("roster/columns.html", asked=asked, form=form, question=_question(asked)), status


def _import_page(asked: RosterImport, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    wish = Wish.read(sorts=ONLY, filters=FILTERS)
    name = _list_name(asked, wish.query.get("liste", ""))
    page = None
    if asked.state in LISTED:
        page = queries.to_recover(asked.id, wish) if name == RECOVER else queries.lines(asked.id, name, wish)
    dangers = rules.dangers((asked.counts or {}).get("students", {}), known=asked.known)
    words = {"groups": wording.GROUPS, "titles": wording.TITLES, "count": wording.count, "shown": wording.shown}
    words |= {"states": wording.STATES, "sources": wording.SOURCES, "labels": values.LABELS, "hidden": values.HIDDEN}
    about = {"asked": asked, "form": form, "page": page, "name": name, "dangers": dangers}
    return render_template("roster/import.html", **about, **words, undo_until=asked.asked_at + KEPT_FOR), status


RECOVER = "a-recuperer"


def _list_name(asked: RosterImport, wished: str) -> str:
    """The list that the address names, or the first that holds something."""
    if wished in queries.LISTS or wished in {queries.PROTECTED, RECOVER}:
        return wished
    lists = [(name, kind, word) for _group, found in wording.GROUPS for name, _label, kind, word in found]
    lists.sort(key=lambda one: one[0] == "avertissements")  # only when there is nothing else to look at
    return next((name for name, kind, word in lists if wording.count(asked.counts or {}, kind, word)), "inchanges")


@bp.post("/eleves/import/<public_id>/colonnes", allow=Action.IMPORT_ROSTER)
def map_columns(public_id: str) -> ResponseReturnValue:
    """Which column is which; remembered for the next table with the same titles."""
    asked = queries.one(public_id)
    question = _question(asked)
    form = columns_form(question)
    if (question["headers"] or courses(asked)) and not form.validate():
        return _columns_page(asked, form, 422)
    services.map_columns(public_id, chosen=form.chosen, fingerprint=question["fingerprint"])
    return redirect(url_for(".show_import", public_id=public_id), code=303)


@bp.post("/eleves/import/<public_id>/rapprochements", allow=Action.IMPORT_ROSTER)
def match(public_id: str) -> ResponseReturnValue:
    """Who is who, one by one or all at once."""
    if "tous" in request.form:
        services.decide_all(public_id, same=True)
    else:
        services.decide(public_id, answers=_answers())
    return htmx.done(
        _("Vos réponses sont enregistrées."), url_for(".show_import", public_id=public_id, liste="rapprochements")
    )


def _answers() -> dict[int, bool]:
    """The lines answered on this page of the list."""
    found = {name.removeprefix("ligne-"): value for name, value in request.form.items() if name.startswith("ligne-")}
    numbers = {whole(number): value for number, value in found.items() if value in {"oui", "non"}}
    return {number: value == "oui" for number, value in numbers.items() if number is not None}


@bp.post("/eleves/import/<public_id>/appliquer", allow=Action.IMPORT_ROSTER)
def apply_import(public_id: str) -> ResponseReturnValue:
    """Make it so."""
    form = ConfirmForm.sent()
    try:
        services.apply(public_id, typed=form.uai.data or "")
    except NeedsConfirmation as refusal:
        form.refuse("uai", refusal.message)
        return _import_page(queries.one(public_id), form, 422)
    return htmx.done(
        _("L’import est appliqué. La liste des élèves est à jour."), url_for(".show_import", public_id=public_id)
    )


@bp.post("/eleves/import/<public_id>/abandon", allow=Action.IMPORT_ROSTER)
def discard(public_id: str) -> ResponseReturnValue:
    """Give up: nothing was changed."""
    services.discard(public_id)
    return htmx.done(_("L’import est abandonné. Rien n’a été modifié."), url_for(".uploads"))


@bp.post("/eleves/import/<public_id>/annulation", allow=Action.IMPORT_ROSTER)
def undo(public_id: str) -> ResponseReturnValue:
    """As it was before."""
    services.undo(public_id)
    return htmx.done(_("L’import est annulé. Tout est comme avant."), url_for(".show_import", public_id=public_id))


@bp.get("/eleves/import/<public_id>/liste.csv", allow=Action.IMPORT_ROSTER, shows=Shown.LIST)
def export_list(public_id: str) -> ResponseReturnValue:
    """One list of an import as a file, a line for each field that changes."""
    asked = queries.one(public_id)
    wish = Wish.read(sorts=ONLY, filters=FILTERS)
    name, words = _list_name(asked, wish.query.get("liste", "")), wish.query.get("recherche", "")

    def following(after: int) -> Sequence[tuple[int, Sequence[object]]]:
        lines = queries.lines_after(asked.id, name, after, words=words) if name != RECOVER else ()
        return [(line.id, cells) for line in lines for cells in _cells(line)]

    return exports.streamed(f"import-{asked.number}-{name}-{clock.today():%Y-%m-%d}.csv", _header(), following)


def _header() -> list[str]:
    names = _("Qui"), _("Précision"), _("Champ"), _("Avant"), _("Après"), _("Gardé"), _("Fichier"), _("Ligne")
    return [*names, _("À savoir")]


def _cells(line: RosterLine) -> list[list[object]]:
    """A row for each change, or one alone."""
    said: dict[str, Any] = (line.given or {}) if line.kind.value == "finding" else {}
    place = [line.file, line.line or ""]
    found = [
        (field, pair, kept)
        for kept, what in (("", line.changes), (_("oui"), line.kept))
        for field, pair in (what or {}).items()
    ]
    rows: list[list[object]] = [
        [line.label, line.detail, values.LABELS.get(field, field), wording.shown(field, pair[0]), wording.shown(field, pair[1]), kept, *place, ""]
        for field, pair, kept in found if field not in values.HIDDEN
    ]  # fmt: skip
    alone = [
        line.label,
        line.detail,
        said.get("field", ""),
        "",
        said.get("value", ""),
        "",
        *place,
        said.get("sentence", ""),
    ]
    return rows or [alone]
