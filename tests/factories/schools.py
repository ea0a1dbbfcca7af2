"""Regions, campaigns, the directory, and lycées."""

from datetime import date
from typing import Any

from portal.kernel.values.uai import check_letter
from portal.schools.emergency import EmergencyRules
from portal.schools.models import Campaign, DirectoryEntry, Region, School
from tests.factories import people
from tests.factories.writing import add, first, made

KIT = ["ordinateur", "chargeur", "housse"]
NAMES = ("Louise-Michel", "Jean-Moulin", "Simone-Veil", "Émile-Zola", "de l’Argonne")


@made
def region(**values: Any) -> Region:
    """Grand Est, unless told otherwise; the codes of the next ones are free ones."""
    n = people.number()
    usual = (
        {"code": "44", "name": "Grand Est"}
        if first(Region) is None
        else {"code": f"{n % 1000:03d}", "name": f"Région {n}"}
    )
    return add(Region(**{**usual, "profile": {}, **values}))


@made
def campaign(**values: Any) -> Campaign:
    """The school year 2026-2027."""
    if "region_id" not in values:
        values["region_id"] = (first(Region) or region()).id
    usual = {"name": "2026-2027", "starts_on": date(2026, 9, 1), "ends_on": date(2027, 7, 6), "kit": KIT}
    usual["emergency"] = EmergencyRules()
    return add(Campaign(**{**usual, **values}))


@made
def directory_entry(**values: Any) -> DirectoryEntry:
    """A lycée of the national directory."""
    n = people.number()
    digits = f"054{n % 10_000:04d}"
    postcode, city = people.TOWNS[n % len(people.TOWNS)]
    name = f"Lycée {NAMES[n % len(NAMES)]}"
    usual = {
        "uai": digits + check_letter(digits),
        "name": name,
        "raw_name": name.upper(),
        "city": city,
        "postcode": postcode,
        "department": postcode[:2],
        "region_code": "44",
        "country": "FR",
    }
    return add(DirectoryEntry(**{**usual, **values}))


@made
def school(**values: Any) -> School:
    """A lycée that takes part, always a new one."""
    n = people.number()
    entry = None if "uai" in values else directory_entry()
    if "region_id" not in values:
        values["region_id"] = (first(Region) or region()).id
    name = entry.name if entry else f"Lycée {NAMES[n % len(NAMES)]}"
    usual = {
        "uai": entry.uai if entry else None,
        "name": name,
        "head_name": "Odile Ferrand",
        "head_title": "proviseure",
        "deliberation": "n° 12 du 3 juillet 2026",
        "contact_name": "Karim Weber",
        "contact_phone": people.mobile(n),
        "contact_email": people.email("accueil", n),
        "contact_hours": "du lundi au vendredi, de 8 h à 17 h",
        "pickup_place": "Bureau de la gestion, bâtiment A",
        **people.address(n, name),
    }
    return add(School(**{**usual, **values}))


def usual_school() -> School:
    """The test's first lycée."""
    return first(School) or school()


def usual_campaign() -> Campaign:
    """The test's first campaign."""
    return first(Campaign) or campaign()
