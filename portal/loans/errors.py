"""What a family or a school may be told about a loan."""

from portal.kernel.errors import DomainError
from portal.kernel.words import later


class CannotStart(DomainError):
    """No request can be opened for this student."""


class Incomplete(DomainError):
    """An answer is missing."""

    message = later("Il manque une réponse. Complétez la demande, puis envoyez-la.")


class Changed(DomainError):
    """The answers are not those that the person has just read."""

    message = later("Vos réponses ont changé sur une autre page ou un autre appareil. Relisez-les, puis envoyez.")


class SomebodyElse(DomainError):
    """The draft now belongs to somebody else of the family: nobody reads or edits another's address."""

    message = later(
        "Une autre personne de la famille a repris cette demande. Revenez à vos dossiers pour voir où elle en est."
    )


class AlreadyTold(DomainError):
    """The family knows: the decision stands."""

    message = later("La famille est déjà prévenue : cette décision ne peut plus être annulée ici.")


class AskedAgain(DomainError):
    """A refused family has opened another request meanwhile: a student has one open loan."""

    message = later(
        "Une nouvelle demande est déjà ouverte pour l’un de ces élèves. Traitez plutôt la nouvelle demande."
    )


class NothingToDecide(DomainError):
    """Somebody else decided in the meantime."""

    message = later("Ces demandes ont déjà reçu une réponse. La liste a été mise à jour.")


class Opposition(DomainError):
    """A guardian objects: approving needs a decision of the head outside the batch."""

    message = later(
        "Un responsable légal s’oppose à ce prêt. Traitez cette demande séparément, après l’avoir contacté."
    )


class NotSigned(DomainError):
    """No device leaves without a signed charter."""

    message = later(
        "La charte n’est pas signée : le matériel ne peut pas sortir. Relancez la famille ou faites signer sur place."
    )
