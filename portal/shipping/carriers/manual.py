"""No contract: La Poste sticks its label at the counter, staff type or scan the number, our own slip goes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.kernel.words import later
from portal.shipping.carriers.base import Answer, Bordereau, Capabilities, Refused, Shipment, Unavailable, Who
from portal.shipping.carriers.reports import Report
from portal.shipping.carriers.suivi import Suivi

BY_HAND = later("Sans contrat, l’étiquette est celle du bureau de poste. Notez son numéro sur le colis.")


@dataclass(frozen=True, slots=True)
class Manual:
    """The default. It buys nothing; with a tracking key, it still knows where parcels are."""

    suivi: Suivi | None = None

    def capabilities(self) -> Capabilities:
        """Tracking, when there is a key for it."""
        return Capabilities(label=False, bordereau=False, tracking=self.suivi is not None, dry_run=False)

    def check(self, shipment: Shipment) -> Refused | Unavailable | None:  # noqa: ARG002 (the interface's)
        """Nothing stands in the way of a parcel that one carries to the counter."""
        return None

    def create(self, shipment: Shipment) -> Answer:  # noqa: ARG002 (the interface's)
        """No label can be had."""
        return Refused(code="manuel", field="", sentence=BY_HAND, who=Who.SCHOOL)

    def reprint(self, number: str) -> bytes | None:  # noqa: ARG002 (the interface's)
        """There is nothing to print again."""
        return None

    def handover(self, numbers: Sequence[str]) -> Bordereau | Refused | Unavailable | None:  # noqa: ARG002 (the interface's)
        """Our own deposit slip is all there is."""
        return None

    def track(self, numbers: Sequence[str]) -> Mapping[str, Report]:
        """By Suivi, if the region or the lycée has a key."""
        return self.suivi.track(numbers) if self.suivi else {}
