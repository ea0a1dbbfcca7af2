"""The families of the journeys: enrolled in the demo's first lycée by the portal's own use-cases, as an import would.

`FIN_PRET_HOME=… python -m tests.e2e.town` writes them, from a process of its own: the tests only know their names.
Every person serves one test, so that tests may run in any order. All invented; example.org, 06 39 98 xx xx.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from portal.accounts import services as accounts
from portal.accounts.services import Newcomer
from portal.demo.cast import SCHOOLS
from portal.extensions import db
from portal.factory import create_app
from portal.kernel.values.address import PostalAddress
from portal.kernel.values.folding import fold
from portal.loans import services as loans
from portal.loans.states import Delivery
from portal.platform import scope
from portal.platform.actor import Signature, acting
from portal.policy import Role
from portal.roster import services as roster
from portal.roster.services import NewGuardian, NewLink, NewStudent
from portal.schools.models import School

MINOR, ADULT = date(2010, 5, 4), date(2008, 1, 15)
PLACE = SCHOOLS[0]


@dataclass(frozen=True)
class Parent:
    """A guardian of the school's file. `opposed`: wrote to the school against any loan; `has_email`: or only a mobile."""

    name: str
    mobile: str = ""
    opposed: bool = False
    street: str = "5 rue des Jardins"
    has_email: bool = True

    @property
    def email(self) -> str:
        return f"{fold(self.name).lower().replace(' ', '.')}@example.org"

    @property
    def sms(self) -> str:
        """The number as the gateway is given it."""
        return f"+33{self.mobile.replace(' ', '')[1:]}"


@dataclass(frozen=True)
class Child:
    """A student. `asks`: a request was sent before the journey; `sure`: its address is in the table of communes."""

    name: str
    class_name: str = "2DE D"
    birth: date = MINOR
    has_account: bool = False
    asks: bool = False
    sure: bool = True

    @property
    def email(self) -> str:
        return f"{fold(self.name).lower().replace(' ', '.')}@example.org"


@dataclass(frozen=True)
class Family:
    parents: tuple[Parent, ...] = ()
    children: tuple[Child, ...] = field(default=())

    @property
    def parent(self) -> Parent:
        return self.parents[0]

    @property
    def child(self) -> Child:
        return self.children[0]


def _asking(*names: str, class_name: str) -> dict[str, Family]:
    """Families whose requests wait for the head: an ordinary one, one with a doubtful address, one to refuse."""
    wanted = zip(("plain", "doubtful", "refused"), names, (True, False, True), strict=True)
    return {
        f"{class_name} {key}": Family(
            (Parent(f"Odile {name.split()[-1]}"),), (Child(name, class_name, asks=True, sure=sure),)
        )
        for key, name, sure in wanted
    }


FAMILIES: dict[str, Family] = {
    "link js": Family(
        (Parent("Maud Arnoux", "06 39 98 00 21"),), (Child("Tom Arnoux"), Child("Zélie Arnoux", "1RE B"))
    ),
    "link no-js": Family(
        (Parent("Carole Bazin", "06 39 98 00 22"),), (Child("Hugues Bazin"), Child("Ève Bazin", "1RE B"))
    ),
    "code js": Family((Parent("Serge Cordier", "06 39 98 00 23"),), (Child("Axel Cordier"),)),
    "code no-js": Family((Parent("Irène Delmas", "06 39 98 00 24"),), (Child("Rose Delmas"),)),
    "sign js": Family((Parent("Agnès Evrard", "06 39 98 00 25"),), (Child("Malo Evrard", asks=True),)),
    "sign no-js": Family((Parent("Yves Ferrand", "06 39 98 00 26"),), (Child("Anna Ferrand", asks=True),)),
    "adult": Family((), (Child("Éric Humbert", "TLE E", ADULT, has_account=True, asks=True),)),
    "minor": Family((Parent("Simone Imbert", "06 39 98 00 27"),), (Child("Noé Imbert", has_account=True, asks=True),)),
    "phone": Family(
        (Parent("Sabine Faivre", "06 39 98 00 33", has_email=False),),
        (Child("Loïs Faivre", has_account=True, asks=True),),
    ),
    "declines": Family((Parent("Paule Joly", "06 39 98 00 28"),), (Child("Élie Joly", asks=True),)),
    "opposed": Family(
        (Parent("Denis Kremer", "06 39 98 00 29", opposed=True),), (Child("Nell Kremer", "TLE B", asks=True),)
    ),
    "whole": Family(
        (
            Parent("Flora Lacroix", "06 39 98 00 31"),
            Parent("Bruno Lacroix", "06 39 98 00 32", street="7 rue du Pont"),
        ),
        (Child("Iris Lacroix"),),
    ),
    "oidc js": Family((Parent("Nadège Vautrin", "06 39 98 00 35"),), (Child("Paul Vautrin"),)),
    "oidc no-js": Family((Parent("Loïc Wagner", "06 39 98 00 36"),), (Child("Lise Wagner"),)),
    "cas js": Family((Parent("Céline Xardel-Noël", "06 39 98 00 37"),), (Child("Théo Xardel"),)),
    "cas no-js": Family((Parent("Alix Zimmer", "06 39 98 00 38"),), (Child("Ninon Zimmer"),)),
    "letter": Family((Parent("Ursule Vannier", has_email=False),), (Child("Octave Vannier"),)),
    **_asking("Basile Maillard", "Clara Nicolas", "Diane Olivier", class_name="TLE B"),
    **_asking("Ernest Pascal", "Fanny Quentin", "Gaël Renaud", class_name="TLE C"),
    **_asking("Hélène Sabatier", "Igor Tessier", "Jeanne Urbain", class_name="TLE D"),
}


def settle() -> None:
    """Write the families, then send the requests of those who asked."""
    school_id = db.session.execute(select(School.id).where(School.uai == PLACE.uai)).scalar_one()
    with scope.every_school(reason="the journeys' families"):
        people = _accounts()
        students = roster.enrol(
            school_id=school_id,
            students=[_student(child, people) for family in FAMILIES.values() for child in family.children],
            guardians=[_guardian(parent, people) for family in FAMILIES.values() for parent in family.parents],
            links=[link for family in FAMILIES.values() for link in _links(family)],
        )
        for family in FAMILIES.values():
            for child in family.children:
                if child.asks:
                    asking = child if child.has_account else family.parent
                    _ask(child, students[child.email], people[asking.email])


def _accounts() -> dict[str, int]:
    people = [person for family in FAMILIES.values() for person in (*family.parents, *family.children)]
    with_one = [person for person in people if (person.has_email if isinstance(person, Parent) else person.has_account)]
    by_telephone = [
        person for person in people if isinstance(person, Parent) and person.mobile and not person.has_email
    ]
    return accounts.open_accounts([Newcomer(name=person.name, email=person.email) for person in with_one]) | {
        person.email: accounts.open_account(name=person.name, email=None, mobile=person.sms) for person in by_telephone
    }


def _student(child: Child, people: dict[str, int]) -> NewStudent:
    given, family = child.name.split(" ", 1)
    return NewStudent(
        source_id=child.email,
        family_name=family,
        given_name=given,
        birth_date=child.birth,
        class_name=child.class_name,
        level="Tle générale" if child.class_name.startswith("TLE") else "2de GT",
        email=child.email if child.has_account else None,
        mobile="+33639980041" if child.birth == ADULT else None,
        account_id=people.get(child.email),
    )


def _guardian(parent: Parent, people: dict[str, int]) -> NewGuardian:
    return NewGuardian(
        source_id=parent.email,
        name=parent.name,
        email=parent.email if parent.has_email else None,
        mobile=parent.sms if parent.mobile else None,
        account_id=people.get(parent.email),
        address=_address(parent.name, parent.street),
    )


def _links(family: Family) -> list[NewLink]:
    return [
        NewLink(
            student=child.email,
            guardian=parent.email,
            kinship=kinship,
            opposed_on=date(2026, 9, 1) if parent.opposed else None,
        )
        for child in family.children
        for parent, kinship in zip(family.parents, ("mère", "père"), strict=False)
    ]


def _address(recipient: str, street: str) -> PostalAddress:
    return PostalAddress(recipient=recipient, street=street, postcode=PLACE.town.postcode, city=PLACE.town.name)


def _ask(child: Child, student_id: int, account_id: int) -> None:
    """As the family did from its own pages."""
    with acting(Signature("account", account_id, Role.FAMILY)):
        loan = loans.start(student_id=student_id, account_id=account_id)
        loans.save_delivery(loan.id, delivery=Delivery.HOME)
        loans.save_address(loan.id, address=_address(child.name, "5 rue des Jardins"), confirmed=child.sure)
        loans.save_contact(loan.id, email=f"famille.{child.email}", mobile=None, note=None)
        loans.submit(loan.id)


if __name__ == "__main__":
    with create_app().app_context():
        settle()
