"""Codes of letters, birth dates as people write them, and whether two names are one person: on plain values."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.access.states import DoubtKind, LetterState
from portal.kernel.values.folding import fold
from portal.kernel.values.references import Chooser
from portal.kernel.words import later

VALIDITY = timedelta(days=90)
"""Life of a letter's code (school-data.md, section 9.2: until it is used, or ninety days)."""

MOST_TRIES = 5
"""Birth dates that may be tried with one letter; after that it is paper."""

FILE_KEPT = timedelta(days=7)
"""A printed batch holds codes in clear: its file goes after a week."""

SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two symbols without 0, O, 1 and I: five bits each."""

CODE_LENGTH = 12
"""Twelve symbols: 60 bits, above the 50 that the CNIL asks of a password behind limits (délibération 2022-100)."""

# What is read wrongly on paper is one of ours: 1 and I look like L, and the only round letter we print is Q.
_READ_AS = str.maketrans("1I0O", "LLQQ")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—_.·#]+")
_TITLES = frozenset({"M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME"})
_MONTHS = ("JANV", "FEV", "MARS", "AVR", "MAI", "JUIN", "JUIL", "AOU", "SEPT", "OCT", "NOV", "DEC")
_CENTURY, _SHORT_YEAR = 2000, 100

WRONG = later(
    "Ce code et cette date de naissance ne vont pas ensemble. Comparez-les avec la lettre, puis recommencez. "
    "Après cinq essais, une lettre ne sert plus."
)
"""The one refusal for a code that nobody has, a wrong date and a sixth try: nothing tells which (SEC-11)."""


def new_code(rng: Chooser) -> str:
    """Twelve symbols drawn at random; `rng` is the `secrets` module."""
    return "".join(rng.choice(SYMBOLS) for _ in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """As it is printed: `ABCD-EFGH-JKLM`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(text: str) -> str | None:
    """The code that a person meant: any case, spaces, hyphens, look-alikes. None if it cannot be one."""
    symbols = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)
    return symbols if len(symbols) == CODE_LENGTH and set(symbols) <= set(SYMBOLS) else None


def read_birth_date(day: str, month: str, year: str) -> date | None:
    """A date as people write it: `7`, `07`, `juin`, `6`, `2011` or `11`. None when it is no day of the calendar."""
    numbers = (_whole(day), _month(month), _whole(year))
    if any(number is None for number in numbers):
        return None
    d, m, y = (number or 0 for number in numbers)
    try:
        return date(_CENTURY + y if y < _SHORT_YEAR else y, m, d)
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    digits = unicodedata.normalize("NFKC", text).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len("2011") else None


def _month(text: str) -> int | None:
    word = fold(text)
    named = [number for number, start in enumerate(_MONTHS, start=1) if word.startswith(start)]
    return named[0] if named else _whole(text)


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A letter as the rules see it."""

    state: LetterState
    tries: int
    expires_at: datetime | None


def obstacle(letter: LetterFacts, *, now: datetime) -> str | None:
    """Why a letter opens no door to somebody who has its code and the date; None when it does."""
    if letter.state is LetterState.USED:
        return later("Cette lettre a déjà servi : son code ne s’utilise qu’une fois.")
    if letter.state is LetterState.REPLACED:
        return later("Le lycée a envoyé une lettre plus récente. Prenez le code de la dernière lettre.")
    if letter.state is not LetterState.LIVE or letter.expires_at is None or letter.expires_at <= now:
        return later("Cette lettre est trop ancienne : son code sert pendant 90 jours.")
    return None


class Sameness(StrEnum):
    """Whether two names are one person's."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded, in order, without « Mme »."""
    return tuple(word for word in fold(name).split() if word not in _TITLES)


def compare_names(one: str, other: str) -> Sameness:
    """Same words in any order: the same name. A usage name or a second first name: doubtful. Else different.

    Two people of one family share a family name, which proves nothing: without a common first word, or one name
    inside the other, they are two people.
    """
    first, second = name_words(one), name_words(other)
    if not first or not second:
        return Sameness.DIFFERENT
    if sorted(first) == sorted(second):
        return Sameness.SAME
    short, long = sorted((frozenset(first), frozenset(second)), key=len)
    inside = len(short) > 1 and short <= long
    return Sameness.DOUBTFUL if inside or first[0] == second[0] else Sameness.DIFFERENT


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Who a record is about: `g` a guardian, `s` a student, `a` an account, and its number."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}{self.id}"


@dataclass(frozen=True, slots=True)
class Person:
    """A guardian or a student of a lycée's file, or an account (which has no school), as the matching sees them.

    `students` are those whose charter this person may sign; `account_id` is the access they already have.
    """

    ref: Ref
    name: str
    email: str | None
    mobile: str | None
    account_id: int | None = None
    school_id: int | None = None
    students: frozenset[int] = frozenset()

    @property
    def contacts(self) -> tuple[str, ...]:
        """Address in lower case and number: what could let them in."""
        return tuple(contact for contact in ((self.email or "").lower(), self.mobile or "") if contact)


Decided = Mapping[str, bool]
"""What lycées have said of pairs: True for one person, False for two; a pair still open is absent."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two sides for the lycée's list; the first is a person of a lycée."""

    kind: DoubtKind
    one: Person
    other: Person


@dataclass(frozen=True, slots=True)
class Access:
    """People who are one: the account they have or None to open one, and the contacts that let them in."""

    people: tuple[Person, ...]
    account_id: int | None
    name: str
    email: str | None
    mobile: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be done without anybody, and what a person must decide."""

    accesses: tuple[Access, ...]
    doubts: tuple[Doubt, ...]


def pair_of(one: Ref, other: Ref | str) -> str:
    """The name of a pair, the same from both sides."""
    return "-".join(sorted((str(one), str(other))))


def same_person(one: Person, other: Person) -> Sameness:
    """Two records that share a contact. A parent and a student are never one; nor are two signatories of a student."""
    if one.account_id is not None and one.account_id == other.account_id:
        return Sameness.SAME
    named = compare_names(one.name, other.name)
    kinds = {one.ref.kind, other.ref.kind}
    if kinds == {"g", "s"}:
        return Sameness.DIFFERENT
    return Sameness.DOUBTFUL if named is Sameness.SAME and one.students & other.students else named


def plan(people: Sequence[Person], *, decided: Decided) -> Plan:
    """Who gets which access. A contact that two names share lets nobody in: both wait for the lycée, and for a letter.

    Never by the contact alone: the names must agree too. What a lycée has decided is followed.
    """
    doubts: list[Doubt] = []
    waiting: set[Ref] = set()
    shared: set[str] = set()
    same = _Groups(people)
    doors = {contact for one in people if one.ref.kind == "a" for contact in one.contacts}
    for contact, holders in _by_contact(people).items():
        first, *others = holders
        for other in others:
            known = decided.get(pair_of(first.ref, other.ref))
            found = same_person(first, other) if known is None else (Sameness.SAME if known else Sameness.DIFFERENT)
            if found is not Sameness.SAME:
                shared.add(contact)
                settled = _each_has_an_access(first, other) and contact not in doors
                if known is None and not settled:
                    doubts += _doubt(first, other, found)
                    waiting |= {first.ref, other.ref}
        if contact not in shared:
            same.unite(holders)
    accesses, more = _accesses(same.groups(), shared=shared, waiting=waiting)
    return Plan(tuple(accesses), _each_once([*doubts, *more]))


def _each_has_an_access(one: Person, other: Person) -> bool:
    """Two people who come in by ways of their own; unless what they share is one of these ways, nothing is uncertain."""
    return one.account_id is not None and other.account_id is not None and one.ref.kind == other.ref.kind == "g"


class _Groups:
    """Sets of people who are one, joined as contacts show it."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = {person.ref: person for person in people}
        self._chief = {ref: ref for ref in self._people}

    def _find(self, ref: Ref) -> Ref:
        while self._chief[ref] != ref:
            ref = self._chief[ref]
        return ref

    def unite(self, people: Sequence[Person]) -> None:
        for person in people[1:]:
            low, high = sorted((self._find(people[0].ref), self._find(person.ref)))
            self._chief[high] = low

    def groups(self) -> list[list[Person]]:
        found: dict[Ref, list[Person]] = {}
        for ref in sorted(self._people):
            found.setdefault(self._find(ref), []).append(self._people[ref])
        return list(found.values())


def _by_contact(people: Sequence[Person]) -> dict[str, list[Person]]:
    """Who has each contact; an account steps back behind a person whose access it is."""
    found: dict[str, list[Person]] = {}
    for person in sorted(people, key=lambda one: (one.ref.kind == "a", one.ref)):
        for contact in person.contacts:
            holders = found.setdefault(contact, [])
            if person.ref.kind != "a" or all(one.account_id != person.ref.id for one in holders):
                holders.append(person)
    return found


def _doubt(one: Person, other: Person, found: Sameness) -> list[Doubt]:
    kind = DoubtKind.SHARED_CONTACT if found is Sameness.DIFFERENT else DoubtKind.SAME_PERSON
    return [Doubt(kind, one, other)] if one.ref.kind != "a" else []


def _accesses(
    groups: Iterable[list[Person]], *, shared: set[str], waiting: set[Ref]
) -> tuple[list[Access], list[Doubt]]:
    accesses, doubts = [], []
    for group in groups:
        new = [one for one in group if one.account_id is None and one.ref not in waiting]
        contacts = [contact for one in group for contact in one.contacts if contact not in shared]
        known = sorted({one.account_id for one in group if one.account_id is not None})
        if not new or not contacts:
            continue
        if len(known) > 1 or _signs_twice(group):
            doubts += [Doubt(DoubtKind.SAME_PERSON, new[0], other) for other in group if other is not new[0]][:1]
            continue
        email = next((contact for contact in contacts if "@" in contact), None)
        mobile = next((contact for contact in contacts if "@" not in contact), None)
        accesses.append(Access(tuple(new), known[0] if known else None, new[0].name, email, mobile))
    return accesses, doubts


def _signs_twice(group: Sequence[Person]) -> bool:
    """Whether one person would then sign twice for a student."""
    students = [student for one in group for student in one.students]
    return len(students) != len(set(students))


def _each_once(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    return tuple({pair_of(doubt.one.ref, doubt.other.ref): doubt for doubt in doubts}.values())
