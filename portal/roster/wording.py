"""What a person reads of an import: its state, its lists, and one value of a change."""

from datetime import date
from typing import Any, Final

from portal.kernel.words import later
from portal.platform.i18n import format_day
from portal.platform.i18n import gettext as _
from portal.roster import values
from portal.roster.reading.records import Source
from portal.roster.states import ImportState

STATES: Final = {
    ImportState.READING: (later("Lecture en cours"), "info"),
    ImportState.TO_MAP: (later("À compléter"), "waiting"),
    ImportState.STAGED: (later("À vérifier"), "waiting"),
    ImportState.APPLIED: (later("Appliqué"), "done"),
    ImportState.UNDONE: (later("Annulé"), "neutral"),
    ImportState.DISCARDED: (later("Abandonné"), "neutral"),
    ImportState.FAILED: (later("Refusé"), "problem"),
}

SOURCES: Final = {
    Source.SIECLE: later("Export SIECLE"),
    Source.TABLE: later("Tableau"),
    Source.ONEROSTER: later("OneRoster"),
}

GROUPS: Final = (
    (
        later("À décider"),
        (
            ("rapprochements", later("Rapprochements"), None, "matches"),
            ("erreurs", later("Erreurs"), None, "errors"),
            ("avertissements", later("Avertissements"), None, "warnings"),
        ),
    ),
    (
        later("Élèves"),
        (
            ("nouveaux", later("Nouveaux"), "students", "created"),
            ("modifies", later("Modifiés"), "students", "changed"),
            ("absents", later("Absents"), "students", "absent"),
            ("partis", later("Partis"), "students", "left"),
            ("inchanges", later("Inchangés"), "students", "unchanged"),
        ),
    ),
    (
        later("Responsables"),
        (
            ("responsables-nouveaux", later("Nouveaux"), "guardians", "created"),
            ("responsables-modifies", later("Modifiés"), "guardians", "changed"),
            ("responsables-absents", later("Absents"), "guardians", "absent"),
            ("responsables-partis", later("Sans élève au lycée"), "guardians", "left"),
            ("responsables-inchanges", later("Inchangés"), "guardians", "unchanged"),
        ),
    ),
    (
        later("Liens et droits de signer"),
        (
            ("liens-nouveaux", later("Nouveaux"), "links", "created"),
            ("liens-modifies", later("Modifiés"), "links", "changed"),
            ("liens-disparus", later("Disparus"), "links", "absent"),
            ("liens-inchanges", later("Inchangés"), "links", "unchanged"),
        ),
    ),
)
"""The lists of a preview, in the order in which one looks at them."""

TITLES: Final = {
    **{name: (group, label) for group, lists in GROUPS for name, label, _kind, _word in lists},
    "proteges": (later("Corrections gardées"), later("Ce que le fichier dit autrement")),
}

RIGHTS: Final = {True: later("oui"), False: later("non"), None: later("à confirmer")}


def count(counts: dict[str, dict[str, int]], kind: str | None, word: str) -> int:
    """The number of a list."""
    return sum(found.get(word, 0) for name, found in counts.items() if kind in (None, name))


def shown(name: str, value: Any) -> str:
    """One side of a change, as a person reads it."""
    if name in {"may_sign", "abroad"}:
        return str(RIGHTS[value])
    if value is None or value == "":
        return _("rien")
    if name in values.DATES:
        return format_day(date.fromisoformat(value))
    if name == "address":
        return ", ".join(str(part) for part in value.values())
    return str(value)
