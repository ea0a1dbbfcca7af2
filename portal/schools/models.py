"""Regions, their campaigns, the directory, and the schools that take part."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, composite, mapped_column

from portal.extensions import Model
from portal.kernel import clock
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.folding import fold
from portal.platform.columns import Addressed, PublicId
from portal.schools.emergency import EmergencyRules
from portal.schools.opening import pickup_in_words
from portal.schools.printing import Printing


class Region(Model):
    """A region that deploys the portal; what it lends and how is its profile, as data."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(3), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    profile: Mapped[dict[str, object]] = mapped_column(JSON)


class Campaign(Model):
    """A school year's rules: its dates, the kit that is lent, and the emergency pools (`emergency_share` is in %)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kit: Mapped[list[str]] = mapped_column(JSON)
    emergency_share: Mapped[int]
    emergency_days: Mapped[int]

    emergency: Mapped[EmergencyRules] = composite("emergency_share", "emergency_days")

    __table_args__ = (
        CheckConstraint("emergency_share BETWEEN 0 AND 100", name="emergency_share_in_percent"),
        CheckConstraint("emergency_days BETWEEN 1 AND 365", name="emergency_days_within_a_year"),
        CheckConstraint("ends_on > starts_on", name="ends_after_it_starts"),
        Index("uq_campaign_region_name", "region_id", "name", unique=True),
        Index("uq_campaign_region_start", "region_id", "starts_on", unique=True),
    )


def search_words(row: Mapping[str, Any]) -> str:
    """What people may type to find a lycée, folded."""
    return fold(" ".join(row[name] for name in ("name", "raw_name", "city", "postcode", "uai"))).lower()


def _folded(context: Any) -> str:
    return search_words(context.get_current_parameters())


class DirectoryEntry(Model):
    """A lycée of the national directory, repaired; whether it takes part or not. `search` is what people type, folded."""

    uai: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    raw_name: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(80), index=True)
    postcode: Mapped[str] = mapped_column(String(10))
    department: Mapped[str] = mapped_column(String(3))
    region_code: Mapped[str] = mapped_column(String(3), index=True)
    country: Mapped[str] = mapped_column(String(2))
    street: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    search: Mapped[str] = mapped_column(String(520), default=_folded)


class School(Addressed, Model):
    """A lycée that takes part: its address, its head, and who answers families.

    `opening`, `closings`, `sender`, `printing`, `packing` and `reminder_days` are written and read as the values of
    `schools.settings`; empty, the lycée has not said: its contact's hours, its own address, printers that print where they
    should, and the region's packing list and days of reminder.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    uai: Mapped[str] = mapped_column(ForeignKey("directory_entry.uai"), unique=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    head_name: Mapped[str] = mapped_column(String(120))
    head_title: Mapped[str] = mapped_column(String(80), default="proviseur")
    deliberation: Mapped[str | None] = mapped_column(String(120))
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_phone: Mapped[str] = mapped_column(String(20))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_hours: Mapped[str] = mapped_column(String(160))
    pickup_place: Mapped[str] = mapped_column(String(160))
    opening: Mapped[dict[str, list[list[str]]] | None] = mapped_column(JSON(none_as_null=True))
    closings: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    sender: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    printing: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    packing: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    reminder_days: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    two_signatures: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @property
    def pickup(self) -> str:
        """Where and when one collects a kit, with the closed days of the next two weeks."""
        return pickup_in_words(self.pickup_place, self.contact_hours, self.closings or (), today=clock.today())

    @property
    def printers(self) -> Printing:
        """How its printers are set."""
        return Printing.of(self.printing)

    @property
    def sender_address(self) -> PostalAddress | None:
        """The sender on slips and labels: its own block, or the lycée's address."""
        return PostalAddress(**self.sender) if self.sender else self.address
