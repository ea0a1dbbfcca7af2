"""What happens between an account and those who vouch for its owner."""

from dataclasses import dataclass
from typing import ClassVar

from portal.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLinked(Event):
    """An account may now be entered through a provider. `proof` says how it was established."""

    sentence: ClassVar[str] = "Compte extérieur relié"

    account_id: int
    provider: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConfirmed(Event):
    """Whoever gives a role confirmed by which outside service its holder comes in."""

    sentence: ClassVar[str] = "Compte extérieur confirmé"

    account_id: int
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityUnlinked(Event):
    """An account may no longer be entered through a provider."""

    sentence: ClassVar[str] = "Compte extérieur délié"

    account_id: int
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDoubted(Event):
    """A provider vouches for somebody whom nothing ties to one person of the lycée for certain: a person decides."""

    sentence: ClassVar[str] = "Identité à vérifier par le lycée"

    provider: str
    reason: str
