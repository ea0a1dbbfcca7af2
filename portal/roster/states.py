"""The life of an import: a file is read, compared, looked at, and only then applied; what was applied can be undone."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition


class ImportState(StrEnum):
    """Where an import stands. Only `applied` has changed anything."""

    READING = "reading"
    TO_MAP = "to_map"
    STAGED = "staged"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"
    FAILED = "failed"


IMPORT = LifeCycle(
    "Import d’un fichier d’élèves",
    ImportState.READING,
    [
        Transition("ask_columns", (ImportState.READING,), ImportState.TO_MAP),
        Transition("map", (ImportState.TO_MAP,), ImportState.READING),
        Transition("stage", (ImportState.READING,), ImportState.STAGED),
        Transition("fail", (ImportState.READING,), ImportState.FAILED),
        Transition("apply", (ImportState.STAGED,), ImportState.APPLIED),
        Transition("undo", (ImportState.APPLIED,), ImportState.UNDONE),
        Transition("discard", (ImportState.READING, ImportState.TO_MAP, ImportState.STAGED), ImportState.DISCARDED),
    ],
)


class Kind(StrEnum):
    """What a line of an import is about."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    LINK = "link"
    FINDING = "finding"


class Verdict(StrEnum):
    """What the comparison says of a line. `match` waits for a person, who says whether an unknown key is somebody known."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ABSENT = "absent"
    LEFT = "left"
    MATCH = "match"
    ERROR = "error"
    WARNING = "warning"
