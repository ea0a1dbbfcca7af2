"""What a lycée is told about its sessions."""

from portal.kernel.errors import DomainError
from portal.kernel.words import later


class NoCampaign(DomainError):
    """The region lends nothing on that day."""

    message = later("Aucune campagne de prêt ne court ce jour-là. Choisissez un jour de l’année scolaire.")


class TooEarly(DomainError):
    """A session opens on its day."""

    message = later("Le jour de cette séance n’est pas encore venu. Changez son jour pour l’ouvrir aujourd’hui.")


class NobodyExpected(DomainError):
    """There is nobody to serve."""

    message = later("Personne n’est attendu à cette séance. Ajoutez des classes, ou mettez la liste à jour.")


class AlreadyBegun(DomainError):
    """What took place is not rewritten."""

    message = later("Cette séance a déjà commencé : elle ne peut plus être modifiée ni supprimée.")


class AlreadyOver(DomainError):
    """The list of a closed session is its report."""

    message = later("Cette séance est close. Rouvrez-la pour mettre sa liste à jour.")


class NobodyChosen(DomainError):
    """None of those ticked can be served from the pool."""

    message = later("Cochez au moins un absent dont la charte est signée et la demande acceptée.")


class EmptyPool(DomainError):
    """The emergency pool has no free device."""

    message = later("Le fonds d’urgence n’a plus d’appareil libre. Demandez un réassort à la région.")


class NotHere(DomainError):
    """The station cannot scan now, whatever is scanned."""


class Closed(NotHere):
    """The session is not open."""

    message = later("La séance n’est pas ouverte. Une personne du lycée peut l’ouvrir depuis son tableau de bord.")


class HeldElsewhere(NotHere):
    """Somebody else took the station."""

    message = later("Une autre personne tient ce poste. Choisissez un autre poste, ou reprenez celui-ci.")


class TooLate(DomainError):
    """What should be undone or settled has moved on."""

    message = later("Ce scan a changé entre-temps. Rechargez la page pour voir où il en est.")


class StillInTheWay(DomainError):
    """The student of a conflict cannot have the device, whoever had it."""
