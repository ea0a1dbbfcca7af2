"""A thousand parcels, a service that misbehaves, two workers: one label each, on both databases."""

from contextlib import suppress
from dataclasses import replace
from threading import Thread

from sqlalchemy import insert, text

from portal.extensions import db as database
from portal.kernel.values.references import new_opaque_code, new_public_id, new_reference
from portal.loans.models import Loan
from portal.platform import scope
from portal.roster.models import Student
from portal.shipping import purchase, services
from portal.shipping.chosen import way_of
from portal.shipping.models import LabelAttempt, Parcel
from portal.shipping.services import labels
from portal.shipping.states import AttemptState
from portal.stock.models import Device
from tests import factories as make
from tests.factories.writing import made
from tests.shipping.buying import draft
from tests.visitor import apart

PARCELS = 1_000
RATES = {
    "cut_after": 0.05, "cut_middle": 0.05, "html_before": 0.03, "html_after": 0.04, "no_label": 0.03, "broken": 0.04,
    "bad_label": 0.03, "refuse": 0.05, "refuse400": 0.03, "busy": 0.03, "reset_before": 0.03, "slow": 0.003,
}  # fmt: skip


@made
def many(parcel, count):
    """A thousand parcels like the first one, each with its own loan, student and device: written at once."""
    rows = {Parcel: parcel.id, Loan: parcel.loan_id, Device: parcel.device_id, Student: parcel.student_id}
    like = {kind: database.session.get_one(kind, key) for kind, key in rows.items()}
    values = {
        kind: {column.key: getattr(row, column.key) for column in kind.__table__.columns} for kind, row in like.items()
    }
    new = {kind: [dict(values[kind]) for _ in range(count)] for kind in rows}
    for kind, copies in new.items():
        for n, copy in enumerate(copies):
            copy["id"] = rows[kind] + 10_000 + n
            copy["public_id"] = new_public_id()
    for n in range(count):
        ids = {kind: new[kind][n]["id"] for kind in rows}
        new[Student][n] |= {"source_id": f"chaos-{n}", "account_id": None}
        new[Loan][n] |= {"reference": new_reference(), "student_id": ids[Student]}
        new[Device][n] |= {
            "serial": f"S{n:07d}",
            "asset_tag": f"CH-{n:05d}",
            "loan_id": ids[Loan],
            "student_id": ids[Student],
        }
        new[Parcel][n] |= {
            "code": new_opaque_code("P"), "loan_id": ids[Loan], "student_id": ids[Student], "device_id": ids[Device],
        }  # fmt: skip
    for kind in (Student, Loan, Device, Parcel):
        keep = [{name: value for name, value in row.items() if value is not None} for row in new[kind]]
        database.session.execute(insert(kind), keep)
    if database.engine.dialect.name == "postgresql":  # nobody else counts these rows: its planner would read them all
        database.session.execute(text("ANALYZE"))


def test_a_thousand_parcels_a_misbehaving_service_two_workers_and_one_label_each(
    db, app, school, la_poste, monkeypatch
):
    """Refusals are asked again, doubts are looked up, nothing is guessed."""
    many(draft(), PARCELS)
    parcels = make.every(Parcel)
    usual = way_of(school.id)
    way = replace(usual, carrier=replace(usual.carrier, read_seconds=0.4))
    for turn in range(12):
        la_poste.set(sls={"rates": RATES if turn < 3 else {}})
        with suppress(labels.NothingToLabel):
            services.ask_labels((), school_id=school.id)
        attempts = make.every(LabelAttempt)
        ids = [row.id for row in attempts if row.state is AttemptState.PREPARED]
        if not ids:
            break
        two_workers(app, school, way, ids)
        look_up(la_poste, parcels)
    la_poste.behave()
    states = [row.state for row in make.every(LabelAttempt)]
    assert states.count(AttemptState.SUCCEEDED) == len(parcels) == PARCELS + 1
    codes = {parcel.code for parcel in parcels}
    bought = [
        number
        for order, numbers in la_poste.bought("P").items()
        for number in numbers
        if order.rpartition("-")[0] in codes
    ]
    assert sorted(bought) == sorted(parcel.tracking_number for parcel in make.every(Parcel))


def two_workers(app, school, way, ids):
    """One from each end, and further than the middle: where they meet, both want the same attempts."""
    most = len(ids) * 3 // 5 + 1

    def run(mine):
        with app.app_context(), scope.schools(school.id):
            for each in mine:
                purchase.buy(each, way=way)
            database.session.remove()

    workers = [Thread(target=apart, args=(run, mine)) for mine in (ids[:most], ids[::-1][:most])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def look_up(la_poste, parcels):
    """What staff do with each doubt: look in the back office, and say what is there."""
    made = la_poste.bought("P")
    for doubt in make.every(LabelAttempt, state=AttemptState.UNCERTAIN):
        if numbers := made.get(doubt.order_number):
            services.settle_found(doubt.public_id, text=numbers[0], confirmed=False, by=None)
        else:
            services.settle_none(doubt.public_id, by=None)
