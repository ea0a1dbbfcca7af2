"""Who may sign for a student today. Derived at the date of use, never stored (Code civil, art. 372-2, 388, 413-6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from portal.kernel.values import postcodes
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.dates import is_adult
from portal.kernel.words import later, later_many

ABSENT_SHARE: Final = 0.10
MOVED_SHARE: Final = 0.30
"""Above these shares of the students, an import waits for somebody to type the UAI. A region's profile may say otherwise."""


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
    may_sign: bool | None
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


@dataclass(frozen=True, slots=True)
class Fact:
    """Something derived today: whether it holds, one or two words for a tag, and the reason in a sentence."""

    holds: bool
    word: str
    reason: str


def majority(birth_date: date, *, emancipated: bool, on: date) -> Fact:
    """Adult or not, today (Code civil, art. 388, 413-6)."""
    if is_adult(birth_date, on):
        return Fact(True, later("Majeur"), later("L’élève a 18 ans ou plus : il signe seul."))
    if emancipated:
        return Fact(True, later("Émancipé"), later("L’élève est émancipé : il signe seul."))
    return Fact(False, later("Mineur"), later("L’élève a moins de 18 ans : un responsable légal signe pour lui."))


def right_to_sign(link: GuardianFacts, student: StudentFacts, *, on: date) -> Fact:
    """Whether one guardian signs for one student today, and why."""
    if signs_alone(student, on=on):
        return Fact(False, later("Ne signe plus"), later("L’élève signe seul : ses parents n’ont plus ce droit."))
    if link.ends_on is not None and link.ends_on <= on:
        return Fact(False, later("Lien terminé"), later("Ce lien n’est plus dans le fichier du lycée."))
    if link.may_sign is None:
        return Fact(
            False, later("À confirmer"), later("Le fichier ne dit pas si cette personne est responsable légale.")
        )
    if link.may_sign:
        return Fact(True, later("Peut signer"), later("Cette personne est responsable légale de l’élève."))
    return Fact(False, later("Ne signe pas"), later("Le fichier du lycée la désigne comme simple contact."))


def who_signs(student: StudentFacts, guardians: list[GuardianFacts], *, on: date) -> Fact:
    """Whether anybody can sign today, in one tag."""
    found = signatories(student, guardians, on=on)
    if found and found[0].guardian_id is None:
        return Fact(
            True, later("Signe seul"), majority(student.birth_date, emancipated=student.emancipated, on=on).reason
        )
    if found:
        names = ", ".join(one.name for one in found)
        return Fact(True, later("Signataire connu"), later("Peuvent signer aujourd’hui : %(names)s.", names=names))
    if any(g.may_sign is None and (g.ends_on is None or g.ends_on > on) for g in guardians):
        return Fact(
            False, later("Droit à confirmer"), later("Dites qui est responsable légal dans la fiche de l’élève.")
        )
    return Fact(
        False, later("Personne ne signe"), later("Aucun responsable légal n’est connu. Complétez le fichier du lycée.")
    )


def reach(email: str | None, mobile: str | None, address: PostalAddress | None) -> Fact:
    """How the school reaches somebody, best way first."""
    if email and mobile:
        return Fact(True, later("E-mail et SMS"), later("L’adresse électronique et le mobile sont connus."))
    if email:
        return Fact(True, later("E-mail"), later("Seule l’adresse électronique est connue."))
    if mobile:
        return Fact(True, later("SMS"), later("Seul le téléphone mobile est connu."))
    if address is not None:
        return Fact(
            False, later("Courrier seulement"), later("Ni adresse électronique ni mobile : il reste la lettre.")
        )
    return Fact(False, later("Injoignable"), later("Aucun moyen de contact n’est connu."))


def deliverable(address: PostalAddress | None, *, abroad: bool) -> Fact:
    """Whether a parcel can go to this address. A doubt about the town is said, and stops nothing."""
    no = later("Pas de colis")
    if abroad:
        return Fact(False, no, later("L’adresse est à l’étranger : la remise se fait au lycée."))
    if address is None:
        return Fact(False, no, later("Aucune adresse postale complète n’est connue."))
    if address.is_cedex:
        return Fact(False, no, later("Une adresse CEDEX ne reçoit pas de colis : demandez celle du domicile."))
    if problems := address.problems():
        return Fact(False, no, problems[0].message)
    match = postcodes.check(address.postcode, address.city)
    if match.doubtful:
        return Fact(True, later("À vérifier"), match.advice)
    return Fact(True, later("Livrable"), later("L’adresse est complète, la commune correspond au code postal."))


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of the known students above which an import is dangerous."""

    absent: float = ABSENT_SHARE
    moved: float = MOVED_SHARE


def limits_of(profile: Mapping[str, Any]) -> Limits:
    """Those of a region."""
    return Limits(
        absent=float(profile.get("import_absent_share", ABSENT_SHARE)),
        moved=float(profile.get("import_moved_share", MOVED_SHARE)),
    )


def dangers(students: Mapping[str, int], *, known: int) -> Sequence[str]:
    """Why an import should not be applied by a distracted click; nothing when it is an ordinary one.

    `students` are the counts of its students, with the most that the region takes for ordinary.
    """
    found = []
    absent, moved = students.get("absent", 0), students.get("moved", 0)
    if known and absent > students.get("most_absent", 0):
        found.append(
            later_many(
                "%(num)d élève sur %(known)d n’est pas dans le fichier.",
                "%(num)d élèves sur %(known)d ne sont pas dans le fichier.",
                absent,
                known=known,
            )
        )
    if known and moved > students.get("most_moved", 0):
        found.append(
            later_many(
                "%(num)d élève sur %(known)d change de classe.",
                "%(num)d élèves sur %(known)d changent de classe.",
                moved,
                known=known,
            )
        )
    return found
