"""The named people of the demo: those one can enter as, and the lycées they belong to."""

from dataclasses import dataclass

from portal.demo.people import Town
from portal.kernel.words import later
from portal.policy import Role


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A real lycée of the directory, with an invented head and an invented office."""

    uai: str
    street: str
    town: Town
    head: str
    office: str
    phone: str


SCHOOLS = (
    DemoSchool(
        "0570054Z", "12 rue Saint-Vincent", Town("57000", "Metz"), "Claire Vasseur", "Thomas Klein", "+33363990012"
    ),
    DemoSchool(
        "0672806L", "4 rue de l’École", Town("67200", "Strasbourg"), "Hervé Jung", "Amélie Costa", "+33363990024"
    ),
    DemoSchool(
        "0510035L", "55 rue Libergier", Town("51100", "Reims"), "Nathalie Perrin", "Farid Girard", "+33363990036"
    ),
)


@dataclass(frozen=True, slots=True)
class Door:
    """Somebody one can enter the demo as; `school` is the position of their lycée in `SCHOOLS`, None for all."""

    key: str
    email: str
    name: str
    what: str
    role: Role = Role.FAMILY
    school: int | None = 0


PARENT = Door("parent", "nadia.benali@example.org", "Nadia Benali", later("Parent de deux enfants, dans deux lycées"))
OTHER_PARENT = Door(
    "autre-parent",
    "karim.benali@example.org",
    "Karim Benali",
    later("Parent séparé : une autre adresse, le même enfant"),
)
MINOR = Door("eleve", "leo.marchal@example.org", "Léo Marchal", later("Élève mineur, dont la mère n’a pas d’e-mail"))
ADULT = Door("eleve-majeur", "ines.lefevre@example.org", "Inès Lefèvre", later("Élève majeure : elle signe seule"))
HEAD = Door(
    "proviseur", "claire.vasseur@example.org", "Claire Vasseur", later("Proviseure : décide des demandes"), Role.HEAD
)
MANAGER = Door(
    "gestionnaire", "thomas.klein@example.org", "Thomas Klein", later("Gestionnaire : prépare les colis"), Role.MANAGER
)
TECHNICIAN = Door(
    "cmi",
    "sonia.dacosta@example.org",
    "Sonia Da Costa",
    later("CMI : technicienne de trois lycées"),
    Role.TECHNICIAN,
    None,
)
REGION = Door(
    "region", "paul.schmitt@example.org", "Paul Schmitt", later("Région Grand Est : vue d’ensemble"), Role.REGION, None
)

DOORS = (PARENT, OTHER_PARENT, MINOR, ADULT, HEAD, MANAGER, TECHNICIAN, REGION)
