"""Who may sign for a student today. Derived at the date of use, never stored (Code civil, art. 372-2, 388, 413-6)."""

from dataclasses import dataclass
from datetime import date

from portal.kernel.values.dates import is_adult


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """What the rule needs to know of a student."""

    name: str
    birth_date: date
    emancipated: bool
    email: str | None
    mobile: str | None
    account_id: int | None


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """What the rule needs to know of one guardian and of their link to the student."""

    guardian_id: int
    name: str
    kinship: str
    may_sign: bool
    opposed_on: date | None
    ends_on: date | None
    email: str | None
    mobile: str | None
    account_id: int | None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who may sign the charter, and how the school reaches them. `guardian_id` is None for the student."""

    guardian_id: int | None
    name: str
    legal_title: str
    email: str | None
    mobile: str | None
    account_id: int | None


def signs_alone(student: StudentFacts, *, on: date) -> bool:
    """An adult or an emancipated student signs alone; the parents have then no right to the file."""
    return student.emancipated or is_adult(student.birth_date, on)


def signatories(student: StudentFacts, guardians: list[GuardianFacts], *, on: date) -> list[Signatory]:
    """Who may sign on a given day: the adult student, or each holder of parental authority."""
    if signs_alone(student, on=on):
        title = "élève émancipé" if student.emancipated and not is_adult(student.birth_date, on) else "élève majeur"
        return [Signatory(None, student.name, title, student.email, student.mobile, student.account_id)]
    return [
        Signatory(g.guardian_id, g.name, g.kinship, g.email, g.mobile, g.account_id)
        for g in guardians
        if g.may_sign and (g.ends_on is None or g.ends_on > on)
    ]


def opposed(guardians: list[GuardianFacts]) -> bool:
    """Whether a holder of parental authority has told the school that they disagree: one signature is not enough."""
    return any(g.may_sign and g.opposed_on is not None for g in guardians)
