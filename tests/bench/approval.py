"""A head approves many requests at once: `loans.services.approve`, again and again on the same requests made fresh."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.loans import services
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import scope
from tests.bench.again import Before
from tests.bench.measure import Line, milliseconds, say
from tests.bench.rig import Rig, recorded
from tests.bench.world import RUSH, head


@dataclass(frozen=True, slots=True)
class Effort:
    """How many times each number of requests is approved."""

    rounds: int = 7
    sizes: tuple[int, ...] = (50, 500)


def run(rig: Rig, engine: str, effort: Effort) -> list[Line]:
    """Each size against its own statements sent by the driver alone."""
    app = rig.portal(engine)
    lines = []
    for count in effort.sizes:
        say(f"{engine}: approval of {count}")
        with app.app_context(), scope.schools(RUSH):
            lines.append(_approvals(app, engine, count, effort.rounds))
    return lines


def _approvals(app: Flask, engine: str, count: int, rounds: int) -> Line:
    asking = select(Loan.id).where(Loan.school_id == RUSH, Loan.state == LoanState.SUBMITTED)
    ids = list(db.session.scalars(asking.order_by(Loan.id).limit(count)))
    db.session.rollback()
    before, seconds = Before(RUSH), app.config["SETTINGS"].undo_seconds

    def approve() -> None:
        decision = services.approve(ids, by=head(RUSH).account_id, undo_seconds=seconds)
        assert len(decision.approved) == len(ids), decision

    with recorded() as sent:
        approve()
    _verify(ids)
    times: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        for act, taken in ((lambda: sent.again(write=True), bare), (approve, times)):
            before.restore(ids)
            taken.append(milliseconds(act))
    before.restore(ids)
    return Line(f"approve {len(ids)}, {engine}", times, bare, "its statements by the driver", sent.count)


def _verify(ids: list[int]) -> None:
    """Every approved request has one device of its own."""
    device = db.metadata.tables["device"]
    with db.engine.connect() as link:
        holders = link.scalars(select(device.c.loan_id).where(device.c.loan_id.in_(ids))).all()
    assert sorted(holders) == sorted(ids), "a request has no device, or two"
