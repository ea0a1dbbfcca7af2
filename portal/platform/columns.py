"""Column kinds that several features share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import DateTime, Dialect, Enum, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.kernel.values.address import ADDRESS_PARTS, PostalAddress
from portal.kernel.values.references import new_public_id


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the zone: it is put back on the way out, so that no naive time exists."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def state_column(states: type[StrEnum]) -> Enum:
    """Stored as readable text and checked by the database; a new state changes a constraint, not a type."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=states.__name__.lower(),
        values_callable=lambda kind: [state.value for state in kind],
    )


PublicId = Annotated[str, mapped_column(String(32), unique=True, default=new_public_id)]
"""What a URL shows instead of the row's number: at least 128 random bits."""


class Addressed:
    """A postal address in the lines of NF Z10-011; all empty when there is none."""

    recipient: Mapped[str | None] = mapped_column(String(120))
    line2: Mapped[str | None] = mapped_column(String(120))
    line3: Mapped[str | None] = mapped_column(String(120))
    street: Mapped[str | None] = mapped_column(String(120))
    locality: Mapped[str | None] = mapped_column(String(120))
    postcode: Mapped[str | None] = mapped_column(String(5))
    city: Mapped[str | None] = mapped_column(String(80))

    @property
    def address(self) -> PostalAddress | None:
        """The address as a value, or None when no street or town was given."""
        if not self.recipient or not self.postcode or not self.city:
            return None
        return PostalAddress(
            recipient=self.recipient,
            line2=self.line2 or "",
            line3=self.line3 or "",
            street=self.street or "",
            locality=self.locality or "",
            postcode=self.postcode,
            city=self.city,
        )

    @address.setter
    def address(self, value: PostalAddress | None) -> None:
        for name in ADDRESS_PARTS:
            setattr(self, name, (getattr(value, name) or None) if value else None)
