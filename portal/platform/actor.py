"""Who acts: a person with a role, or a job. Known to the audit trail, the policy and the pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flask_login import UserMixin

from portal.kernel.words import later
from portal.policy import ROLE_LABELS, Action, Role, may

DEPUTY = later("Proviseur, par délégation")


@dataclass(frozen=True, slots=True)
class Actor(UserMixin):
    """A signed-in person for one request: plain values, so that no page reloads them."""

    account_id: int
    name: str
    role: Role
    grant_id: int = 0
    school_ids: frozenset[int] = frozenset()
    student_ids: frozenset[int] = frozenset()
    language: str = "fr"
    delegated: bool = False

    @property
    def role_label(self) -> str:
        """The role in French."""
        return DEPUTY if self.delegated else ROLE_LABELS[self.role]

    @property
    def home_url(self) -> str:
        """Where everybody's first page is: `/` leads each role to its own."""
        return "/"

    @property
    def is_staff(self) -> bool:
        """Anybody but a family."""
        return self.role is not Role.FAMILY

    def may(self, action: Action) -> bool:
        """What the policy table says."""
        return may(self.role, action)

    def get_id(self) -> str:
        """What Flask-Login keeps in the session: the account and the role it entered with."""
        return f"{self.account_id}:{self.grant_id}"


@dataclass(frozen=True, slots=True)
class Signature:
    """How the actor appears in the audit trail."""

    kind: str
    account_id: int | None = None
    role: str | None = None


SYSTEM = Signature(kind="system")

_current: ContextVar[Signature] = ContextVar("actor", default=SYSTEM)


def current() -> Signature:
    """Whoever acts now; a job unless a person was announced."""
    return _current.get()


@contextmanager
def acting(signature: Signature) -> Iterator[None]:
    """Everything done inside is signed by this actor."""
    token = _current.set(signature)
    try:
        yield
    finally:
        _current.reset(token)


def person(actor: Actor) -> Signature:
    """The signature of a signed-in person."""
    return Signature(kind="account", account_id=actor.account_id, role=actor.role)


StudentsOf = Callable[[int], frozenset[int]]
_students_of: list[StudentsOf] = []


def families_are_known_by(loader: StudentsOf) -> StudentsOf:
    """Registers the feature that knows an account's students (the roster, above this layer)."""
    _students_of[:] = [loader]
    return loader


def students_of(account_id: int) -> frozenset[int]:
    """The students whose files this account may see today."""
    return frozenset().union(*(loader(account_id) for loader in _students_of))
