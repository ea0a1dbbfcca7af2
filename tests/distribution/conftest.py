"""A gymnasium: the portal served on loopback over an empty database, and browsers in which somebody holds a station."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from portal.distribution.models import Attendance, DistributionSession, Station
from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.loans.states import CharterGate, Delivery, LoanState
from tests import factories as make
from tests.databases import Databases, portal_on, settings, wipe
from tests.ports import LOOPBACK, free_port
from tests.visitor import Visitor

READY = {"state": LoanState.APPROVED, "charter": CharterGate.SIGNED, "delivery": Delivery.SCHOOL}
LISTEN = """
window.pitches = [];
window.AudioContext = class extends AudioContext {
  constructor() { super(); window.sound = this; }
  createOscillator() {
    const made = super.createOscillator();
    const start = made.start.bind(made);
    made.start = (at) => { window.pitches.push(made.frequency.value); start(at); };
    return made;
  }
};
"""


@dataclass
class Gym:
    """An open session; `station()` and `turn()` add to it, `hold(station)` opens a browser in front of one."""

    app: Flask
    url: str
    day: DistributionSession
    visit: Callable[..., Page]

    def station(self, workshop: Workshop = Workshop.DEVICE) -> Station:
        return make.station(self.day, workshop)

    def turn(self, *, at: AttendanceState = AttendanceState.CLEARED, **values: object) -> tuple[Attendance, str]:
        """Somebody of the session, and the label of the device set aside for them."""
        student = make.student()
        loan = make.loan(**{"student": student, **READY, **values})
        return make.attendance(self.day, student=student, loan=loan, state=at), make.device_of(loan).asset_tag

    def hold(self, post: Station, **options: object) -> Page:
        """A browser where somebody of the lycée has just taken this station; what it would play is in `pitches`."""
        client = self.app.test_client().enter(make.manager())
        page = self.visit(**{"width": 1024, **options})
        page.add_init_script(LISTEN)
        cookie = client.get_cookie("session", domain="pret.example.org")
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": self.url}])
        page.goto(f"{self.url}/distribution/postes/{post.public_id}")
        page.get_by_role("button", name=f"Prendre le poste {post.number}").click()
        page.locator("[data-ready]").wait_for()
        return page


@pytest.fixture
def gym(databases: Databases, tmp_path: Path, visit: Callable[..., Page]) -> Iterator[Gym]:
    """The clock runs: the server's threads know no other."""
    tables, port = databases.portal("sqlite"), free_port()
    wipe(tables)
    url = f"http://{LOOPBACK}:{port}"
    app = portal_on(settings(tmp_path, tables.config["SETTINGS"].database_url, base_url=url, demo=True))
    app.test_client_class = Visitor
    server = make_server(LOOPBACK, port, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        yield Gym(app, url, make.session(state=SessionState.OPEN), visit)
    server.shutdown()
    server.server_close()
