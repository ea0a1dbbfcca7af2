"""What a school decides about an identity that waited for its word."""

from portal.access.events import DoubtDecided, DoubtReopened
from portal.federation import services
from portal.platform.outbox import on


@on(DoubtDecided)
def link_whom_the_school_knows(event: DoubtDecided, key: str) -> None:
    """Link, when the school says that it is one person."""
    if event.same and event.subject and event.account_id:
        services.confirm(reference=event.subject, account_id=event.account_id)


@on(DoubtReopened)
def unlink_when_taken_back(event: DoubtReopened, key: str) -> None:
    """Unlink, when the school is not sure any more."""
    if event.subject and event.account_id:
        services.take_back(reference=event.subject, account_id=event.account_id)
