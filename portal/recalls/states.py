"""What becomes of a device that came back, and the lists of those that did not."""

from enum import StrEnum


class View(StrEnum):
    """The lists of the board, by their name in the address."""

    LATE = "retard"
    COMING = "a-venir"
    UNDATED = "sans-date"


class Unfit(StrEnum):
    """Why a device that came back is not in stock at once."""

    UNSEEN = "unseen"
    BROKEN = "broken"
