"""Coming in by a letter: its code and a birth date, in a family's browser; and another way when it no longer serves."""

from dataclasses import dataclass
from datetime import date

from portal.access import queries, rules
from portal.access.events import LetterUsed, LetterWished
from portal.access.models import AccessLetter
from portal.access.queries import matching
from portal.access.reach import everywhere
from portal.access.rules import Person
from portal.access.services.letters import hashed, new_letter
from portal.access.services.linking import Proof, propose, settle, would_sign_twice
from portal.accounts import services as accounts
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.work import emit, use_case


@dataclass(frozen=True, slots=True)
class Entry:
    """What a letter opened: an account, or the sentence that says why not and whether another way may be asked for."""

    account_id: int = 0
    has_email: bool = False
    refusal: str = ""
    may_renew: bool = False


@use_case
def come_in(*, code: str, birth_date: date) -> Entry:
    """Come in by a letter, once. A wrong date counts as a try of that letter; nothing tells what was wrong."""
    with everywhere("a letter is tried"):
        letter = _tried(code, birth_date)
        if letter is None:
            return Entry(refusal=rules.WRONG)
        if refusal := rules.obstacle(letter.facts, now=clock.now()):
            return Entry(refusal=refusal, may_renew=True)
        person = matching.one(guardian_id=letter.guardian_id, student_id=letter.student_id)
        account_id = settle(person, account_id=person.account_id)
        _use(letter, account_id)
        return Entry(account_id=account_id, has_email=queries.account(account_id).email is not None)


def _tried(code: str, birth_date: date) -> AccessLetter | None:
    """The letter of this code, locked, if the date is one of its children's and tries are left.

    Tries are counted whatever became of the letter: a used one must not tell a birth date to whoever found it.
    """
    letter = queries.lock_letter(hashed(code))
    if letter is None or letter.tries >= rules.MOST_TRIES:
        return None
    if birth_date in queries.births(letter):
        return letter
    letter.tries += 1
    if letter.tries == rules.MOST_TRIES and letter.can("spend"):
        letter.move("spend")
    return None


def _use(letter: AccessLetter, account_id: int) -> None:
    letter.move("use")
    letter.used_at = clock.now()
    emit(LetterUsed(school_id=letter.school_id, letter_id=letter.id, account_id=account_id))


@use_case
def ask_another_way(*, code: str, birth_date: date, browser: str) -> str:
    """Another way in for the holder of a letter that no longer serves; returns the id of the page that waits for a code.

    By the address or the mobile of their account, when they have one; without any, the lycée's list says that they
    wish for another letter. The answer, and what is written for it, is the same for a letter that nobody ever had.
    """
    contact = ""
    with everywhere("a letter is tried"):
        letter = _tried(code, birth_date)
        if letter is not None:
            contact = _contact(letter)
    return accounts.ask(contact=contact or f"{hashed(code)}@nobody", browser=browser)


def _contact(letter: AccessLetter) -> str:
    """How their account is reached; else their wish is noted."""
    person = matching.one(guardian_id=letter.guardian_id, student_id=letter.student_id)
    if person.account_id is not None:
        account = queries.account(person.account_id)
        if contact := account.email or account.mobile:
            return contact
    wish(person)
    return ""


def wish(person: Person) -> None:
    """Note that somebody would like a letter: the lycée's list shows it, once."""
    guardian_id, student_id = (person.ref.id, None) if person.ref.kind == "g" else (None, person.ref.id)
    guardians, students = ([guardian_id], []) if guardian_id else ([], [person.ref.id])
    if person.school_id is None or queries.waiting(guardians=guardians, students=students):
        return
    letter = new_letter(school_id=person.school_id, guardian_id=guardian_id, student_id=student_id)
    db.session.add(letter)
    db.session.flush()  # the event names it
    emit(LetterWished(school_id=person.school_id, letter_id=letter.id))


@dataclass(frozen=True, slots=True)
class Joined:
    """What the letter of another lycée did for somebody who has come in: joined, or the lycée's turn, or a refusal."""

    done: bool = False
    asked: bool = False
    refusal: str = ""


TWICE = later(
    "Cette lettre est celle d’une autre personne pour le même élève. Chacune garde son accès et signe pour elle-même."
)


@use_case
def join(*, code: str, birth_date: date, account_id: int) -> Joined:
    """See the children of another lycée too. Same name: at once. Another name, or another access: the lycée decides.

    The letter proves who it was sent to, not that the person who types it is the same one as in the first lycée.
    """
    with everywhere("a letter is tried"):
        letter = _tried(code, birth_date)
        if letter is None:
            return Joined(refusal=rules.WRONG)
        person = matching.one(guardian_id=letter.guardian_id, student_id=letter.student_id)
        if would_sign_twice(person, account_id):
            return Joined(refusal=TWICE)
        refusal = rules.obstacle(letter.facts, now=clock.now())
        if refusal and person.account_id in {None, account_id}:
            return Joined(refusal=refusal)
        return _proposed(letter, account_id, fresh=not refusal)


def _proposed(letter: AccessLetter, account_id: int, *, fresh: bool) -> Joined:
    proof = Proof.LETTER if fresh else Proof.NAME
    proposal = propose(
        name=queries.account(account_id).name,
        proof=proof,
        account_id=account_id,
        guardian_id=letter.guardian_id,
        student_id=letter.student_id,
    )
    if proposal.doubt:
        return Joined(asked=True)
    _use(letter, account_id)
    return Joined(done=True)
