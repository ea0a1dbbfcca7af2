"""A signature: the use-case that a family waits for, many in a row with the sealing queued; then what the worker does of each.

The pages around it are measured by `pages`. The seal is that of the demo's P-256 key, the stamp that of an authority on
loopback: a bought one adds its own time, which nobody but the worker waits for.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from flask import Flask
from sqlalchemy import func, select, update

from portal.charter import services
from portal.charter.authority import load_authority
from portal.charter.keys import create_demo_key
from portal.charter.models import CharterSignature
from portal.charter.seal import SealKey, Trust, canonical_json, reserved_box, seal, stamp
from portal.charter.services.codes import code_hash, session_hash
from portal.charter.services.invitation import who_signs
from portal.charter.states import SignatureState
from portal.extensions import db
from portal.kernel import clock
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import scope
from portal.platform.outbox import OutboxRow
from portal.platform.pdf import html_to_pdf
from tests.bench.measure import Line, milliseconds
from tests.bench.rig import ROOT, Rig, say
from tests.bench.world import RUSH

CODE, SESSION = "123456", "the session of a browser"
PAGE = (
    '<html lang="fr"><head><meta charset="utf-8"><title>Charte</title></head>'
    f'<body><h1>Charte</h1>{"<p>Une clause de la charte.</p>" * 150}<p id="cachet">Ici</p></body></html>'
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How many signatures, and how many of them are sealed and stamped."""

    signatures: int = 60
    sealed: int = 12


def run(rig: Rig, engine: str, effort: Effort) -> list[Line]:
    """The use-case, alone and in a row; each one queues its sealing."""
    app = rig.portal(engine)
    say(f"{engine}: {effort.signatures} signatures")
    with app.app_context(), scope.every_school(reason="benchmark"):
        ready = _ready(app, effort.signatures)
        queued = _queued()
        began = perf_counter()
        times = [milliseconds(lambda number=number, name=name: _sign(number, name)) for number, name in ready]
        rate = len(ready) / (perf_counter() - began)
        assert _queued() - queued == len(ready), "a signature did not queue its seal"
        db.session.rollback()
    return [Line(f"sign, {engine}", times, note=f"{rate:.0f} a second in a row, each with its seal queued")]


def _queued() -> int:
    count = db.session.scalar(select(func.count()).where(OutboxRow.kind == "CharterSigned")) or 0
    db.session.rollback()
    return count


def _ready(app: Flask, count: int) -> list[tuple[int, str]]:
    """Charters read, whose code is known: signature and name."""
    one = CharterSignature
    waiting = (
        select(one)
        .join(Loan, Loan.id == one.loan_id)
        .where(Loan.school_id == RUSH, Loan.state == LoanState.SUBMITTED, one.state == SignatureState.INVITED)
    )
    now, found = clock.now(), []
    for row in db.session.scalars(waiting.order_by(one.id).limit(count)).all():
        person = who_signs(db.session.get_one(Loan, row.loan_id)).people[0]
        row.presented_sha256, row.code_session = sha256(str(row.id).encode()).hexdigest(), session_hash(SESSION)
        read = {
            "state": SignatureState.DISPLAYED, "guardian_id": person.guardian_id, "name_on_record": person.name,
            "presented_sha256": row.presented_sha256, "presented_key": "charte-presentee/x", "displayed_at": now,
            "code_hash": code_hash(row, CODE), "code_session": row.code_session, "code_channel": "sms",
            "code_to": "+33639980000", "code_asked_at": now, "code_sent_at": now,
            "code_expires_at": now + timedelta(minutes=10),
        }  # fmt: skip
        found.append((row.id, person.name, read))
    db.session.rollback()
    with db.engine.begin() as link:
        for number, _, read in found:
            link.execute(update(CharterSignature.__table__).where(CharterSignature.id == number).values(**read))
    return [(number, name) for number, name, _ in found]


def _sign(number: int, name: str) -> None:
    refused = services.sign(number, name=name, consent=True, code=CODE, session=SESSION)
    assert refused == {}, refused


def sealing(effort: Effort) -> list[Line]:
    """What the worker does of each signature: the seal, then the time stamp of a local authority."""
    sys.path.insert(0, str(ROOT / "deploy"))
    import time_authority

    folder = Path(tempfile.mkdtemp(prefix="fin-pret-bench-"))
    presented, seals, stamps = html_to_pdf(PAGE, variant="pdf/a-3a"), [], []
    key = create_demo_key(folder / "cachet", "Banc d’essai")
    with time_authority.running(folder / "horodatage") as server:
        known = load_authority(server.url, policy=time_authority.POLICY, roots=str(server.trust))
        assert known
        trust = Trust(roots=key.trust.roots, seals=key.trust.seals, stamps=known.roots)
        for _ in range(effort.sealed):
            sealed: list[bytes] = []
            seals.append(milliseconds(lambda sealed=sealed: sealed.append(_seal(presented, key))))
            stamps.append(milliseconds(lambda sealed=sealed: stamp(sealed[0], authority=known, trust=trust)))
    shutil.rmtree(folder)
    return [
        Line("seal (B-B), worker", seals),
        Line("stamp (B-T), worker", stamps, note="judged again before it is kept"),
    ]


def _seal(presented: bytes, key: SealKey) -> bytes:
    box = reserved_box(presented, anchor="cachet", width=255, height=78)
    evidence = canonical_json({"schema": "banc"})
    return seal(presented, evidence=evidence, key=key, reason="Banc", place="", field_box=box, stamp_lines=["Banc"])
