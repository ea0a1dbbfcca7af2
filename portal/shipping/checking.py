"""Whether La Poste accepts the keys of a contract. Nothing is made, nothing is kept but the answer."""

from datetime import timedelta
from typing import Final

from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.platform.work import let_go
from portal.schools import queries as schools
from portal.shipping.carriers.base import Refused, Shipment, Unavailable
from portal.shipping.carriers.reports import ComeBack, KeyRefused
from portal.shipping.chosen import colissimo_of, suivi_of
from portal.shipping.contracts import Service, Verdict
from portal.shipping.models import CarrierContract
from portal.shipping.queries import contracts as queries

NOBODY: Final = "6W111111111XX"
"""A number that La Poste's own documentation gives as unknown."""

SAMPLE: Final = PostalAddress(recipient="Lycée Essai", street="1 rue de la République", postcode="57000", city="Metz")


def verdict(contract_id: int) -> Verdict:
    """What La Poste says of these keys; a refusal of anything else means that they were accepted."""
    contract = queries.contract_by_id(contract_id)
    if contract is None:
        return Verdict.UNKNOWN
    return _shipping(contract) if contract.service is Service.COLISSIMO else _tracking(contract)


def _shipping(contract: CarrierContract) -> Verdict:
    school = schools.one(contract.school_id) if contract.school_id else None
    sender = (school.sender_address if school else None) or SAMPLE
    service = colissimo_of(contract)
    let_go()
    answer = service.check(
        Shipment(
            order="VERIFICATION",
            reference="VERIFICATION",
            weight_grams=1000,
            sender=sender,
            recipient=sender,
            deposit_on=(clock.now() + timedelta(days=1)).date(),
        )
    )
    if isinstance(answer, Unavailable):
        return Verdict.SILENT
    refused = isinstance(answer, Refused) and answer.stops_the_queue
    return Verdict.REFUSED if refused else Verdict.ACCEPTED


def _tracking(contract: CarrierContract) -> Verdict:
    service = suivi_of(contract)
    let_go()
    try:
        service.track([NOBODY])
    except KeyRefused:
        return Verdict.REFUSED
    except ComeBack:
        return Verdict.SILENT
    return Verdict.ACCEPTED
