"""What happens to a message."""

from dataclasses import dataclass
from typing import ClassVar

from portal.accounts.events import AccountEvent
from portal.loans.events import LoanEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueued(LoanEvent):
    """A message to one person is to be sent, about a loan; the worker writes and sends it."""

    sentence: ClassVar[str] = "Message à envoyer"

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadWarned(AccountEvent):
    """A head must look at an opposition; one event for each head, so that none is told twice."""

    sentence: ClassVar[str] = "Chef d’établissement averti d’une opposition"
