"""What happens to a message."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueued(Event):
    """A message to one person is to be sent; the worker writes and sends it."""

    sentence: ClassVar[str] = "Message à envoyer"

    message_id: int
    loan_id: int

    @property
    def subject(self) -> str | None:
        """As "loan:12": messages are read in their loan's trail."""
        return f"loan:{self.loan_id}"
