"""Which carrier a lycée sends with, and with which keys: its own contract, the region's, or none."""

from dataclasses import dataclass

from flask import current_app

from portal.config import Settings
from portal.kernel.values.address import PostalAddress
from portal.shipping import sheets
from portal.shipping.carriers.base import Carrier
from portal.shipping.carriers.colissimo import Access, Colissimo
from portal.shipping.carriers.manual import Manual
from portal.shipping.carriers.suivi import Suivi
from portal.shipping.contracts import Service
from portal.shipping.models import CarrierContract
from portal.shipping.queries import contracts as contract_queries
from portal.shipping.services.contracts import secret_of


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def carrier_of(school_id: int) -> Carrier:
    """The carrier of a lycée; by hand when there is no contract."""
    contracts = contract_queries.contracts_of(school_id)
    followed = contracts.get(Service.SUIVI)
    suivi = suivi_of(followed) if followed else None
    contract = contracts.get(Service.COLISSIMO)
    return colissimo_of(contract, suivi) if contract else Manual(suivi)


def colissimo_of(contract: CarrierContract, suivi: Suivi | None = None) -> Colissimo:
    """The shipping service, opened with a contract."""
    secret = secret_of(contract)
    access = Access(secret.get("api_key", ""), secret.get("login", ""), secret.get("password", ""))
    return Colissimo(url=_settings().sls_url, access=access, label=contract.label, suivi=suivi)


def suivi_of(contract: CarrierContract) -> Suivi:
    """The tracking service, opened with a key."""
    return Suivi(_settings().suivi_url, secret_of(contract).get("api_key", ""))


@dataclass(frozen=True, slots=True)
class Way:
    """How the labels of a lycée are asked for, the same for a whole batch: of whom, from where, signed for or not."""

    carrier: Carrier
    sender: PostalAddress
    signature: bool


def way_of(school_id: int) -> Way:
    """Read once for a batch; raises `NoSender`."""
    contract = contract_queries.contracts_of(school_id).get(Service.COLISSIMO)
    signature = contract is not None and contract.signature
    return Way(carrier_of(school_id), sheets.sender(school_id).address, signature)
