"""A supplier's file, as rows and as bytes; and the lot that it makes."""

from io import BytesIO

from portal.schools import queries as schools
from portal.stock import services
from portal.stock.lot_file import LotRecord
from portal.stock.models import Lot
from portal.worker import claims, delivery
from tests import factories as make
from tests.rosters.tables import csv_bytes, xlsx_bytes

HEADER = ["N° de série", "Numéro d’inventaire", "Désignation", "Code UAI", "Carton"]


def row(number: int, uai: str, *, model: str = "hp probook 445 g11", box: str = "") -> list[str]:
    return [f"5CD{number:05d}", f"GE-{number:05d}", model, uai, box]


def stage(rows: list[list[str]]) -> Lot:
    """Deposit and read, without any file."""
    lot = services.receive_file(
        region_id=schools.first_region_id(),
        supplier="HP France",
        expected_on=None,
        name="lot.csv",
        sha256="0",
        key=None,
    )
    services.stage(lot.id, [LotRecord(line, *cells) for line, cells in enumerate(rows, start=2)])
    return make.fresh(lot)


def announced(rows: list[list[str]]) -> Lot:
    """Deposit, read, ask for the announcement, which the worker makes."""
    lot = stage(rows)
    services.announce(lot.public_id)
    services.expect(lot.id)
    return make.fresh(lot)


def work() -> None:
    """What the worker does with whatever is due, each row through its own bookkeeping."""
    for claim in claims.take(10) + claims.take_forgotten(10):
        faults = [delivery.attempt(claim.key, handler.name) for handler in delivery.handlers_of(claim.kind)]
        if not any(faults):
            claims.finish(claim.key)


def as_csv(rows: list[list[str]]) -> bytes:
    return csv_bytes([HEADER, *rows])


def as_xlsx(rows: list[list[str]]) -> bytes:
    return xlsx_bytes([HEADER, *rows])


def upload(content: bytes) -> dict[str, object]:
    return {"fournisseur": "HP France", "attendu": "2026-09-20", "fichier": (BytesIO(content), "lot.csv")}
