"""The figures around the head's queue: what waits, what is left to promise, what can still be taken back."""

from dataclasses import dataclass

from sqlalchemy import Integer, String, case, cast, func, literal, select, union_all

from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.queries.head import ANNOUNCEMENTS, DECIDED
from portal.loans.states import TO_DECIDE, LoanState
from portal.platform.outbox import OutboxRow, OutboxState
from portal.roster.models import Student
from portal.stock.models import Device, DeviceModel
from portal.stock.queries import UNCOUNTED, StockLine, reserves
from portal.stock.reserve import Watch
from portal.stock.states import DeviceKind, DeviceState, Pool


@dataclass(frozen=True, slots=True)
class KindStock:
    """What approving draws on: the free devices of a kind in the yearly allotment, and how many it counts."""

    kind: DeviceKind
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures around the queue, over all its pages and whatever the filters."""

    to_decide: int
    waitlisted: int
    classes: list[str]
    lines: list[StockLine]
    undoable: int
    watch: Watch

    @property
    def kinds(self) -> list[KindStock]:
        """The allotment by kind, whatever the model: a decision promises a kind."""
        by_kind = ((kind, self._allotment(kind)) for kind in DeviceKind)
        return [
            KindStock(
                kind,
                free=sum(line.free for line in mine),
                total=sum(line.total for line in mine),
            )
            for kind, mine in by_kind
            if mine
        ]

    @property
    def in_detail(self) -> bool:
        """Whether the lines say more than the figures by kind: several models of a kind, or an emergency pool."""
        return len(self.lines) > len(self.kinds)

    def _allotment(self, kind: DeviceKind) -> list[StockLine]:
        return [line for line in self.lines if line.pool is Pool.ALLOTMENT and line.kind is kind]


def overview(school_id: int) -> Overview:
    """One statement for all of them: stock by model and pool, requests by class, announcements still to take back."""
    stock = (
        select(
            literal("stock").label("what"),
            DeviceModel.name.label("name"),
            cast(Device.kind, String).label("kind"),
            cast(Device.pool, String).label("detail"),
            func.sum(case((Device.state == DeviceState.IN_STOCK, 1), else_=0)).label("some"),
            func.count().label("whole"),
        )
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.state.not_in(UNCOUNTED))
        .group_by(DeviceModel.name, Device.kind, Device.pool)
    )
    waiting = (
        select(
            literal("loans"),
            Student.class_name,
            literal(""),
            cast(Loan.state, String),
            func.count(),
            literal(0, Integer),
        )
        .join(Student, Student.id == Loan.student_id)
        .where(Loan.state.in_(TO_DECIDE))
        .group_by(Student.class_name, Loan.state)
    )
    undoable = (
        select(literal("undo"), literal(""), literal(""), literal(""), func.count(), literal(0, Integer))
        .select_from(Loan)
        .join(OutboxRow, OutboxRow.subject == literal("loan:") + cast(Loan.id, String))
        .where(Loan.state.in_(DECIDED), OutboxRow.kind.in_(ANNOUNCEMENTS), OutboxRow.state == OutboxState.WAITING)
    )
    parts = union_all(stock, waiting, undoable).subquery()
    rows = db.session.execute(select(parts, *reserves.watched(school_id))).all()
    loans = [row for row in rows if row.what == "loans"]
    lines = [
        StockLine(row.name, DeviceKind(row.kind), Pool(row.detail), int(row.some), row.whole)
        for row in rows
        if row.what == "stock"
    ]
    return Overview(
        to_decide=sum(row.some for row in loans if row.detail == LoanState.SUBMITTED),
        waitlisted=sum(row.some for row in loans if row.detail == LoanState.WAITLISTED),
        classes=sorted({row.name for row in loans}),
        lines=sorted(lines, key=lambda line: (line.pool, line.kind, line.model)),
        undoable=next(row.some for row in rows if row.what == "undo"),
        watch=reserves.read_watch(rows[0]),
    )


def free() -> dict[tuple[int, str], int]:
    """How many devices of each kind each school of the scope can still promise from its yearly allotment."""
    rows = db.session.execute(
        select(Device.school_id, Device.kind, func.count())
        .where(Device.pool == Pool.ALLOTMENT, Device.state == DeviceState.IN_STOCK)
        .group_by(Device.school_id, Device.kind)
    )
    return {(school_id, kind.value): number for school_id, kind, number in rows}
