"""A supplier's lot from its file to its undoing: `python -m tests.bench.lots [--devices 70000] [--xlsx] [--database URL]`.

Deposited and judged line by line, announced, one lycée's part received by scan and by slip, taken back, undone. Without
a database of `tests.bench.generate`, a small region is made on SQLite; the times hold for its size only.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.factory import create_app
from portal.platform import scope
from portal.platform.tables import Wish
from portal.schools import queries as schools
from portal.stock import services
from portal.stock.lot_file import read_lot
from portal.stock.models import Device, Lot, LotDelivery
from portal.stock.queries import lots as queries
from portal.stock.services.announcing import LotReceived
from portal.stock.states import Verdict
from tests.bench.imports import say, timed
from tests.bench.measure import milliseconds
from tests.bench.rig import Rig
from tests.bench.world import Size
from tests.databases import settings
from tests.rosters import tables

HEADER = ["N° de série", "Numéro d’inventaire", "Désignation", "Code UAI", "Carton"]
A_BOX = 5
"""Devices in a carton."""

SCANS = 40
SMALL = 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what each step took, and the most memory that the process has had."""
    read = argparse.ArgumentParser(prog="python -m tests.bench.lots", description=__doc__.splitlines()[0])
    read.add_argument("--devices", type=int, default=70_000)
    read.add_argument("--xlsx", action="store_true", help="a workbook instead of a CSV")
    read.add_argument("--database", help="address of a region that tests.bench.generate has filled")
    given = read.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Rig(Size.scaled(SMALL)) as rig:
        where = Path(folder)
        app = create_app(settings(where, given.database, log_level="ERROR")) if given.database else rig.portal("sqlite")
        gc.freeze()  # as the worker does
        with app.app_context(), scope.every_school(reason="benchmark"):
            walk(app, where / f"lot.{'xlsx' if given.xlsx else 'csv'}", given.devices)
    return 0


def walk(app: Flask, path: Path, devices: int) -> dict[str, float]:
    """Seconds of each step, by name."""
    taken: dict[str, float] = {}
    step = partial(timed, taken, lambda: (time.process_time(), 0.0))
    region_id = schools.first_region_id()
    table = [HEADER, *rows(region_id, devices)]
    path.write_bytes(tables.xlsx_bytes(table) if path.suffix == ".xlsx" else tables.csv_bytes(table))
    say(
        f"{path.stat().st_size / 1e6:.1f} MB of {path.suffix[1:]}, {devices:,} devices, on {app.config['SETTINGS'].database_url.split(':')[0]}"
    )
    lot = services.receive_file(
        region_id=region_id, supplier="Banc d’essai", expected_on=None, name=path.name, sha256="0" * 64, key=None
    )
    step("read and judge every line", lambda: services.stage(lot.id, read_lot(path.name, path)))
    told = queries.lot_by_id(lot.id)
    assert (told.counts or {}).get(Verdict.NEW) == devices, told.counts or told.sentence
    step("a page of the preview", lambda: queries.lines(lot.id, Verdict.NEW, Wish()))
    step("ask for the announcement", lambda: services.announce(lot.public_id))
    step("announce", lambda: services.expect(lot.id))
    step("the deliveries, school by school", lambda: queries.of_lot(lot.id, Wish()))
    receive(lot, step)
    step("ask for the undoing", lambda: services.undo(lot.public_id))
    step("undo", lambda: services.forget(lot.id))
    left = select(func.count(Device.id)).join(LotDelivery, LotDelivery.id == Device.delivery_id)
    assert not db.session.scalar(left.where(LotDelivery.lot_id == lot.id))
    return taken


def rows(region_id: int, devices: int) -> Iterator[list[str]]:
    """One line a device, in cartons, the same number for each lycée."""
    uais = sorted(schools_of := queries.schools_by_uai(region_id))
    model = next(iter(queries.models_by_name(region_id)))
    each = -(-devices // len(schools_of))
    for n in range(devices):
        yield [f"BANC{n:07d}", f"LOT-{n:07d}", model, uais[n // each], f"CARTON-{n // A_BOX:06d}"]


def receive(lot: Lot, step: Callable[[str, Callable[[], object]], object]) -> None:
    """One lycée scans cartons, confirms the rest, is refused the undoing, then takes all of it back."""
    delivery = db.session.scalars(select(LotDelivery).where(LotDelivery.lot_id == lot.id).limit(1)).one()
    mine = select(Device.box, Device.asset_tag).where(Device.delivery_id == delivery.id).order_by(Device.id)
    found = db.session.execute(mine).all()
    boxes = list(dict.fromkeys(row.box for row in found))[:SCANS]
    scans = [milliseconds(lambda box=box: services.scan_in(delivery.public_id, raw=box)) for box in boxes]
    say(f"scan of a carton of {A_BOX}: median {median(scans):.1f} ms, worst {max(scans):.1f} ms")
    step(f"the rest of {len(found)} devices, by slip", lambda: services.confirm_all(delivery.public_id))
    services.undo(lot.public_id)
    try:
        services.forget(lot.id)
    except LotReceived as refusal:
        services.fail(lot.id, sentence=refusal.message)
        say("a lot that is received is not undone")
    backs = [milliseconds(lambda tag=row.asset_tag: services.take_back(delivery.public_id, tag=tag)) for row in found]
    say(f"taking a device back: median {median(backs):.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
