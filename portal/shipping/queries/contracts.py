"""Reads about the contracts that open La Poste's services."""

from typing import Any

from sqlalchemy import Exists, exists, or_, select

from portal.extensions import db
from portal.platform.database import held
from portal.schools import queries as schools
from portal.shipping.contracts import Service
from portal.shipping.models import CarrierContract


def own_contracts(*, region_id: int, school_id: int | None) -> dict[Service, CarrierContract]:
    """Those of a lycée, or of the region itself, by service."""
    whose = CarrierContract.school_id.is_(None) if school_id is None else CarrierContract.school_id == school_id
    rows = db.session.scalars(select(CarrierContract).where(CarrierContract.region_id == region_id, whose))
    return {row.service: row for row in rows}


def contracts_of(school_id: int) -> dict[Service, CarrierContract]:
    """What a lycée sends and follows with: its own contracts, the region's where it has none."""
    region = schools.region_id_of(school_id)
    mine = or_(CarrierContract.school_id == school_id, CarrierContract.school_id.is_(None))
    rows = db.session.scalars(select(CarrierContract).where(CarrierContract.region_id == region, mine)).all()
    return {row.service: row for row in sorted(rows, key=lambda row: row.school_id is not None)}


def opened(school_id: Any) -> Exists:
    """Whether labels can be had for a lycée, as a condition of another statement; the portal serves one region."""
    mine = or_(CarrierContract.school_id == school_id, CarrierContract.school_id.is_(None))
    return exists().where(CarrierContract.service == Service.COLISSIMO, mine)


def contract_by_id(contract_id: int) -> CarrierContract | None:
    """A contract; None when it was removed."""
    return db.session.get(CarrierContract, contract_id)


def lock_contract(contract_id: int) -> CarrierContract | None:
    """A contract, held until the use-case ends; None when it was removed."""
    return db.session.scalar(held(select(CarrierContract).where(CarrierContract.id == contract_id)))
