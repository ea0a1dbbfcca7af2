"""Letters: asked in a page or by a family, printed by the worker, which alone ever sees the codes."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import insert

from portal.access import queries, rules
from portal.access.events import LettersAsked, LettersForgotten, LettersPrinted
from portal.access.models import AccessLetter
from portal.access.queries import people
from portal.access.queries.people import Audience, Recipient
from portal.access.reach import everywhere
from portal.access.states import LETTER, LetterState
from portal.accounts.keyed import keyed_hash
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform import files, jobs, scope
from portal.platform.jobs import Job, JobState
from portal.platform.work import emit, use_case
from portal.schools import services as schools

TITLE = "Lettres d’accès des familles"


class NobodyToWriteTo(DomainError):
    """The choice names nobody."""

    message = later("Personne ne correspond à ce choix. Choisissez une autre classe ou d’autres personnes.")


class OlderLetters(DomainError):
    """Some of these people hold a letter that would stop working: a person must say so."""

    message = later("Cochez la case : les anciennes lettres de ces familles ne serviront plus.")


def hashed(code: str) -> str:
    """What the database keeps of a code."""
    return keyed_hash("access-letter", code)


@use_case
def ask(*, school_id: int, audience: Audience, class_name: str = "", person: str = "", replace: bool = False) -> str:
    """Have letters printed for these people, one each; returns the id of the work's page.

    :param replace: somebody has agreed that older letters stop working; needed when there are some.
    """
    schools.lock(school_id)
    chosen = people.recipients(audience, class_name=class_name, person=person)
    if not chosen:
        raise NobodyToWriteTo
    if not replace and any(one.has_live for one in chosen):
        raise OlderLetters
    kind = _kind(chosen)
    job = jobs.same(kind)
    if job is None:
        job = jobs.open_job(kind, title=TITLE, total=len(chosen), school_id=school_id)
        _prepare(chosen, job)
        emit(LettersAsked(school_id=school_id, job_id=job.id, letters=len(chosen)))
    return job.public_id


@use_case
def ask_for(*, school_id: int, people_of: Collection[tuple[int | None, int | None]]) -> str | None:
    """Have letters printed for these people, each named by their number as a guardian or as an adult student.

    Those who already hold a letter that works keep it. Returns the id of the work's page; None when nobody is left.
    """
    schools.lock(school_id)
    everybody = people.recipients(Audience.ALL, class_name="", person="")
    chosen = [one for one in everybody if (one.guardian_id, one.student_id) in people_of and not one.has_live]
    if not chosen:
        return None
    job = jobs.same(_kind(chosen))
    if job is None:
        job = jobs.open_job(_kind(chosen), title=TITLE, total=len(chosen), school_id=school_id)
        _prepare(chosen, job)
        emit(LettersAsked(school_id=school_id, job_id=job.id, letters=len(chosen)))
    return job.public_id


def _kind(chosen: Sequence[Recipient]) -> str:
    keys = sorted((one.guardian_id or 0, one.student_id or 0) for one in chosen)
    return f"{queries.KIND}{sha256(repr(keys).encode()).hexdigest()[:16]}"


def _prepare(chosen: Sequence[Recipient], job: Job) -> None:
    """One letter each: the one that the family asked for or that another batch has not printed yet, or a new one."""
    guardians = [one.guardian_id for one in chosen if one.guardian_id is not None]
    students = [one.student_id for one in chosen if one.student_id is not None]
    known = {
        (letter.guardian_id, letter.student_id): letter
        for letter in queries.waiting(guardians=guardians, students=students)
    }
    for letter in known.values():
        letter.move("print")
        letter.job_id = job.id
    new = [
        {
            "school_id": job.school_id,
            "guardian_id": one.guardian_id,
            "student_id": one.student_id,
            "job_id": job.id,
            "state": LetterState.PRINTING,
            "asked_at": clock.now(),
            "tries": 0,
        }
        for one in chosen
        if (one.guardian_id, one.student_id) not in known
    ]
    if new:
        db.session.execute(insert(AccessLetter), new)


def new_letter(*, school_id: int, guardian_id: int | None, student_id: int | None) -> AccessLetter:
    """A letter that somebody wishes for, not on paper yet."""
    return AccessLetter(
        school_id=school_id,
        guardian_id=guardian_id,
        student_id=student_id,
        asked_at=clock.now(),
        state=LETTER.initial,
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """What the worker prints: who, the code of each letter (by its number) and the last day it opens the door."""

    school_id: int
    addressees: Sequence[queries.Addressee]
    codes: Mapping[int, str]
    expires_at: datetime


@use_case
def start(job_id: int) -> Batch | None:
    """The worker begins, or begins again after a crash, with new codes; None when the file is already there."""
    job = jobs.lock(job_id)
    if job.state is JobState.DONE:
        return None
    job.move("start")
    job.done, job.sentence = 0, None
    addressees = queries.to_print(job_id)
    codes = {one.letter_id: rules.new_code(secrets) for one in addressees}
    return Batch(job.school_id, addressees, codes, clock.now() + rules.VALIDITY)


@use_case
def note_printed(job_id: int, *, file_key: str, batch: Batch) -> None:
    """The PDF is kept: from now on its codes work, and those of older letters no longer do. All, or nothing."""
    job, now = jobs.lock(job_id), clock.now()
    new = [letter for letter in queries.printing(job_id) if letter.id in batch.codes]
    _replace_older(new)
    for letter in new:
        letter.move("issue")
        letter.code_hash, letter.tries = hashed(batch.codes[letter.id]), 0
        letter.printed_at, letter.expires_at = now, batch.expires_at
    job.file_key, job.done = file_key, job.total
    job.move("finish")
    emit(LettersPrinted(school_id=job.school_id, job_id=job_id, letters=len(new)))


def _replace_older(new: Sequence[AccessLetter]) -> None:
    guardians = [letter.guardian_id for letter in new if letter.guardian_id is not None]
    students = [letter.student_id for letter in new if letter.student_id is not None]
    for older in queries.live(guardians=guardians, students=students):
        older.move("replace")
    db.session.flush()  # one live letter at most: the old ones first


def held_by(code: str, *, guardian_id: int | None, student_id: int | None) -> AccessLetter | None:
    """The letter of this code, if it was sent to this very person and neither replaced nor past its time.

    Whether it has opened the door already does not matter here: it shows that somebody holds the paper. Inside a use-case.
    """
    with everywhere("a letter is shown again"):
        letter = queries.lock_letter(hashed(code))
    if letter is None or (letter.guardian_id, letter.student_id) != (guardian_id, student_id):
        return None
    fresh = letter.expires_at is not None and letter.expires_at > clock.now()
    return letter if fresh and letter.state in {LetterState.LIVE, LetterState.USED} else None


def forget_files() -> int:
    """Delete the PDFs of a week ago, which hold codes, and their jobs; a scheduled work. Returns how many."""
    with scope.every_school(reason="files of letters"):
        old = [(job.id, job.file_key) for job in queries.old_jobs()]
        for job_id, file_key in old:
            if file_key:
                with suppress(FileNotFoundError):  # the last attempt was cut short here
                    files.forget(file_key)
            _forget_job(job_id)
    return len(old)


@use_case
def _forget_job(job_id: int) -> None:
    job = jobs.lock(job_id)
    db.session.delete(job)
    emit(LettersForgotten(school_id=job.school_id, job_id=job_id))


@use_case
def forget_letters() -> int:
    """Delete the letters past their ninety days, with the hash of their code; a scheduled work. Returns how many.

    Until then a letter that has served still tells its holder so, and lets them ask for another way in.
    """
    with everywhere("letters past their time"):
        over = queries.past(clock.now())
        for letter in over:
            db.session.delete(letter)
    return len(over)
