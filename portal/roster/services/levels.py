"""What a school calls its MEF: asked once, remembered, and taken from the nomenclature whenever one is given."""

from collections.abc import Mapping

from sqlalchemy import insert

from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import emit, use_case
from portal.roster.events import RosterReceived
from portal.roster.models import LevelLabel, RosterImport
from portal.roster.queries import imports as queries
from portal.roster.queries import levels
from portal.schools import services as schools


@use_case
def remember_levels(*, school_id: int, labels: Mapping[str, str]) -> None:
    """Keep what the school calls these MEF (label by code) for its next files; each must fit its column."""
    if not labels:
        return
    schools.lock(school_id)
    known = {one.code: one for one in levels.labels(school_id)}
    for code in labels.keys() & known.keys():
        if known[code].label != labels[code]:
            known[code].label, known[code].named_at = labels[code], clock.now()
    now = clock.now()
    new = [
        {"school_id": school_id, "code": code, "label": label, "named_at": now}
        for code, label in labels.items()
        if code not in known
    ]
    if new:
        db.session.execute(insert(LevelLabel), new)


@use_case
def name_levels(public_id: str, *, labels: Mapping[str, str]) -> RosterImport:
    """Answer what an import asked about its MEF, label by code; the worker then reads the files again."""
    asked = queries.lock_import(queries.one(public_id).id)
    asked.columns = None
    asked.move("map")
    remember_levels(school_id=asked.school_id, labels=labels)
    emit(RosterReceived(school_id=asked.school_id, import_id=asked.id))
    return asked
