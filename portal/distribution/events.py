"""What happens around a distribution session."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LaptopHandedOver(Event):
    """A student was served at a station: the device is lent. The family gets its receipt."""

    sentence: ClassVar[str] = "Appareil remis le jour de la distribution"

    loan_id: int

    @property
    def subject(self) -> str | None:
        """The thread of the loan."""
        return f"loan:{self.loan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverUndone(Event):
    """The scan was a slip: the device never left."""

    sentence: ClassVar[str] = "Remise annulée au poste de scan"

    loan_id: int

    @property
    def subject(self) -> str | None:
        """The thread of the loan."""
        return f"loan:{self.loan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionNoted(Event):
    """How a kit looked when it was handed over. Told once: what corrects it is on the family's page."""

    sentence: ClassVar[str] = "État du matériel noté à la remise"

    loan_id: int
    corrected: bool

    @property
    def subject(self) -> str | None:
        """The thread of the loan."""
        return f"loan:{self.loan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent(Event):
    """Something that happened to a session."""

    sentence: ClassVar[str] = "Séance de distribution modifiée"

    session_id: int

    @property
    def subject(self) -> str | None:
        """As "distribution:3"."""
        return f"distribution:{self.session_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlanned(SessionEvent):
    """A session was planned, or what was planned has changed."""

    sentence: ClassVar[str] = "Séance de distribution prévue"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRefreshed(SessionEvent):
    """The list follows the roster again; students are named by their numbers."""

    sentence: ClassVar[str] = "Liste d’une séance mise à jour"

    added: list[int]
    gone: list[int]
    moved: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(SessionEvent):
    """The stations may scan."""

    sentence: ClassVar[str] = "Séance de distribution ouverte"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(SessionEvent):
    """The day is over: whoever did not come is absent."""

    sentence: ClassVar[str] = "Séance de distribution close"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRemoved(SessionEvent):
    """A session that never took place, or a rehearsal, was removed."""

    sentence: ClassVar[str] = "Séance de distribution supprimée"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLabelsAsked(SessionEvent):
    """Labels are to be printed; the worker makes the PDF. `sheet` names a paper, the shifts are in millimetres."""

    sentence: ClassVar[str] = "Impression d’étiquettes d’élèves demandée"

    job_id: int
    sheet: str
    class_name: str
    start: int
    right_mm: float
    down_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked(SessionEvent):
    """The report of a day is to be printed; the worker makes the PDF."""

    sentence: ClassVar[str] = "Bilan de séance demandé"

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolReserved(SessionEvent):
    """Devices of the emergency pool wait for those who did not come; loans are named by their numbers. Audit only."""

    sentence: ClassVar[str] = "Absents servis sur le fonds d’urgence"

    loan_ids: list[int]
