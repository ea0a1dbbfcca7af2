"""What happens at the door."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent(Event):
    """Something that happened to one account."""

    sentence: ClassVar[str] = "Compte"
    about: ClassVar = ("account", "account_id")

    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAsked(Event):
    """Somebody asked for a link. The worker draws the secrets and sends them: they exist nowhere else."""

    sentence: ClassVar[str] = "Lien de connexion demandé"

    link_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(AccountEvent):
    """Somebody came in."""

    sentence: ClassVar[str] = "Connexion"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(AccountEvent):
    """Somebody left, and their session died."""

    sentence: ClassVar[str] = "Déconnexion"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(AccountEvent):
    """Somebody received a role, or its dates changed."""

    sentence: ClassVar[str] = "Rôle donné"

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(AccountEvent):
    """A role stops, at once or on a day that was set."""

    sentence: ClassVar[str] = "Fin d’un rôle"

    role: str
    grant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(AccountEvent):
    """An account was closed: its open sessions stop at once."""

    sentence: ClassVar[str] = "Compte fermé"
