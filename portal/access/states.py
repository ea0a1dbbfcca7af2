"""The life of an access letter, and of a doubt about who somebody is."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition


class LetterState(StrEnum):
    """Where a letter is. Only a live one opens the door."""

    ASKED = "asked"
    PRINTING = "printing"
    LIVE = "live"
    USED = "used"
    SPENT = "spent"
    REPLACED = "replaced"
    EXPIRED = "expired"


WAITING = (LetterState.ASKED, LetterState.PRINTING)
"""Not on paper yet: at most one of these for a person."""

LETTER = LifeCycle(
    "Lettre d’accès",
    LetterState.ASKED,
    [
        Transition("print", WAITING, LetterState.PRINTING),
        Transition("issue", (LetterState.PRINTING,), LetterState.LIVE),
        Transition("use", (LetterState.LIVE,), LetterState.USED),
        Transition("spend", (LetterState.LIVE,), LetterState.SPENT),
        Transition("replace", (LetterState.LIVE,), LetterState.REPLACED),
        Transition("expire", (*WAITING, LetterState.LIVE), LetterState.EXPIRED),
    ],
)


class DoubtState(StrEnum):
    """What the lycée said of two records that may be one person."""

    OPEN = "open"
    SAME = "same"
    TWO = "two"


DOUBT = LifeCycle(
    "Identité à vérifier",
    DoubtState.OPEN,
    [
        Transition("unite", (DoubtState.OPEN,), DoubtState.SAME),
        Transition("part", (DoubtState.OPEN,), DoubtState.TWO),
        Transition("reopen", (DoubtState.SAME, DoubtState.TWO), DoubtState.OPEN),
    ],
)


class DoubtKind(StrEnum):
    """Why a person must look."""

    SHARED_CONTACT = "shared_contact"
    """One address or number, two names."""
    SAME_PERSON = "same_person"
    """Two records, or a record and an account, that seem to be one person."""
    FEDERATION = "federation"
    """Somebody known by an outside service says to be this person."""
