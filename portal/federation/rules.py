"""Who somebody is, when a provider vouches for them: decisions on plain values.

The e-mail address plays no part, and is not even read: two parents share one, a mailbox changes hands, and some
providers repeat what their users typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from portal.kernel.errors import DomainError
from portal.kernel.values.folding import fold
from portal.kernel.words import later

JOURNEY = timedelta(minutes=10)
"""From the button to the return: time to find a password, or to receive a code by SMS."""

KEPT = timedelta(minutes=15)
"""How long what a provider said waits in the session for the person to come in or to say yes."""

CLAIM_KEPT = timedelta(days=90)
"""How long an identity waits for the word of a school, which may take it back meanwhile."""

SHORTEST_SECRET = 32
"""Characters of `state` and `nonce` (ProConnect demands it; reference/school-data.md, 4.4)."""

PARENT_PROFILES = frozenset({"1", "2"})
STUDENT_PROFILES = frozenset({"3", "4"})
_VECTOR_FIELDS = 5


class Proof(StrEnum):
    """What tied an identity to an account."""

    VECTOR = "vector"
    """The ENT named the child (UAI and ELEVE_ID), and the name is that of exactly one person behind it."""
    SESSION = "session"
    """The owner had come in by the portal's own door, and linked the two in that session."""
    SCHOOL = "school"
    """A person of the lycée decided."""


class DoubtReason(StrEnum):
    """Why nobody is recognised for certain."""

    NOBODY = "nobody"
    """The child is known, but none of its guardians has that name."""
    SEVERAL = "several"
    """Several people behind the child have that name."""
    ACCOUNTS = "accounts"
    """The children lead to different accounts, or two people of one child to the same."""
    TAKEN = "taken"
    """The account is already entered by another identity of the same provider."""
    NAME = "name"
    """The account into which the person came bears another name."""


class Linking(StrEnum):
    """What became of a wish to link an identity to the account of a session."""

    DONE = "done"
    SCHOOL_DECIDES = "school"
    """The names differ: the lycée looks."""
    HEAD_CONFIRMS = "head"
    """It is one of the staff's: whoever gives their role has to confirm it."""


class NotLinked(DomainError):
    """Linking two accounts is refused; the sentence says what to do."""


TAKEN_BY_ANOTHER = later("Ce compte extérieur est déjà relié à une autre personne. Parlez-en au lycée.")
TWO_OF_ONE = later("Un autre compte du même service est déjà relié au vôtre. Déliez-le d’abord.")
ONLY_DOOR = later("C’est votre seule façon d’entrer. Donnez d’abord au lycée une adresse e-mail ou un mobile.")
UNKNOWN_PERSON = later("Le nom n’est pas le même que celui de votre compte. Parlez-en au lycée.")
TOO_LATE = later("Ce retour est trop ancien. Recommencez depuis la page d’entrée.")
AS_STAFF = later("Entrez d’abord avec votre rôle dans le lycée. Reliez ensuite ce compte professionnel.")
NOT_STAFF = later("Votre compte n’a pas de rôle dans un lycée aujourd’hui. Demandez au proviseur de vous inviter.")


@dataclass(frozen=True, slots=True)
class Child:
    """A student as the ENT names one: the lycée's UAI and the ELEVE_ID of its file."""

    uai: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Vector:
    """One value of FrEduVecteur: whose parent one is, or which student one is."""

    parent: bool
    family_name: str
    given_name: str
    child: Child


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a provider said of a person, checked; what is not used for recognising somebody was not kept."""

    provider: str
    """The settings' name of the provider."""
    key: str
    """The provider's own address: with `subject`, who this is."""
    subject: str
    given_name: str = ""
    family_name: str = ""
    usage_name: str = ""
    second_factor: bool = False
    """Whether the provider checked a second factor that the settings trust."""
    vectors: tuple[Vector, ...] = ()

    @property
    def name(self) -> str:
        """As one says it; empty when the provider gave no name."""
        return f"{self.given_name} {self.usage_name or self.family_name}".strip()

    def stored(self) -> dict[str, Any]:
        """For the session on the server."""
        return asdict(self)

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Self:
        """From the session on the server."""
        vectors = tuple(Vector(**{**vector, "child": Child(**vector["child"])}) for vector in kept["vectors"])
        return cls(**{**kept, "vectors": vectors})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of a school's file whom the provider may mean: a guardian of the child, or the student."""

    child: Child
    school_id: int
    student_id: int
    name: str
    account_id: int | None
    guardian_id: int | None = None
    """None for the student."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A person of a school's file who may be the one that the provider means: somebody of the school has to say."""

    school_id: int
    guardian_id: int | None
    student_id: int | None
    reason: DoubtReason

    @classmethod
    def about(cls, person: Candidate, reason: DoubtReason) -> Self:
        """The doubt whether it is this person."""
        student_id = None if person.guardian_id else person.student_id
        return cls(school_id=person.school_id, guardian_id=person.guardian_id, student_id=student_id, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Who was recognised (nobody, when `people` is empty), and what remains doubtful."""

    people: tuple[Candidate, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def account_id(self) -> int | None:
        """The account of whoever was recognised, if they have one yet."""
        return next((person.account_id for person in self.people if person.account_id), None)


def read_vector(text: str) -> Vector | None:
    """One value of FrEduVecteur, `profile|NOM|Prénom|ELEVE_ID|UAI` (reference/school-data.md, 4.5); None if it is none."""
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != _VECTOR_FIELDS or parts[0] not in PARENT_PROFILES | STUDENT_PROFILES or not all(parts[3:]):
        return None
    return Vector(
        parent=parts[0] in PARENT_PROFILES,
        family_name=parts[1],
        given_name=parts[2],
        child=Child(uai=parts[4].upper(), source_id=parts[3]),
    )


def names_agree(name: str, *, given: str, families: Sequence[str]) -> bool:
    """Whether a name of ours can be the one that a provider gives: accents, hyphens, capitals and order do not count.

    The first of the given names is enough, one family name out of birth's and usage's too; what is left over must be
    the other given names or the other family name. An empty name agrees with nothing.
    """
    ours = fold(name).split()
    first = fold(given.split(maxsplit=1)[0]).split() if given.split() else []
    known = [fold(family).split() for family in families if fold(family)]
    allowed = {word for words in (fold(given).split(), *known) for word in words}
    return bool(first) and any(set(ours) >= {*first, *words} for words in known) and set(ours) <= allowed


def recognise(vectors: Sequence[Vector], candidates: Sequence[Candidate]) -> Recognition:
    """Who the vectors mean: for each child of ours, exactly one person of that name; all of them one account at most.

    One account is never two people of one child: an ENT that gives both parents' names is for the school to look at.
    """
    people: list[Candidate] = []
    doubts: list[Doubt] = []
    for vector in dict.fromkeys(vectors):
        behind = [
            one for one in candidates if one.child == vector.child and (one.guardian_id is not None) is vector.parent
        ]
        alike = [one for one in behind if _meant(one, vector)]
        if len(alike) == 1:
            people += alike
        else:
            reason = DoubtReason.SEVERAL if alike else DoubtReason.NOBODY
            doubts += [Doubt.about(one, reason) for one in alike or behind]
    if len({one.account_id for one in people} - {None}) > 1 or len({one.student_id for one in people}) < len(people):
        doubts += [Doubt.about(one, DoubtReason.ACCOUNTS) for one in people]
        people = []
    return Recognition(people=tuple(people), doubts=tuple(doubts))


def _meant(one: Candidate, vector: Vector) -> bool:
    """A guardian by the name; the student by ELEVE_ID, which the ENT may give without a name."""
    unnamed = not vector.family_name and not vector.given_name and not vector.parent
    return unnamed or names_agree(one.name, given=vector.given_name, families=[vector.family_name])


def linking_doubt(claims: Claims, *, account_name: str, for_staff: bool) -> DoubtReason | None:
    """Whether a person who came in by the portal's own door may link this identity at once.

    A family's address may be shared by two parents, so the names must agree. The staff came in by an address, and a
    second factor, of their own.
    """
    if for_staff:
        return None
    families = [claims.family_name, claims.usage_name]
    return None if names_agree(account_name, given=claims.given_name, families=families) else DoubtReason.NAME
