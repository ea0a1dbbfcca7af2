"""What the recalls refuse, each with what to do."""

from portal.kernel.errors import DomainError
from portal.kernel.words import later


class StillTravelling(DomainError):
    """The parcel has not arrived, as far as anybody said."""

    message = later("Le colis est encore en route. Attendez que la famille ou La Poste confirme sa réception.")


class ComesTooLate(DomainError):
    """The return was noted a moment ago, or the device was never lent."""

    message = later("Ce prêt n’est plus en cours. Rechargez la liste pour voir où il en est.")
