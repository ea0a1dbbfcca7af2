"""A signature: the use-case, then the very request that a family waits for, alone, from three at once, and at the pace of
the programme (three a second), each with its sealing queued; then what the worker does of each.

The pages around it are measured by `pages`. The seal is that of the demo's P-256 key, the stamp that of an authority on
loopback: a bought one adds its own time, which nobody but the worker waits for.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, func, insert, select, update

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
from portal.platform.sessions import WebSession
from tests.bench.measure import Line, milliseconds, say
from tests.bench.rig import COOKIE, KEY, ROOT, Rig, Visitor, together
from tests.bench.world import CSRF, RUSH, Door, session_key
from tests.databases import HOST

AT_ONCE = 3
PACE = 1.0
"""Seconds between the signatures of one of these families, when three are asked for each second."""

COLD = 4
"""The first signatures of the web processes, which compile their statements then: not measured."""

CODE, SESSION = "123456", "the session of a browser"
PAGE = (
    '<html lang="fr"><head><meta charset="utf-8"><title>Charte</title></head>'
    f'<body><h1>Charte</h1>{"<p>Une clause de la charte.</p>" * 150}<p id="cachet">Ici</p></body></html>'
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How many signatures in each way, and how many of them are sealed and stamped."""

    signatures: int = 60
    sealed: int = 12


@dataclass(frozen=True, slots=True)
class Signer:
    """A charter that was read and whose code is known: the signature, the name to type, its page, its owner's headers."""

    number: int
    name: str
    page: str
    headers: dict[str, str]


def run(rig: Rig, engine: str, effort: Effort) -> list[Line]:
    """The use-case in a row, then the request: one family after the other, three at once, three a second."""
    app = rig.portal(engine)
    with app.app_context(), scope.every_school(reason="benchmark"):
        cold, *ready = _shared(_ready(app, COLD + 4 * effort.signatures))
        say(f"{engine}: {len(ready[0])} signatures a line")
        ports = rig.web(app), rig.constant()
        _served(cold, engine, ports, families=1, rig=rig)
        return [
            _alone(ready[0], engine),
            _served(ready[1], engine, ports, families=1, rig=rig),
            _served(ready[2], engine, ports, families=AT_ONCE, rig=rig),
            _served(ready[3], engine, ports, families=AT_ONCE, rig=rig, pace=PACE),
        ]


def _shared(ready: Sequence[Signer]) -> Sequence[Sequence[Signer]]:
    """The cold ones, then as many for each of the four lines."""
    many = (len(ready) - COLD) // 4
    return [ready[:COLD], *(ready[COLD + line * many :][:many] for line in range(4))]


def _alone(ready: Sequence[Signer], engine: str) -> Line:
    queued, began = _queued(), perf_counter()
    times = [milliseconds(partial(_sign, one)) for one in ready]
    rate = len(ready) / (perf_counter() - began)
    _expect_seals(queued, ready)
    return Line(f"sign, the use-case, {engine}", times, note=f"{rate:.0f} a second in a row, each seal queued")


def _served(
    ready: Sequence[Signer], engine: str, ports: tuple[int, int], *, families: int, rig: Rig, pace: float = 0.0
) -> Line:
    """Each signs once; a constant page of the same server is asked in turns with it.

    :param pace: seconds from one signature of a family to its next, whether the server keeps up or not; 0, at once.
    """
    times: list[float] = []
    bare: list[float] = []
    said: list[int] = []

    def work(share: Sequence[Signer]) -> None:
        for number, one in enumerate(share):
            sleep(max(0.0, began + number * pace - perf_counter()))
            form = urlencode({"name": one.name, "consent": "y", "code": CODE})
            with Visitor(ports[0], one.headers) as family, Visitor(ports[1], one.headers) as idle:
                bare.append(milliseconds(lambda idle=idle: idle.get("/300")))
                times.append(
                    milliseconds(lambda family=family, one=one, form=form: said.append(family.post(one.page, form)[0]))
                )

    queued, began = _queued(), perf_counter()
    together([partial(work, ready[family::families]) for family in range(families)])
    rate = len(ready) / (perf_counter() - began)
    rig.expect(set(said), {HTTPStatus.SEE_OTHER}, path=ready[0].page, port=ports[0])
    _expect_seals(queued, ready)
    name = f"sign, the server, {families} {'a second' if pace else 'at once'}, {engine}"
    return Line(name, times, bare, "same server, constant page;", None, f"{rate:.0f} a second, each seal queued")


def _expect_seals(before: int, ready: Sequence[Signer]) -> None:
    assert _queued() - before == len(ready), "a signature did not queue its seal"
    db.session.rollback()


def _queued() -> int:
    count = db.session.scalar(select(func.count()).where(OutboxRow.kind == "CharterSigned")) or 0
    db.session.rollback()
    return count


def _ready(app: Flask, count: int) -> list[Signer]:
    """Charters read, whose code is known, and whose signatories are signed in."""
    one = CharterSignature
    waiting = (
        select(one)
        .join(Loan, Loan.id == one.loan_id)
        .where(Loan.school_id == RUSH, Loan.state == LoanState.SUBMITTED, one.state == SignatureState.INVITED)
    )
    now, found, accounts, readings = clock.now(), [], [], {}
    for row in db.session.scalars(waiting.order_by(one.id)).all():
        able = [person for person in who_signs(db.session.get_one(Loan, row.loan_id)).people if person.account_id]
        if not able or len(found) == count:
            continue
        person = able[0]
        row.presented_sha256, row.code_session = sha256(str(row.id).encode()).hexdigest(), session_hash(SESSION)
        readings[row.id] = {
            "state": SignatureState.DISPLAYED, "guardian_id": person.guardian_id, "name_on_record": person.name,
            "presented_sha256": row.presented_sha256, "presented_key": "charte-presentee/x", "displayed_at": now,
            "code_hash": code_hash(row, CODE), "code_session": row.code_session, "code_channel": "sms",
            "code_to": "+33639980000", "code_asked_at": now, "code_sent_at": now,
            "code_expires_at": now + timedelta(minutes=10),
        }  # fmt: skip
        page, door = f"/charte/{row.public_id}/signer", Door(person.account_id or 0, 0)
        found.append(Signer(row.id, person.name, page, _headers(door, page)))
        accounts.append(door)
    db.session.rollback()
    with db.engine.begin() as link:
        for number, read in readings.items():
            link.execute(update(CharterSignature.__table__).where(CharterSignature.id == number).values(**read))
        link.execute(delete(WebSession).where(WebSession.account_id.in_([door.account_id for door in accounts])))
        link.execute(insert(WebSession), [_session(door) for door in accounts])
    return found


def _session(door: Door) -> dict[str, object]:
    """A parent who came in just now, in the browser that asked for the code."""
    data = {"_user_id": f"{door.account_id}:0", "_fresh": True, "csrf_token": CSRF, "browser": SESSION}
    now = clock.now()
    return {
        "id_hash": sha256(session_key(door).encode()).hexdigest(),
        "account_id": door.account_id,
        "data": json.dumps(data),
        "created_at": now,
        "seen_at": now,
    }


def _headers(door: Door, page: str) -> dict[str, str]:
    return {
        "Cookie": f"{COOKIE}={session_key(door)}",
        "X-CSRFToken": str(URLSafeTimedSerializer(KEY, salt="wtf-csrf-token").dumps(CSRF)),
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"{HOST}{page}",
    }


def _sign(one: Signer) -> None:
    refused = services.sign(one.number, name=one.name, consent=True, code=CODE, session=SESSION)
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
