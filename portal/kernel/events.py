"""What every event carries. Ids and plain values only: no name, no contact, no ORM object."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, in the past tense; `school_id` is None when it concerns no single school.

    `sentence` is the French line of the audit trail; `about` what it happened to: a kind, and the field with its number.
    """

    sentence: ClassVar[str]
    about: ClassVar[tuple[str, str] | None] = None

    school_id: int | None

    @property
    def subject(self) -> str | None:
        """What it happened to, as "loan:12": the audit trail is read by it."""
        if self.about is None:
            return None
        kind, field = self.about
        return f"{kind}:{getattr(self, field)}"
