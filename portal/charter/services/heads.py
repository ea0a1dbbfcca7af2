"""Every day, the heads of the journals leave the database: whoever rewrites it later can no longer hide it (SIG-7).

A head lists, for each journal to which something was added, the number and the hash of its last event, and holds the hash
of the head before. It is published as a PDF sealed by the portal's own key, time-stamped when the authority answers,
kept in the store of files and sent to the region's data protection officer, who keeps it elsewhere. It names nobody.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog

from portal.charter.authority import StampError
from portal.charter.chain import START
from portal.charter.events import HeadPublished
from portal.charter.keys import organisation
from portal.charter.models import CharterHead
from portal.charter.queries import journals
from portal.charter.seal import FieldBox, canonical_json, seal, stamp
from portal.charter.services.sealing import seal_key
from portal.charter.services.stamps import authority, trust
from portal.config import Settings
from portal.extensions import db
from portal.kernel import clock
from portal.platform import files, pdf
from portal.platform.work import emit, let_go, use_case

SCHEMA = "fin-pret/chaine/1"
KIND = "tetes-de-chaine"
BOX = FieldBox(page=0, rect=(57, 57, 400, 120))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def publish_heads(settings: Settings) -> bool:
    """Publish what happened until last midnight (UTC), once; false when nothing did. After days of silence, one head."""
    midnight = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    day, last = (midnight - timedelta(days=1)).date(), journals.last_head()
    if last and last.day >= day:
        return False
    start = datetime.combine(last.day + timedelta(days=1), datetime.min.time(), UTC) if last else LONG_AGO
    found = journals.between(start, midnight)
    if not found:
        return False
    record = canonical_json(
        {"schema": SCHEMA, "day": day.isoformat(), "previous": last.sha256 if last else START, "journals": found}
    )
    let_go()
    content, stamped_at = _file(record, day=day, count=len(found), settings=settings)
    note_published(
        record, day=day, journals_count=len(found), key=files.keep(content, kind=KIND), stamped_at=stamped_at
    )
    return True


def _file(record: bytes, *, day: date, count: int, settings: Settings) -> tuple[bytes, datetime | None]:
    key, known = seal_key(settings), authority(settings)
    about = {
        "day": day,
        "count": count,
        "digest": sha256(record).hexdigest(),
        "organisation": organisation(key.certificate),
    }
    page = pdf.render("charter/pdf/head.html", about, title=f"Tête de chaîne du {day.isoformat()}", variant="pdf/a-3a")
    lines = [f"Tête de chaîne du {day.isoformat()}", f"Cachet électronique : {organisation(key.certificate)}"]
    sealed = seal(
        page, evidence=record, key=key, reason="Tête de chaîne du jour", place="", field_box=BOX, stamp_lines=lines
    )
    if known is None or not known.url:
        return sealed, None
    try:
        stamped = stamp(sealed, authority=known, trust=trust(settings))
    except StampError as trouble:
        structlog.get_logger().warning("charter.head_not_stamped", error=str(trouble))
        return sealed, None
    return stamped.pdf, stamped.at


@use_case
def note_published(record: bytes, *, day: date, journals_count: int, key: str, stamped_at: datetime | None) -> None:
    """Keep which file says it, once a day."""
    last = journals.last_head()
    if last and last.day >= day:
        return
    head = CharterHead(
        day=day,
        journals=journals_count,
        previous=last.sha256 if last else START,
        sha256=sha256(record).hexdigest(),
        file_key=key,
        published_at=clock.now(),
        stamped_at=stamped_at,
    )
    db.session.add(head)
    db.session.flush()  # the event names the row
    emit(HeadPublished(school_id=None, head_id=head.id))


def head_file(head_id: int) -> tuple[date, bytes]:
    """A published head and its day, to be sent."""
    head = journals.head(head_id)
    return head.day, files.read(head.file_key)


def read_heads() -> Iterator[tuple[CharterHead, Any]]:
    """Each published head with its file, or with what went wrong in reading it."""
    for head in journals.heads():
        try:
            yield head, files.read(head.file_key)
        except (files.DamagedFile, FileNotFoundError) as trouble:
            yield head, trouble
