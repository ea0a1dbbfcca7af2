"""What the digits of a MEF say of it: enough to propose a label, which a person confirms.

Ten national digits, and one of the lycée: three for the kind of course, five for the speciality, one for its length, one
for the year (betagouv/aplypro, `data/mefs`). The general and higher kinds are from memory, and so are only proposals.
"""

from typing import Final

_KIND, _YEAR = slice(0, 3), 9

_ONE_LABEL: Final = {
    "200": "2de générale et technologique",
    "201": "1re générale ou technologique",
    "202": "Terminale générale ou technologique",
    "240": "CAP en un an",
}
_BY_YEAR: Final = {
    "241": ("CAP 1re année", "CAP 2e année"),
    "242": ("CAP 1re année", "CAP 2e année", "CAP 3e année"),
    "247": ("2de professionnelle", "1re professionnelle", "Terminale professionnelle"),
    "300": ("CPGE 1re année", "CPGE 2e année"),
    "301": ("CPGE 1re année", "CPGE 2e année"),
    "310": ("BTS 1re année", "BTS 2e année"),
    "311": ("BTS 1re année", "BTS 2e année"),
}


def proposed_label(mef: str) -> str:
    """The most likely label of a MEF; empty when its digits say nothing."""
    years = _BY_YEAR.get(mef[_KIND], ())
    year = mef[_YEAR : _YEAR + 1]
    if years and year.isdecimal() and 1 <= int(year) <= len(years):
        return years[int(year) - 1]
    return _ONE_LABEL.get(mef[_KIND], "")
