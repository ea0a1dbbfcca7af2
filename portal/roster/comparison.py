"""What a file would change, said record by record as it is read. Nothing here touches the database.

A record is compared with what the school knows under the same key of the same source. What depends on the whole file
(who is absent, links that came before their people, keys that changed) waits for `end`. The order of the records, and so
of the files, changes nothing. What must be remembered of the file and of the school is on shelves outside memory.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from portal.kernel.values.folding import fold
from portal.kernel.words import later
from portal.roster import values
from portal.roster.known import BETWEEN, Known, KnownRoster, pair_key
from portal.roster.reading.records import (
    Finding,
    GuardianRecord,
    Header,
    LinkRecord,
    Place,
    Record,
    Source,
    StudentRecord,
)
from portal.roster.scratch import Heap, Shelf
from portal.roster.states import Kind, Verdict

STUDENT_FIELDS: Final = (
    "family_name", "given_name", "usage_name", "birth_date", "ine", "class_name", "level", "email", "mobile", "left_on",
)  # fmt: skip
GUARDIAN_FIELDS: Final = ("name", "email", "mobile", "address", "abroad")
LINK_FIELDS: Final = ("kinship", "may_sign", "ends_on")

SILENT: Final = {
    Source.SIECLE: frozenset({"ine", "level", "address", "may_sign"}),
    Source.ONEROSTER: frozenset({"ine", "level", "address", "may_sign", "left_on", "class_name"}),
    Source.TABLE: frozenset(
        {"ine", "level", "address", "may_sign", "usage_name", "email", "mobile", "left_on", "class_name"}
    ),
}
"""What a source may say nothing about: its silence erases nothing. Levels come from another file, addresses too."""

SAYS_NOTHING: Final = (None, values.UNASSIGNED)

Line = dict[str, Any]


def differences(
    known: Known, given: Mapping[str, Any], *, silent: frozenset[str]
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """What would change, field → [before, after], and what is protected and so kept."""
    changes: dict[str, list[Any]] = {}
    kept: dict[str, list[Any]] = {}
    for name, new in given.items():
        old = known.values[name]
        if old == new or (new in SAYS_NOTHING and name in silent):
            continue
        (kept if name in known.protected else changes)[name] = [old, new]
    if known.absent:
        changes |= {"absent_since": [known.values["absent_since"], None]}
        changes |= {"absent_import": [known.values["absent_import"], None]}
    return changes, kept


class Comparison:
    """One file against one school."""

    def __init__(self, known: KnownRoster, *, header: Header, kinds: frozenset[type], today: date) -> None:
        self.known, self.kinds, self.today = known, kinds, today
        self.silent = SILENT[header.source]
        self.counts = {kind: Counter[str]() for kind in (Kind.STUDENT, Kind.GUARDIAN, Kind.LINK)}
        self.moved = 0
        self.overruled: list[tuple[Kind, str]] = []
        shelf = known.scratch.shelf
        self._seen: dict[Kind, Shelf[list[Any]]] = {kind: shelf() for kind in self.counts}
        """Of each record its digest, the value of its verdict, and its label."""

        self._unknown: dict[Kind, Shelf[Line]] = {kind: shelf() for kind in (Kind.STUDENT, Kind.GUARDIAN)}
        self._early: Shelf[list[Any]] = shelf()
        self._postponed = 0
        self._linked: Shelf[int] = shelf()
        self._left_out: dict[Kind, Shelf[int]] = {kind: shelf() for kind in self.counts}

    def take(self, record: Record) -> Iterator[Line]:
        """The lines that this record adds to the import at once."""
        if isinstance(record, Finding):
            kind = _about(record)
            if record.key:
                self._left_out[kind][record.key] = 1
            self.counts[kind][record.severity.value] += 1
            yield _finding(record)
        elif isinstance(record, LinkRecord):
            yield from self._link(record)
        else:
            yield from self._person(record)

    @property
    def waits(self) -> bool:
        """Whether records were taken that only the end can judge."""
        return bool(self._early) or any(map(bool, self._unknown.values()))

    def end(self) -> Iterator[Line]:
        """What could only be said after the last record."""
        yield from self._matches()
        for student, guardian, kinship, may_sign, file, line in self._early.values():
            place, people = Place(file, line), {"student": student, "guardian": guardian}
            yield from self._link(LinkRecord(**people, kinship=kinship, may_sign=may_sign, place=place), last=True)
        yield from self._absents()

    def lonely(self) -> Iterator[str]:
        """Guardians that nobody knew and who answer for nobody of the school: parents of those who left."""
        for key, (_, verdict, _) in self._seen[Kind.GUARDIAN].items() if LinkRecord in self.kinds else ():
            if verdict == Verdict.NEW and key not in self._linked:
                self.counts[Kind.GUARDIAN][Verdict.NEW.value] -= 1
                self.counts[Kind.GUARDIAN][Verdict.LEFT.value] += 1
                yield key

    def _person(self, record: StudentRecord | GuardianRecord) -> Iterator[Line]:
        if isinstance(record, StudentRecord):
            kind, given, known = Kind.STUDENT, values.of_student(record), self.known.students.get(record.source_id)
        else:
            kind, given, known = Kind.GUARDIAN, values.of_guardian(record), self.known.guardians.get(record.source_id)
        label, detail = _label(kind, given), given.get("class_name") or ""
        if wrong := values.too_long(given, record.source_id):
            self._left_out[kind][record.source_id] = 1
            yield from self._refused(kind, label, wrong, record.place)
            return
        again = yield from self._again(kind, record.source_id, given, label, record.place)
        if again:
            return
        line = _line(kind, record.source_id, label, detail, record.place)
        line |= self._judged(kind, known, given)
        self._seen[kind][record.source_id] = [_digest(given), line["verdict"].value, label]
        if line["verdict"] is Verdict.NEW and self.known.like(kind, given):
            self._unknown[kind][record.source_id] = line | {"kind": "", "verdict": ""}
            return
        yield self._counted(line)

    def _judged(self, kind: Kind, known: Known | None, given: dict[str, Any]) -> Line:
        """The verdict on a record, with what it would change."""
        gone = kind is Kind.STUDENT and given["left_on"] is not None and given["left_on"] <= self.today.isoformat()
        if known is None:
            return {"verdict": Verdict.LEFT} if gone else {"verdict": Verdict.NEW, "given": given}
        changes, kept = differences(known, given, silent=self.silent)
        verdict = Verdict.CHANGED if changes else Verdict.UNCHANGED
        if changes and gone and "left_on" in changes:
            verdict = Verdict.LEFT
        return {"verdict": verdict, "target_id": known.id, "changes": changes or None, "kept": kept or None}

    def _again(
        self, kind: Kind, key: str, given: dict[str, Any], label: str, place: Place
    ) -> Generator[Line, None, bool]:
        """A key met twice. The same answers are one record; of two that differ one is kept, whatever their order."""
        before = self._seen[kind].get(key)
        if before is None:
            return False
        digest = _digest(given)
        if digest == before[0]:
            return True
        self.counts[kind][Verdict.WARNING.value] += 1
        yield _said(Verdict.WARNING, label, key, place, later(
            "Cette fiche est deux fois dans le fichier, avec des réponses différentes. Une seule est retenue : vérifiez-la."
        ))  # fmt: skip
        if digest > before[0]:
            return True
        if kind is Kind.LINK or not self._unknown[kind].discard(key):
            self.overruled.append((kind, key))
            self.counts[kind][str(before[1])] -= 1
        return False

    def _refused(self, kind: Kind, label: str, name: str, place: Place) -> Iterator[Line]:
        self.counts[kind][Verdict.ERROR.value] += 1
        sentence = later("Ce texte est trop long ou contient un signe illisible. Corrigez-le dans votre logiciel.")
        yield _said(Verdict.ERROR, label, str.__str__(values.LABELS.get(name, name)), place, sentence)

    def _link(self, record: LinkRecord, *, last: bool = False) -> Iterator[Line]:
        student, guardian = record.student, record.guardian
        known_student = student in self._seen[Kind.STUDENT] or student in self.known.students
        known_guardian = guardian in self._seen[Kind.GUARDIAN] or guardian in self.known.guardians
        if not last and not (known_student and known_guardian):
            self._postponed += 1
            place = record.place.file, record.place.line
            self._early[f"{self._postponed:09}"] = [student, guardian, record.kinship, record.may_sign, *place]
            return
        label = f"{self._name(Kind.GUARDIAN, guardian)} → {self._name(Kind.STUDENT, student)}"
        if not (known_student and known_guardian):
            self.counts[Kind.LINK][Verdict.ERROR.value] += 1
            missing = later("L’élève de ce lien n’est pas dans le fichier.") if not known_student else later(
                "Le responsable de ce lien n’est pas dans le fichier."
            )  # fmt: skip
            yield _said(Verdict.ERROR, label, f"{student} – {guardian}", record.place, missing)
            return
        yield from self._known_link(record, label)

    def _known_link(self, record: LinkRecord, label: str) -> Iterator[Line]:
        key, given = pair_key(record.student, record.guardian), values.of_link(record)
        if wrong := values.too_long(given, ""):
            yield from self._refused(Kind.LINK, label, wrong, record.place)
            return
        again = yield from self._again(Kind.LINK, key, given, label, record.place)
        if again:
            return
        seen = self._seen[Kind.STUDENT].get(record.student)
        known = self.known.links.get(key)
        gone = seen is not None and seen[1] == Verdict.LEFT
        line = _line(Kind.LINK, key, label, record.kinship, record.place) | self._judged(Kind.LINK, known, given)
        self._seen[Kind.LINK][key] = [_digest(given), line["verdict"].value, ""]
        if gone and known is None:
            return  # a student who has left, and whom nobody knew, brings nobody
        self._linked[record.guardian] = 1
        yield self._counted(line)

    def _name(self, kind: Kind, key: str) -> str:
        if seen := self._seen[kind].get(key):
            return str(seen[2])
        known = self.known.of(kind).get(key)
        return known.label if known else key

    def _matches(self) -> Iterator[Line]:
        """Unknown keys that may be somebody known whose own key is gone: proposed when there is one of each."""
        for kind, unknown in self._unknown.items():
            wanted = Heap(self.known.scratch)
            for key, line in unknown.items():
                for number in self._away(kind, line["given"]):
                    wanted.add(str(number), key)
            for key, line in unknown.items():
                line |= {"kind": kind, "verdict": Verdict.NEW}
                found = self._away(kind, line["given"])
                if len(found) == 1 and len(wanted.of(str(found[0]), most=2)) == 1:
                    self._propose(kind, key, line, found[0])
                yield self._counted(line)

    def _away(self, kind: Kind, given: Mapping[str, Any]) -> list[int]:
        """Who may be this person under a key that the file does not hold."""
        keys = {number: self.known.of(kind).key_of(number) for number in self.known.like(kind, given)}
        return [number for number, key in keys.items() if key is None or key not in self._seen[kind]]

    def _propose(self, kind: Kind, key: str, line: Line, target: int) -> None:
        known = self.known.of(kind).by_id(target)
        changes, kept = differences(known, line["given"], silent=self.silent)
        line |= {"verdict": Verdict.MATCH, "match_id": target, "changes": changes or None, "kept": kept or None}
        self._seen[kind][key] = [0, Verdict.MATCH.value, line["label"]]
        known.absent = True  # awaited: whoever decides says whether they are absent
        self.known.of(kind).put(known)

    def _absents(self) -> Iterator[Line]:
        """Who and what the file no longer holds; whoever an error left out is in the file, with all their links."""
        end = self.today.isoformat()
        for kind, record in ((Kind.STUDENT, StudentRecord), (Kind.GUARDIAN, GuardianRecord)):
            for key, known in self.known.of(kind).rows() if record in self.kinds else ():
                left = known.values.get("left_on")
                if not self._is_met(kind, key) and not known.absent and not (left and left <= end):
                    line = _line(kind, key, known.label, known.detail, Place("", 0))
                    yield self._counted(line | {"verdict": Verdict.ABSENT, "target_id": known.id})
        for key, link in self.known.links.rows() if LinkRecord in self.kinds else ():
            ends, (student, _, guardian) = link.values["ends_on"], key.partition(BETWEEN)
            held = key in self._seen[Kind.LINK] or guardian in self._left_out[Kind.GUARDIAN]
            if not held and (ends is None or ends > end) and self._is_here(student):
                line = _line(Kind.LINK, key, link.label, link.detail, Place("", 0))
                yield self._counted(line | {"verdict": Verdict.ABSENT, "target_id": link.id})

    def _is_met(self, kind: Kind, key: str) -> bool:
        """Whether the file names somebody, even in a line that could not be read."""
        return key in self._seen[kind] or key in self._left_out[kind]

    def _is_here(self, student: str) -> bool:
        """Whether the file still holds the student: of one who is absent, nothing more is known, and nothing closes."""
        if StudentRecord in self.kinds:
            seen = self._seen[Kind.STUDENT].get(student)
            return seen is not None and seen[1] != Verdict.LEFT
        known = self.known.students.get(student)
        return known is not None and not known.absent

    def _counted(self, line: Line) -> Line:
        self.counts[line["kind"]][line["verdict"].value] += 1
        self.counts[line["kind"]]["kept"] += bool(line.get("kept"))
        self.moved += line["kind"] is Kind.STUDENT and "class_name" in (line.get("changes") or ())
        return line


def _line(kind: Kind, key: str, label: str, detail: str, place: Place) -> Line:
    """A line with every column, so that many are written by one statement."""
    return {
        "kind": kind, "verdict": Verdict.NEW, "record_key": key[:90], "label": label[:200], "detail": detail[:200],
        "target_id": None, "match_id": None, "accepted": None, "given": None, "changes": None, "kept": None,
        "file": place.file[:120], "line": place.line,
    }  # fmt: skip


def _said(verdict: Verdict, subject: str, value: str, place: Place, sentence: str) -> Line:
    line = _line(Kind.FINDING, value, subject, "", place)
    return line | {"verdict": verdict, "given": {"field": "", "value": value[:200], "sentence": sentence[:]}}


def _finding(record: Finding) -> Line:
    line = _line(Kind.FINDING, record.value, record.subject, record.field, record.place)
    told = {"field": record.field, "value": record.value[:200], "sentence": record.sentence[:]}
    return line | {"verdict": Verdict(record.severity.value), "given": told}


_KINDS: Final[Mapping[type | None, Kind]] = {
    StudentRecord: Kind.STUDENT, GuardianRecord: Kind.GUARDIAN, LinkRecord: Kind.LINK,
}  # fmt: skip


def _about(record: Finding) -> Kind:
    """Which count a sentence of the report goes to."""
    if record.about in _KINDS:
        return _KINDS[record.about]
    subject = fold(record.subject)
    if subject.startswith("LIEN"):
        return Kind.LINK
    return Kind.GUARDIAN if subject.startswith("RESPONSABLE") else Kind.STUDENT


def _label(kind: Kind, given: Mapping[str, Any]) -> str:
    if kind is Kind.GUARDIAN:
        return str(given["name"])
    return f"{given['given_name']} {given['usage_name'] or given['family_name']}"


def _digest(given: Mapping[str, Any]) -> int:
    """Sixty-four bits of the values: enough to tell two records of one key apart, and to keep one of them."""
    text = repr(list(given.values()))  # in the order of the fields, which is always the same
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
