"""What happens at the door."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAsked(Event):
    """Somebody asked for a link. The worker draws the secrets and sends them: they exist nowhere else."""

    sentence: ClassVar[str] = "Lien de connexion demandé"

    link_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Event):
    """Somebody came in."""

    sentence: ClassVar[str] = "Connexion"

    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Event):
    """Somebody left, and their session died."""

    sentence: ClassVar[str] = "Déconnexion"

    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    """Somebody received a role, or its dates changed."""

    sentence: ClassVar[str] = "Rôle donné"

    account_id: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(Event):
    """A role stops, at once or on a day that was set."""

    sentence: ClassVar[str] = "Fin d’un rôle"

    account_id: int
    role: str
    grant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(Event):
    """An account was closed: its open sessions stop at once."""

    sentence: ClassVar[str] = "Compte fermé"

    account_id: int
