"""What happens to a team. Ids only: names and addresses are read when somebody is told."""

from dataclasses import dataclass
from typing import ClassVar

from portal.accounts.events import AccountEvent
from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueInvited(AccountEvent):
    """Somebody was given a role, and must hear how to come in."""

    sentence: ClassVar[str] = "Collègue invité"

    role: str
    grant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadDelegated(ColleagueInvited):
    """The head gave their role to a deputy, for a time."""

    sentence: ClassVar[str] = "Délégation du proviseur"

    delegated_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperPassMade(Event):
    """A square for a day's helpers."""

    sentence: ClassVar[str] = "Carré d’aide au scan créé"

    pass_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperPassRevoked(Event):
    """The square opens nothing any more; those who came by it are out."""

    sentence: ClassVar[str] = "Carré d’aide au scan fermé"

    pass_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperCame(Event):
    """Somebody came by the square, with a first name."""

    sentence: ClassVar[str] = "Aide au scan arrivée"

    pass_id: int
    account_id: int
