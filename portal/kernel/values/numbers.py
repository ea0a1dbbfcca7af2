"""Whole numbers as people, addresses and forms write them."""

LONGEST = 9
"""Digits: more is no page, no weight and no version, and Python refuses to read some thousands of them."""


def whole(text: str) -> int | None:
    """The number, or None for anything else: a sign, a superscript, a number without end."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None
