"""What opens La Poste's services: kept sealed, never shown again, checked by the worker."""

import json
from collections.abc import Mapping

from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import keyed
from portal.platform.work import emit, use_case
from portal.shipping.carriers.base import LabelFormat
from portal.shipping.contracts import PURPOSE, Service, Verdict
from portal.shipping.events import ContractChanged, ContractCheckAsked
from portal.shipping.models import CarrierContract
from portal.shipping.queries import contracts as queries
from portal.shipping.services import following


class NoKeys(DomainError):
    """A new contract without anything to open it."""

    message = later("Donnez la clé du service, ou le numéro de contrat avec son mot de passe.")


@use_case
def save_contract(
    service: Service,
    *,
    region_id: int,
    school_id: int | None,
    secret: Mapping[str, str],
    by: int | None,
    label: LabelFormat = LabelFormat.PDF_10X15,
    signature: bool = False,
) -> CarrierContract:
    """Give or change the keys of a lycée, or of the region. An empty `secret` keeps the one that is there."""
    row = queries.own_contracts(region_id=region_id, school_id=school_id).get(service)
    given = {name: value for name, value in secret.items() if value}
    if row is None and not given:
        raise NoKeys
    if row is None:
        row = CarrierContract(region_id=region_id, school_id=school_id, service=service)
        db.session.add(row)
    if given:
        row.secret, row.verdict, row.checked_at = keyed.seal(PURPOSE, json.dumps(given)), Verdict.UNKNOWN, None
    row.label, row.signature, row.saved_at, row.saved_by = label, signature, clock.now(), by
    db.session.flush()  # the event names it
    if given:
        _hurry(row)
    emit(ContractChanged(school_id=school_id, contract_id=row.id))
    return row


@use_case
def remove_contract(service: Service, *, region_id: int, school_id: int | None) -> None:
    """Forget the keys; labels that were made stay. Removed twice, it is removed once."""
    row = queries.own_contracts(region_id=region_id, school_id=school_id).get(service)
    if row is not None:
        emit(ContractChanged(school_id=school_id, contract_id=row.id))
        db.session.delete(row)


def secret_of(row: CarrierContract) -> dict[str, str]:
    """What opens the service; empty when it was sealed with another key of the portal's."""
    opened = keyed.unseal(PURPOSE, row.secret)
    found: dict[str, str] = json.loads(opened) if opened else {}
    return found


@use_case
def ask_check(service: Service, *, region_id: int, school_id: int | None) -> bool:
    """Let the worker try the keys; False when there are none."""
    row = queries.own_contracts(region_id=region_id, school_id=school_id).get(service)
    if row is None:
        return False
    row.verdict = Verdict.ASKED
    emit(ContractCheckAsked(school_id=school_id, contract_id=row.id))
    return True


@use_case
def note_verdict(contract_id: int, verdict: Verdict) -> None:
    """What La Poste said of the keys."""
    row = queries.lock_contract(contract_id)
    if row is not None:
        if verdict is Verdict.ACCEPTED:
            _hurry(row)
        row.verdict, row.checked_at = verdict, clock.now()


def _hurry(row: CarrierContract) -> None:
    """Parcels that were followed without a key, or with a wrong one, were asked about ever more seldom."""
    if row.service is Service.SUIVI:
        following.ask_at_once(school_id=row.school_id)
