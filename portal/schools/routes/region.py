"""The region's side: its lycées at a glance, and the national directory."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.uai import UnreadableUai, parse_uai
from portal.platform import files, htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.tables import Wish
from portal.policy import Action
from portal.schools import queries, queries_overview, rules, services, wording
from portal.schools.campaigns import concerns
from portal.schools.directory_csv import DirectoryFile, RefusedDirectory, read_directory_csv
from portal.schools.forms import UploadForm
from portal.schools.routes.blueprint import bp

UPLOADS = "annuaires"
UPLOADED = re.compile(rf"{UPLOADS}/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.csv")
pages.entry("Lycées", "schools.overview", Action.READ_REGION)
pages.entry("Annuaire", "schools.directory", Action.READ_REGION, rank=pages.NOW_AND_THEN)


@bp.get("/lycees", allow=Action.READ_REGION, shows=Shown.NOBODY)
def overview() -> ResponseReturnValue:
    """One line per lycée that takes part."""
    page = queries_overview.schools(Wish.read(sorts=queries_overview.SORTS, filters=queries_overview.FILTERS))
    today = clock.today()
    told = wording.concerns_in_words(concerns(queries.campaigns(), today=today), today=today)
    return render_template("schools/overview.html", page=page, concerns=told)


@bp.get("/annuaire", allow=Action.READ_REGION, shows=Shown.NOBODY)
def directory() -> ResponseReturnValue:
    """Any lycée of the country, by name, town, post code or UAI."""
    wish = Wish.read(sorts=("ville",), filters=("recherche",))
    page = queries.in_directory(wish)
    typed = wish.query.get("recherche", "")
    return render_template("schools/directory.html", page=page, typed=typed, hint=_hint(typed))


def _hint(typed: str) -> str:
    """What is wrong with a code that looks like a UAI."""
    if not rules.looks_like_uai(typed):
        return ""
    try:
        parse_uai(typed)
    except UnreadableUai as error:
        return error.message
    return ""


@bp.get("/annuaire/chargement", allow=Action.LOAD_DIRECTORY, shows=Shown.NOBODY)
def choose_directory() -> ResponseReturnValue:
    """Which file to load."""
    return render_template("schools/load.html", form=UploadForm(), read=None, merge=None, key="")


@bp.post("/annuaire/chargement", allow=Action.LOAD_DIRECTORY)
def preview_directory() -> ResponseReturnValue:
    """What the file would change: nothing is written yet."""
    form = UploadForm.sent()
    content = form.content()
    read = _read(form, content)
    if read is None:
        return render_template("schools/load.html", form=form, read=None, merge=None, key=""), 422
    merge, key = services.foresee_merge(read.entries), files.keep(content, kind=UPLOADS, suffix="csv")
    return render_template("schools/load.html", form=UploadForm(), read=read, merge=merge, key=key)


def _read(form: UploadForm, content: bytes) -> DirectoryFile | None:
    try:
        return read_directory_csv(content) if not form.errors else None
    except DomainError as refusal:
        form.refuse("fichier", refusal.message)
        return None


@bp.post("/annuaire/chargement/confirmation", allow=Action.LOAD_DIRECTORY)
def load_directory() -> ResponseReturnValue:
    """Load the file that was previewed, as it was."""
    key = request.form.get("fichier", "")
    if not UPLOADED.fullmatch(key):
        return redirect(url_for("schools.choose_directory"), code=303)
    read = read_directory_csv(files.read(key))
    if read.errors:
        raise RefusedDirectory
    return _loaded(services.merge_directory(read.entries))


def _loaded(merge: services.Merge) -> ResponseReturnValue:
    sentence = _(
        "L’annuaire est à jour : %(created)d lycées ajoutés, %(changed)d modifiés.",
        created=len(merge.created),
        changed=len(merge.changed),
    )
    return htmx.done(sentence, url_for("schools.directory"))
