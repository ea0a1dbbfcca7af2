"""Time stamps: asked for after the seal, by the worker, until an authority answers; then the archive, renewed in time.

A signature never waits for it (SIG-6). Each sealed charter is given out at once as PAdES B-B, « server only ». The
authority is asked within the second, then after 1, 2, 5 and 15 minutes, then every half-hour for as long as it takes; as
one silence stands for all, only the first charter that is due asks while it lasts, and the others follow when it answers.

**Archive and renewal.** The night after, when lists of revoked certificates published since then are out (the grace
period of ETSI EN 319 102-1, clause 5.6.2.4), the B-LTA copy is made and kept beside the file handed out. It is worth
what its last stamp's certificate is worth: `RENEWED_BEFORE` its end, the copy is stamped again, by whatever authority is
then in the settings. The former authority's root stays in the file of `FIN_PRET_TSA_ROOTS`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509

from portal.charter import queries
from portal.charter.authority import Authority, AuthorityDown, NoRoom, StampError, load_authority
from portal.charter.events import CharterArchived, CharterStamped
from portal.charter.keys import SealKeyError, Trust, fingerprint
from portal.charter.queries import stamps as waiting
from portal.charter.seal import archive, stamp
from portal.charter.services.sealing import seal_key
from portal.config import Settings
from portal.kernel import clock
from portal.platform import files
from portal.platform.work import emit, let_go, use_case

log: Final = structlog.get_logger()

SEALED, ARCHIVED = "charte-signee", "charte-archive"
WAITS: Final = (1, 2, 5, 15, 30)
"""Minutes before each further request; the last one again and again."""

LATE_AFTER: Final = timedelta(hours=1)
"""From then on the health page and the log say that charters wait for their time stamp."""

GRACE: Final = timedelta(hours=12)
RENEWED_BEFORE: Final = timedelta(days=90)
RENEWED_AGAIN: Final = timedelta(days=7)
"""At the earliest, when the new stamp's certificate is about to end too."""

AT_ONCE: Final = 200


def authority(settings: Settings) -> Authority | None:
    """The authority of this installation, if it has one."""
    return load_authority(settings.tsa_url, policy=settings.tsa_policy, roots=settings.tsa_roots)


def trust(settings: Settings) -> Trust:
    """Whom this installation believes: its seals, those before them, and the authorities' roots."""
    mine = seal_key(settings).trust
    known = authority(settings)
    former = _former(settings.seal_former)
    roots = tuple(one for one in former if one.issuer == one.subject)
    return replace(
        mine,
        roots=(*mine.roots, *roots),
        seals=mine.seals | {fingerprint(one) for one in former if one.issuer != one.subject},
        stamps=known.roots if known else (),
        lists=(*mine.lists, *(known.lists if known else ())),
    )


def _former(file: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(Path(file).read_bytes())) if file else ()
    except (OSError, ValueError) as error:
        raise SealKeyError(f"Clé du cachet : les anciens certificats « {file} » ne peuvent pas être lus.") from error


def add_stamp(signature_id: int, *, settings: Settings) -> bool:
    """Ask for one charter's time stamp, unless it has it; false when the authority does not answer.

    Asks the network, so it is no use-case; what comes of it is written by the two below.
    """
    known, one = authority(settings), queries.one(signature_id)
    if known is None or not known.url or one.stamp_due_at is None or one.sealed_key is None:
        return True
    sealed = files.read(one.sealed_key)
    let_go()
    try:
        stamped = stamp(sealed, authority=known, trust=trust(settings))
    except StampError as trouble:
        log.warning("charter.not_stamped", signature=signature_id, error=str(trouble))
        note_not_stamped(signature_id, again=not isinstance(trouble, NoRoom))
        return not isinstance(trouble, AuthorityDown)
    note_stamped(signature_id, key=files.keep(stamped.pdf, kind=SEALED), at=stamped.at)
    return True


@use_case
def note_stamped(signature_id: int, *, key: str, at: datetime) -> None:
    """From now on this file is the one handed out; stamped twice, the first stamp stays."""
    signature = queries.lock(signature_id)
    if signature.stamped_at is not None:
        return
    signature.sealed_key, signature.stamped_at, signature.stamp_due_at = key, at, None
    emit(CharterStamped(school_id=signature.school_id, signature_id=signature_id, loan_id=signature.loan_id))


@use_case
def note_not_stamped(signature_id: int, *, again: bool) -> None:
    """Later again, each time later; never again when the file was sealed without room for a stamp."""
    signature = queries.lock(signature_id)
    if signature.stamped_at is None:
        wait = timedelta(minutes=WAITS[min(signature.stamp_tries, len(WAITS) - 1)])
        signature.stamp_tries += 1
        signature.stamp_due_at = clock.now() + wait if again else None


def catch_up(settings: Settings) -> int:
    """Every minute: ask for what is due, oldest first, until all is stamped or the authority is silent. Returns how many."""
    if not settings.tsa_url:
        return 0
    done = 0
    for signature_id in waiting.due(AT_ONCE):
        if not add_stamp(signature_id, settings=settings):
            break
        done += 1
    if late := waiting.late(before=clock.now() - LATE_AFTER):
        log.error("charter.stamps_late", charters=late)
    return done


def keep_archives(settings: Settings) -> int:
    """Every night: make the archive's copies that are due, and renew those about to end. Returns how many."""
    known, now, done = authority(settings), clock.now(), 0
    if known is None or not known.url:
        return 0
    limits = {
        "stamped_before": now - GRACE,
        "ending_before": now + RENEWED_BEFORE,
        "renewed_before": now - RENEWED_AGAIN,
    }
    while found := waiting.to_archive(limit=AT_ONCE, **limits):
        for signature_id in found:
            if not _archive(signature_id, known=known, settings=settings):
                return done
            done += 1
    return done


def _archive(signature_id: int, *, known: Authority, settings: Settings) -> bool:
    one = queries.one(signature_id)
    source = files.read(str(one.archive_key or one.sealed_key))
    let_go()
    try:
        made = archive(source, authority=known, trust=trust(settings))
    except StampError as trouble:
        log.warning("charter.not_archived", signature=signature_id, error=str(trouble))
        return False
    if not made.revocation:
        log.warning("charter.archived_without_revocation", signature=signature_id)
    note_archived(signature_id, key=files.keep(made.pdf, kind=ARCHIVED), until=made.until)
    return True


@use_case
def note_archived(signature_id: int, *, key: str, until: datetime) -> None:
    """Keep the archive's copy; one that was renewed replaces the one before, which it contains."""
    signature = queries.lock(signature_id)
    signature.archive_key, signature.archived_at, signature.archive_until = key, clock.now(), until
    emit(CharterArchived(school_id=signature.school_id, signature_id=signature_id, loan_id=signature.loan_id))
