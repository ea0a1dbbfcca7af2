"""Departments, regions and overseas territories, by the codes of INSEE.

Source: @etalab/decoupage-administratif 6.0.0, Licence Ouverte 2.0 (Etalab); see portal/kernel/data/NOTICE.txt.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# ISO 3166-1 codes by the first three digits of the postcode; the rest of France is FR.
_OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "980": "MC",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
_BY_POSTCODE = {"97133": "BL", "97150": "MF"}  # two islands kept Guadeloupe's codes


@dataclass(frozen=True, slots=True)
class Department:
    """A department or overseas territory, and the region it belongs to (itself, for most territories)."""

    code: str
    name: str
    region_code: str
    region_name: str


@cache
def departments() -> dict[str, Department]:
    """Every department and territory by its INSEE code: `54`, `2A`, `974`, `988`."""
    table = (files("portal.kernel.data") / "departments.tsv").read_text(encoding="utf-8").replace("'", "’")
    rows = (Department(*line.split("\t")) for line in table.splitlines())
    return {department.code: department for department in rows}


def territory(postcode: str) -> str:
    """The ISO 3166-1 code that posts and telephones use for a French postcode, such as `FR`, `RE` or `MC`."""
    return _BY_POSTCODE.get(postcode) or _OVERSEAS.get(postcode[:3], "FR")
