"""The pages people open most, as they get them: through the server, signed in, one at a time and eight at once."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import scope
from portal.stock.models import Device
from tests.bench.measure import Line, cpu, in_turns, say
from tests.bench.rig import Broken, Rig, Visitor, recorded, signed_in, sustained
from tests.bench.world import BENCH, QUEUE, REGION, WITH_SESSION, Door, head, manager
from tests.databases import HOST


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to look: rounds of requests one at a time, then seconds of as many as possible."""

    rounds: int = 12
    each: int = 5
    seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, and who opens it."""

    name: str
    endpoint: str
    path: str
    door: Door


def asked(app: Flask) -> list[Asked]:
    """The pages of the list below that this portal has."""
    with app.app_context(), scope.every_school(reason="benchmark"):
        lent_first = Loan.state != LoanState.LENT
        some = select(Loan.public_id, Loan.requested_by).where(
            Loan.id % WITH_SESSION == 0, Loan.state != LoanState.DRAFT
        )
        public_id, account = db.session.execute(some.order_by(lent_first, Loan.id).limit(1)).one()
        wanted = searches()
    family, technician = Door(account, 0), manager(QUEUE)
    pages = [
        ("family: home", "loans.home", family),
        ("family: one loan", "loans.show", family),
        ("head: 200 waiting", "loans.queue", head(QUEUE)),
        ("manager: stock list", "stock.devices", technician),
        ("manager: 300 to prepare", "shipping.bench", manager(BENCH)),
        ("region: overview", "schools.overview", REGION),
    ]
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    found = [
        Asked(name, endpoint, rules[endpoint].replace("<public_id>", public_id), door)
        for name, endpoint, door in pages
        if endpoint in rules
    ]
    devices = rules["stock.devices"]
    found += [
        Asked(f"region: device by {how}", "stock.devices", f"{devices}?recherche={words}", REGION)
        for how, words in wanted
    ]
    return found


def searches() -> list[tuple[str, str]]:
    """A device somewhere in the middle, as people look for it; a whole label would open it at once."""
    held = select(Device.asset_tag, Device.serial, Loan.reference).join(Loan, Loan.id == Device.loan_id)
    tag, serial, reference = db.session.execute(held.order_by(Device.id.desc()).limit(1)).one()
    return [
        ("tag", tag[:-1]),
        ("serial number", serial[:-1]),
        ("a few signs", serial[:3]),
        ("loan", reference),
        ("model", "probook"),
        ("nothing", "zzzz"),
    ]


def run(rig: Rig, engine: str, effort: Effort) -> list[Line]:
    """Each page against a constant page of its size from the same server, and against its bare statements."""
    app = rig.portal(engine)
    web, constant = rig.web(app), rig.constant()
    lines = []
    for page in asked(app):
        say(f"{engine}: {page.name}")
        headers = signed_in(app, page.door)
        with Visitor(web, headers) as visitor, Visitor(constant, headers) as idle:
            try:
                rig.expect({visitor.get(page.path)[0]}, {HTTPStatus.OK}, path=page.path, port=web)
            except Broken as problem:  # the other pages are worth measuring all the same
                say(str(problem))
                continue
            served = _served(visitor, idle, page, effort)
        sql, processor, alone = _inside(app, page, headers, effort)
        rate = sustained(web, headers, page.path, seconds=effort.seconds)
        most = sustained(constant, headers, f"/{served.size}", seconds=effort.seconds / 2)
        note = (
            f"{served.size / 1000:.0f} kB; {rate:.0f} pages/s at 8 (bare {most:.0f}); {processor:.1f} ms of processor"
        )
        lines += [
            Line(f"{page.name}, {engine}", served.times, served.bare, "same server, constant page;", sql, note),
            Line("  without the network", alone[0], alone[1], "its statements by the driver", sql),
        ]
    return lines


@dataclass(frozen=True, slots=True)
class Served:
    """A page as its visitor gets it: its size in bytes, and the times beside those of a constant page of that size."""

    size: int
    times: list[float]
    bare: list[float]


def _served(visitor: Visitor, idle: Visitor, page: Asked, effort: Effort) -> Served:
    size = len(visitor.get(page.path)[1])
    subject, bare = in_turns(
        lambda: visitor.get(page.path), lambda: idle.get(f"/{size}"), rounds=effort.rounds, each=effort.each
    )
    return Served(size, subject, bare)


def _inside(app: Flask, page: Asked, headers: dict[str, str], effort: Effort) -> tuple[int, float, list[list[float]]]:
    """In this process: how many statements, how much of the processor, and the page against its statements alone."""
    client = app.test_client(use_cookies=False)

    def open_page() -> None:
        answer = client.get(page.path, base_url=HOST, headers=headers)
        assert answer.status_code == HTTPStatus.OK, answer.status_code
        answer.close()

    open_page()
    with app.app_context():
        with recorded() as sent:
            open_page()
        times = in_turns(open_page, lambda: sent.again(write=False), rounds=effort.rounds)
    return sent.count, cpu(open_page, times=effort.rounds), times
