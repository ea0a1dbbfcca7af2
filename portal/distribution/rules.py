"""What a session decides, on plain values: the codes it reads, and what a rehearsal invents."""

from typing import Final

from portal.kernel.values.references import new_opaque_code, parse_opaque_code

STUDENT_PREFIX: Final = "E"
"""The first letter of a student's code: « élève »."""

PRETEND_PREFIX: Final = "REP-"
"""How the label of an invented device begins: no real one may be taken for it, nor it for a real one."""

UNSIGNED_NAME: Final = "Sanscharte"
"""The family name of the invented students who have not signed: helpers learn what a refusal looks like."""


def new_student_code() -> str:
    """A code for a student's label: it says nothing, and bears a check character."""
    return new_opaque_code(STUDENT_PREFIX)


def read_student_code(raw: str) -> str | None:
    """The student's code that a scanner or a person typed; None when it cannot be one."""
    return parse_opaque_code(raw, STUDENT_PREFIX)


def pretend_tag(rank: int) -> str:
    """The label of the invented device number `rank` (from 1): « REP-0001 »."""
    return f"{PRETEND_PREFIX}{rank:04d}"


def is_pretend_tag(tag: str) -> bool:
    """Whether a label is that of an invented device."""
    return tag.startswith(PRETEND_PREFIX) and tag.removeprefix(PRETEND_PREFIX).isdecimal()


def pretends_unsigned(name: str) -> bool:
    """Whether an invented student stands for one whose charter is not signed."""
    return name.endswith(UNSIGNED_NAME)
