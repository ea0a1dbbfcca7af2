"""What happens to people's own data."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAsked(Event):
    """A copy of one person's data is to be made; the worker makes it. `school_id` is set when it was asked on paper."""

    sentence: ClassVar[str] = "Copie de données demandée"

    export_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsEvent(Event):
    """About one request on somebody's data."""

    sentence: ClassVar[str] = "Demande sur les données"
    about: ClassVar = ("rights", "request_id")

    request_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsAsked(RightsEvent):
    """Somebody asks to correct, to erase, or objects."""

    sentence: ClassVar[str] = "Demande sur les données reçue"

    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsAnswered(RightsEvent):
    """The lycée has answered, or refused and said why."""

    sentence: ClassVar[str] = "Demande sur les données : réponse donnée"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileErased(RightsEvent):
    """The head had a student's file erased. `student` is the public id, which leads to nobody any more."""

    sentence: ClassVar[str] = "Dossier d’élève effacé"

    student: str
