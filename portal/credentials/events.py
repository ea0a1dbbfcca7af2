"""What happens to the means of coming in. Their owner is told of each by e-mail; no event holds a secret or a name."""

from dataclasses import dataclass
from typing import ClassVar

from portal.accounts.events import AccountEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEvent(AccountEvent):
    """Something that the owner of an account must know."""

    sentence: ClassVar[str] = "Sécurité du compte"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChosen(SecurityEvent):
    """A password was chosen, or changed."""

    sentence: ClassVar[str] = "Mot de passe choisi"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRemoved(SecurityEvent):
    """A family goes back to links only."""

    sentence: ClassVar[str] = "Mot de passe retiré"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAdded(SecurityEvent):
    """An application or a passkey was added."""

    sentence: ClassVar[str] = "Deuxième facteur ajouté"

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRemoved(SecurityEvent):
    """An application or a passkey was removed by its owner."""

    sentence: ClassVar[str] = "Deuxième facteur retiré"

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesDrawn(SecurityEvent):
    """Ten new codes; the old ones are worth nothing. `again` when there were some."""

    sentence: ClassVar[str] = "Codes de secours donnés"

    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed(SecurityEvent):
    """Somebody came in with a code on paper."""

    sentence: ClassVar[str] = "Code de secours utilisé"

    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsReset(SecurityEvent):
    """The head, or the region, removed the second factors of somebody who has lost them."""

    sentence: ClassVar[str] = "Deuxième facteur remis à zéro"

    password_too: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsClosed(SecurityEvent):
    """Sessions of an account were closed by its owner."""

    sentence: ClassVar[str] = "Sessions fermées"

    count: int
