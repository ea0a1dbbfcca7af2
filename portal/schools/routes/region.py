"""The region's side: its lycées at a glance, and the national directory."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.kernel.values.uai import UnreadableUai, parse_uai
from portal.platform import pages
from portal.platform.consultation import Shown
from portal.platform.tables import Wish
from portal.policy import Action
from portal.schools import queries, queries_overview, rules
from portal.schools.routes.blueprint import bp

pages.entry("Lycées", "schools.overview", Action.READ_REGION)
pages.entry("Annuaire", "schools.directory", Action.READ_REGION, rank=pages.NOW_AND_THEN)


@bp.get("/lycees", allow=Action.READ_REGION, shows=Shown.NOBODY)
def overview() -> ResponseReturnValue:
    """One line per lycée that takes part."""
    page = queries_overview.schools(Wish.read(sorts=queries_overview.SORTS, filters=queries_overview.FILTERS))
    return render_template("schools/overview.html", page=page)


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
