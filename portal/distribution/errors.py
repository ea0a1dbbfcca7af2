"""What a lycée is told when a session, a station or a scan cannot go on as asked."""

from typing import Final

from portal.kernel.errors import DomainError
from portal.kernel.words import later


class NotNow(DomainError):
    """As things stand, it cannot be done; one of the sentences below says why, and what to do."""


NO_CAMPAIGN: Final = later("Aucune campagne de prêt ne court ce jour-là. Choisissez un jour de l’année scolaire.")
TOO_EARLY: Final = later("Le jour de cette séance n’est pas encore venu. Changez son jour pour l’ouvrir aujourd’hui.")
NOBODY_EXPECTED: Final = later("Personne n’est attendu à cette séance. Ajoutez des classes, ou mettez la liste à jour.")
ALREADY_BEGUN: Final = later("Cette séance a déjà commencé : elle ne peut plus être modifiée ni supprimée.")
ALREADY_OVER: Final = later("Cette séance est close. Rouvrez-la pour mettre sa liste à jour.")
NOBODY_CHOSEN: Final = later("Cochez au moins un absent dont la charte est signée et la demande acceptée.")
EMPTY_POOL: Final = later("Le fonds d’urgence n’a plus d’appareil libre de ce type. Demandez un réassort à la région.")
CLOSED: Final = later("La séance n’est pas ouverte. Une personne du lycée peut l’ouvrir depuis son tableau de bord.")
HELD_ELSEWHERE: Final = later("Une autre personne tient ce poste. Choisissez un autre poste, ou reprenez celui-ci.")
TOO_LATE: Final = later("Ce scan a changé entre-temps. Rechargez la page pour voir où il en est.")
NOT_LENT: Final = later("Cet appareil n’est pas entre les mains de l’élève. Son état se note après la remise.")
