"""Versions of the charter, and those asked to sign it."""

from collections import deque
from hashlib import sha256
from typing import Any

from portal.charter import text
from portal.charter.models import CharterSignature, CharterVersion
from portal.charter.states import SIGNATURE, SignatureState
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.schools.models import Campaign
from tests.factories.loans import loan as new_loan
from tests.factories.roster import Family, family
from tests.factories.schools import usual_campaign
from tests.factories.writing import add, first, made

TEXT = "grand-est-2026"
SHOWN = (SignatureState.DISPLAYED, SignatureState.CODE_VERIFIED, SignatureState.SIGNED, SignatureState.SEALED)
DATES = {
    "open": "opened_at",
    "display": "displayed_at",
    "verify_code": "verified_at",
    "sign": "signed_at",
    "seal": "sealed_at",
    "decline": "declined_at",
}


@made
def charter_version(campaign: Campaign | None = None, **values: Any) -> CharterVersion:
    """The Grand Est charter, as shipped."""
    source = (text.TEXTS / f"{TEXT}.md").read_text(encoding="utf-8")
    usual = {
        "campaign_id": (campaign or usual_campaign()).id,
        "number": 1,
        "title": text.model(TEXT).title,
        "source": source,
        "summary": (text.TEXTS / f"{TEXT}.resume.md").read_text(encoding="utf-8"),
        "sha256": text.sha256(source),
        "published_at": clock.now(),
    }
    return add(CharterVersion(**{**usual, **values}))


@made
def signature(
    loan: Loan | None = None, *, by: Family | None = None, state: SignatureState = SignatureState.INVITED, **values: Any
) -> CharterSignature:
    """One person asked to sign one loan, as far as `state`; `sealed` needs `sealed_key=` of a file that exists."""
    person = by or family()
    about = loan or new_loan(state=LoanState.SUBMITTED, student=person.student)
    now = clock.now()
    row = CharterSignature(
        school_id=about.school_id,
        loan_id=about.id,
        student_id=about.student_id,
        version_id=(first(CharterVersion) or charter_version()).id,
        guardian_id=person.guardian and person.guardian.id,
        account_id=person.account_id,
        legal_title="mère" if person.guardian else "élève majeur",
        name_on_record=person.account.name,
        state=SIGNATURE.initial,
        invited_at=now,
    )
    for name in moves_to(state):
        row.move(name)
        if name in DATES:
            setattr(row, DATES[name], now)
    if state in SHOWN:
        row.presented_sha256 = sha256(b"the charter shown").hexdigest()
        row.presented_key = f"charte/{row.presented_sha256[:2]}/{row.presented_sha256}.pdf"
    for name, value in values.items():
        setattr(row, name, value)
    return add(row)


def moves_to(state: SignatureState) -> list[str]:
    """The shortest way to a state."""
    ways: deque[tuple[SignatureState, list[str]]] = deque([(SIGNATURE.initial, [])])
    seen = {SIGNATURE.initial}
    while ways:
        here, names = ways.popleft()
        if here is state:
            return names
        for move in SIGNATURE.transitions.values():
            if move.name != "sign_attended" and here in move.sources and move.target not in seen:
                seen.add(move.target)
                ways.append((move.target, [*names, move.name]))
    raise AssertionError(f"no way to {state}")
