"""Sentences written before their reader is known: by a rule, a form, an error.

The code below the web writes French, which is also the id of every translation. Whoever shows the sentence says it in
the reader's language: `portal.platform.i18n` lends its voice with `spoken_by`.
"""

from collections.abc import Callable
from html import escape
from typing import Self


class Words(str):
    """A sentence: its value is the French one; shown (`str()`, an f-string, a template), it is the reader's."""

    __slots__ = ("many", "number", "one", "values")
    one: str
    many: str
    number: int
    values: dict[str, object]

    @classmethod
    def of(cls, one: str, many: str, number: int, values: dict[str, object]) -> Self:
        """Fill the French sentence, and keep what it is made of; `many` is empty when it has no plural."""
        message = many if many and abs(number) > 1 else one
        found = cls(message % values if values else message)
        found.one, found.many, found.number, found.values = one, many, number, values
        return found

    def __str__(self) -> str:
        return _voices[-1](self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __html__(self) -> str:
        """For templates: in the reader's language, with whatever a person typed made harmless."""
        return escape(str(self))

    def __mod__(self, _values: object) -> Self:
        """Unchanged: it is already filled, whatever a validator does with the messages it is given."""
        return self


def later(message: str, **values: object) -> Words:
    """A French sentence, translated each time it is shown."""
    return Words.of(message, "", 0, values)


def later_many(one: str, many: str, num: int, **values: object) -> Words:
    """The same with a plural; the sentences call the number `%(num)d`. In French zero is singular."""
    return Words.of(one, many, num, {"num": num, **values})


def _french(words: Words) -> str:
    return str.__str__(words)


_voices: list[Callable[[Words], str]] = [_french]


def spoken_by(voice: Callable[[Words], str]) -> Callable[[Words], str]:
    """Register what finds the reader's language and says the words in it."""
    _voices.append(voice)
    return voice
