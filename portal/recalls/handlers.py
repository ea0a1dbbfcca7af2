"""A device of the emergency pool leaves, by any of the three ways: a day of return follows."""

from portal.distribution.events import LaptopHandedOver, PoolReserved
from portal.loans.events import LoanReceived, LoanSent
from portal.platform.outbox import on
from portal.recalls import services


@on(PoolReserved)
def keep_for_the_campaign(event: PoolReserved, key: str) -> None:
    """Whoever was absent on the day keeps the device as the others keep theirs."""
    services.expect_none(event.loan_ids, school_id=event.school_id or 0)


@on(LaptopHandedOver)
def expect_after_the_day(event: LaptopHandedOver, key: str) -> None:
    """Handed over at a station."""
    services.expect_back(event.loan_id)


@on(LoanSent)
def expect_after_sending(event: LoanSent, key: str) -> None:
    """Given to the carrier."""
    services.expect_back(event.loan_id)


@on(LoanReceived)
def expect_after_reception(event: LoanReceived, key: str) -> None:
    """Collected at the lycée; or received by post, which changes nothing."""
    services.expect_back(event.loan_id)
