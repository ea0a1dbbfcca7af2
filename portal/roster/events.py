"""What happens to a school's roster. Ids only."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event
from portal.kernel.words import later


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEvent(Event):
    """Something about one import."""

    sentence: ClassVar[str] = later("Un import d’élèves a changé")
    about: ClassVar = ("roster_import", "import_id")

    import_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterReceived(RosterEvent):
    """Files wait to be read and compared, by the worker."""

    sentence: ClassVar[str] = later("Un fichier d’élèves a été déposé")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterStaged(RosterEvent):
    """The comparison is ready; nothing of the school has changed."""

    sentence: ClassVar[str] = later("Un fichier d’élèves a été comparé")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterApplied(RosterEvent):
    """The school's students, guardians and links are now what the file says."""

    sentence: ClassVar[str] = later("Un import d’élèves a été appliqué")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterUndone(RosterEvent):
    """They are again what they were before."""

    sentence: ClassVar[str] = later("Un import d’élèves a été annulé")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDiscarded(RosterEvent):
    """Somebody looked, and gave up."""

    sentence: ClassVar[str] = later("Un import d’élèves a été abandonné")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRefused(RosterEvent):
    """The files could not be read, or are not the school's."""

    sentence: ClassVar[str] = later("Un fichier d’élèves a été refusé")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCorrected(Event):
    """The school, or the person, corrected what the file said; later imports leave it alone."""

    sentence: ClassVar[str] = later("Une fiche a été corrigée")

    kind: str
    person_id: int

    @property
    def subject(self) -> str:
        """As "student:12" or "guardian:7"."""
        return f"{self.kind}:{self.person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRightSettled(Event):
    """The school said whether a guardian may sign, where the file could not."""

    sentence: ClassVar[str] = later("Le droit de signer a été précisé par le lycée")
    about: ClassVar = ("guardianship", "guardianship_id")

    guardianship_id: int
    may_sign: bool
