"""Is this file, or this printed reference, a charter that we sealed? Answers name nobody (SIG-10)."""

from dataclasses import dataclass
from datetime import datetime

from portal.charter import evidence, queries, rules
from portal.charter.keys import Trust
from portal.charter.seal import Verification, verify
from portal.charter.services import heads
from portal.platform import files, scope


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file proves, and the first thing in it that does not hold; `fault` is empty when all does."""

    verification: Verification
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody may be told: sealed by whom and when, stamped by whom and when, or why not."""

    authentic: bool
    organisation: str = ""
    sealed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    reason: str = ""


def judge(pdf: bytes, *, trust: Trust) -> Judged:
    """The seal, the bytes shown to the family, then the chain of the evidence: the first fault stops."""
    found = verify(pdf, trust=trust)
    if not found.ok:
        return Judged(found, next(iter(found.reasons), rules.NOT_OURS))
    if heads.SCHEMA.encode() in found.evidence:
        return Judged(found)  # a published head: its links are in the database, and proved there
    return Judged(found, evidence.broken_link(found.evidence, presented_sha256=found.presented_sha256) or "")


def check_file(pdf: bytes, *, trust: Trust) -> Checked:
    """A file that anybody holds, judged from itself alone: the database is not asked."""
    judged = judge(pdf, trust=trust)
    if judged.fault:
        return Checked(authentic=False, reason=judged.fault)
    found = judged.verification
    return Checked(
        authentic=True,
        organisation=found.organisation,
        sealed_at=found.signed_at,
        stamped_at=found.stamped_at,
        stamped_by=found.stamped_by,
    )


def check_print(*, reference: str, digest: str, trust: Trust) -> Checked:
    """A paper copy: what the seal prints on the page, the reference and the first signs of the fingerprint.

    The file that we keep is judged, not the row about it.
    """
    with scope.every_school(reason="public check of a sealed charter"):
        stored = queries.sealed_file(reference=reference, digest=digest)
    if stored is None:
        return Checked(authentic=False, reason=rules.NOT_FOUND)
    return check_file(files.read(stored), trust=trust)
