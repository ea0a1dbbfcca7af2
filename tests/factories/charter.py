"""Versions of the charter, and those asked to sign it."""

import re
from collections import deque
from datetime import timedelta
from hashlib import sha256
from typing import Any

from portal.charter import text
from portal.charter.models import CharterDesk, CharterPaper, CharterSignature, CharterVersion
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
SECTIONS = 5
"""Up to how long the loan lasts, what comes before the first title counted."""
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
def charter_version(campaign: Campaign | None = None, *, whole: bool = False, **values: Any) -> CharterVersion:
    """The Grand Est charter: as shipped if `whole`, or only its first sections and its last, which print sooner."""
    shipped = (text.TEXTS / f"{TEXT}.md").read_text(encoding="utf-8")
    source = shipped if whole else _shortened(shipped)
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


def _shortened(source: str) -> str:
    *sections, last = re.split(r"(?m)^(?=## )", source)
    return "".join([*sections[:SECTIONS], last])


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


@made
def desk(about: CharterSignature, **values: Any) -> CharterDesk:
    """A session at the school's desk that waits for its tablet."""
    now = clock.now()
    usual = {"school_id": about.school_id, "student_id": about.student_id, "loan_id": about.loan_id}
    usual |= {"agent_id": 1, "agent_role": "manager", "identity_seen": True, "started_at": now}
    return add(CharterDesk(**{**usual, "signature_id": about.id, "expires_at": now + timedelta(minutes=10), **values}))


@made
def paper(about: CharterSignature, **values: Any) -> CharterPaper:
    """A paper signed by hand and scanned; the signature's own state is the caller's."""
    now = clock.now()
    usual = {"school_id": about.school_id, "student_id": about.student_id, "loan_id": about.loan_id}
    usual |= {"signature_id": about.id, "scan_key": "charte-papier/00/0.pdf", "scan_sha256": "0" * 64, "pages": 1}
    usual |= {"name_on_paper": about.name_on_record, "signed_on": clock.today(), "agent_id": 1, "agent_role": "manager"}
    usual |= {"identity_seen": False, "recorded_at": now, "blank_key": "charte/00/0.pdf", "blank_sha256": "0" * 64}
    return add(CharterPaper(**{**usual, "blank_box": "-1 71 77 524 201", **values}))


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
