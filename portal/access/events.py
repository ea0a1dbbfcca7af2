"""What happens to letters and to identities."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersAsked(Event):
    """A batch of letters is to be printed; the worker draws the codes and makes the PDF."""

    sentence: ClassVar[str] = "Impression de lettres d’accès demandée"

    job_id: int
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersPrinted(Event):
    """The letters are on paper: their codes work, those of older letters no longer do."""

    sentence: ClassVar[str] = "Lettres d’accès imprimées"

    job_id: int
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterUsed(Event):
    """Somebody came in by a letter."""

    sentence: ClassVar[str] = "Entrée avec une lettre d’accès"

    letter_id: int
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWished(Event):
    """A family without any contact asks for another letter."""

    sentence: ClassVar[str] = "Nouvelle lettre d’accès demandée par la famille"

    letter_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersForgotten(Event):
    """The PDF of a batch was deleted for good: it held codes."""

    sentence: ClassVar[str] = "Fichier de lettres d’accès effacé"

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactClaimed(Event):
    """Somebody wants to come in by this e-mail address; the worker draws a code and sends it there."""

    sentence: ClassVar[str] = "Adresse de connexion à confirmer"

    claim_id: int
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactConfirmed(Event):
    """The address is theirs: they read the code that was sent there."""

    sentence: ClassVar[str] = "Adresse de connexion confirmée"

    claim_id: int
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLinked(Event):
    """A person of a lycée's file is henceforth this account."""

    sentence: ClassVar[str] = "Accès relié à une personne du lycée"

    account_id: int
    guardian_id: int | None
    student_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRaised(Event):
    """Two records may be one person: the lycée's list has one more line."""

    sentence: ClassVar[str] = "Identité à vérifier"

    doubt_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtDecided(Event):
    """The lycée has said whether it is one person. `subject` is what the outside service calls them, if one asked."""

    sentence: ClassVar[str] = "Identité vérifiée par le lycée"

    doubt_id: int
    same: bool
    account_id: int | None
    subject: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtReopened(Event):
    """The lycée took its answer back: everybody has the access of before."""

    sentence: ClassVar[str] = "Vérification d’identité annulée"

    doubt_id: int
    account_id: int | None
    subject: str | None
