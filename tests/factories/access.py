"""Letters in any state, with a code that the test knows."""

from datetime import timedelta
from typing import Any

from portal.access.models import AccessLetter, ContactClaim, IdentityDoubt
from portal.access.rules import VALIDITY, Ref, pair_of
from portal.access.services.letters import hashed
from portal.access.states import DoubtKind, LetterState
from portal.kernel import clock
from portal.roster.models import Guardian
from tests.factories.roster import Family
from tests.factories.writing import add, made

CODE = "ABCDEFGHJKLM"


@made
def letter(guardian: Guardian, *, code: str = CODE, **values: Any) -> AccessLetter:
    """On paper since this morning, unless told otherwise."""
    now = clock.now()
    usual = {
        "school_id": guardian.school_id,
        "guardian_id": guardian.id,
        "state": LetterState.LIVE,
        "code_hash": hashed(code),
        "asked_at": now - timedelta(hours=2),
        "printed_at": now - timedelta(hours=2),
        "expires_at": now - timedelta(hours=2) + VALIDITY,
    }
    return add(AccessLetter(**{**usual, **values}))


@made
def doubt(one: Guardian, other: Guardian, **values: Any) -> IdentityDoubt:
    """Two guardians who share something, not decided yet."""
    usual = {
        "school_id": one.school_id,
        "kind": DoubtKind.SHARED_CONTACT,
        "pair": pair_of(Ref("g", one.id), Ref("g", other.id)),
        "guardian_id": one.id,
        "other_guardian_id": other.id,
        "found_at": clock.now(),
    }
    return add(IdentityDoubt(**{**usual, **values}))


@made
def claim(family: Family, **values: Any) -> ContactClaim:
    """An address that somebody has asked a code for, a minute ago."""
    now = clock.now()
    usual = {"email": "autre.adresse@example.org", "asked_at": now, "expires_at": now + timedelta(minutes=15)}
    return add(ContactClaim(**{**usual, "account_id": family.account_id, **values}))
