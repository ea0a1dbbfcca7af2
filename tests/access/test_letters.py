"""Letters are asked, printed by the worker, replaced, forgotten; two tabs make one batch."""

from datetime import timedelta

import pytest

from portal.access import handlers, services
from portal.access.events import LettersAsked
from portal.access.models import AccessLetter
from portal.access.queries import person
from portal.access.queries.people import Audience
from portal.access.services import letters
from portal.access.services.letters import NobodyToWriteTo, OlderLetters, hashed
from portal.access.states import LetterState
from portal.kernel import clock as time
from portal.platform import files, scope
from portal.platform.jobs import Job, JobState
from portal.roster.models import Student
from tests import factories as make
from tests.documents.paper import pictures, scanned


@pytest.fixture
def school(db):
    return make.school()


def parent(school, name, *, class_name="2de 4", email=None, **values):
    child = make.student(school, class_name=class_name, **values)
    guardian = make.guardian(school, name=name, email=email, mobile=None)
    make.guardianship(child, guardian)
    return guardian


def ask(school, audience=Audience.WITHOUT_CONTACT, **values):
    with scope.schools(school.id):
        return letters.ask(school_id=school.id, audience=audience, **values)


def work(public_id):
    """What the worker does."""
    (job,) = make.every(Job, public_id=public_id)
    with scope.every_school(reason="worker"):
        handlers.print_letters(LettersAsked(school_id=job.school_id, job_id=job.id, letters=1), "key")
    return make.fresh(job)


def live():
    return make.every(AccessLetter, state=LetterState.LIVE)


def test_only_those_whom_nothing_reaches_get_a_letter_unless_told(school):
    silent = parent(school, "Sophie Marchal")
    parent(school, "Nadia Benali", email="n@example.org")
    job = work(ask(school))
    assert (job.state, job.done, job.total) == (JobState.DONE, 1, 1)
    (letter,) = live()
    assert (letter.guardian_id, letter.tries) == (silent.id, 0)
    assert letter.expires_at == time.now() + timedelta(days=90)
    assert files.read(job.file_key).startswith(b"%PDF")


def test_those_in_doubt_get_a_letter_until_somebody_decides(school):
    child = make.student(school)
    for name in ("Nadia Benali", "Karim Benali"):
        make.guardianship(child, make.guardian(school, name=name, email="famille@example.org", mobile=None))
    services.link_school(school.id)
    work(ask(school))
    assert len(live()) == 2


def test_everybody_means_each_guardian_once_and_adults_themselves(school):
    mother = parent(school, "Nadia Benali", email="n@example.org")
    make.guardianship(make.student(school), mother)
    adult = make.adult_student(school)
    make.guardianship(adult, make.guardian(school))
    work(ask(school, Audience.ALL))
    assert {(row.guardian_id, row.student_id) for row in live()} == {(mother.id, None), (None, adult.id)}


def test_one_class_only(school):
    wanted = parent(school, "Sophie Marchal", class_name="1re A")
    parent(school, "Paule Joly", class_name="2de B")
    work(ask(school, class_name="1re A"))
    assert [row.guardian_id for row in live()] == [wanted.id]


def test_each_of_thirty_letters_opens_its_own_door_and_no_other(school):
    """One page each; the square, as a telephone reads it from the paper, holds the code of that person alone."""
    for number in range(30):
        parent(school, f"Sophie Marchal {number}", class_name=f"2de {number % 3}")
    job = work(ask(school))
    squares = [scanned(page)["QR Code"] for page in pictures(files.read(job.file_key), dpi=120)]
    codes = [square.partition("/acces#")[2] for square in squares]
    assert len(codes) == 30
    assert {hashed(code) for code in codes} == {letter.code_hash for letter in live()}
    (letter,) = make.every(AccessLetter, code_hash=hashed(codes[17]))
    born = make.every(Student)[0].birth_date
    entry = services.door.come_in(code=codes[17], birth_date=born)
    with scope.every_school(reason="tests"):
        assert person(guardian_id=letter.guardian_id, student_id=None).account_id == entry.account_id
    assert services.door.come_in(code=codes[17], birth_date=born).refusal


def test_nobody_is_a_sentence_and_no_job(school):
    with pytest.raises(NobodyToWriteTo):
        ask(school, class_name="1re Z")
    assert make.every(Job) == []


def test_the_old_code_works_until_the_new_letter_is_printed_and_not_after(school):
    guardian = parent(school, "Sophie Marchal")
    born = make.every(Student)[0].birth_date
    old = make.letter(guardian)
    with pytest.raises(OlderLetters):
        ask(school)
    public_id = ask(school, replace=True)
    assert make.fresh(old).state is LetterState.LIVE
    work(public_id)
    assert make.fresh(old).state is LetterState.REPLACED
    assert "plus récente" in services.door.come_in(code="ABCDEFGHJKLM", birth_date=born).refusal
    assert len(live()) == 1


def test_the_wish_of_a_family_becomes_its_letter(school):
    guardian = parent(school, "Sophie Marchal")
    wish = make.letter(guardian, state=LetterState.ASKED, code_hash=None, printed_at=None, expires_at=None)
    work(ask(school, Audience.WISH))
    assert [row.id for row in live()] == [wish.id]


def test_the_same_asked_twice_is_one_batch(school, together):
    parent(school, "Sophie Marchal")
    assert len(set(together(lambda: ask(school)))) == 1
    assert len(make.every(AccessLetter)) == 1


def test_printed_again_after_a_crash_only_the_last_codes_work(school, monkeypatch):
    parent(school, "Sophie Marchal")
    public_id = ask(school)
    (job,) = make.every(Job)
    with scope.every_school(reason="worker"):
        lost = letters.start(job.id)
    work(public_id)
    (letter,) = live()
    assert letter.code_hash not in {hashed(code) for code in lost.codes.values()}


def test_a_batch_taken_over_by_another_is_told_in_words(school):
    guardian = parent(school, "Sophie Marchal", class_name="1re A")
    first = ask(school)
    second = ask(school, Audience.ALL, class_name="1re A")
    assert first == second  # the same people: the same batch
    parent(school, "Paule Joly")
    third = ask(school, Audience.ALL)
    assert "Plus personne" in work(first).sentence
    work(third)
    assert guardian.id in {row.guardian_id for row in live()}


def test_the_number_of_statements_does_not_grow_with_the_letters(school, count_statements):
    counts = []
    for name in ("1re A", "1re B"):
        for _ in range(3 if name == "1re A" else 9):
            parent(school, "Sophie Marchal", class_name=name)
        with count_statements() as sql:
            ask(school, class_name=name)
        counts.append(sql.count)
    assert counts[0] == counts[1] <= 9


def test_the_file_is_gone_after_a_week_and_its_page_with_it(school, clock):
    parent(school, "Sophie Marchal")
    job = work(ask(school))
    clock.forward(days=6, hours=23)
    assert letters.forget_files() == 0
    clock.forward(hours=2)
    assert letters.forget_files() == 1
    with pytest.raises(FileNotFoundError):
        files.read(job.file_key)
    assert make.every(Job) == []
    assert [row.job_id for row in live()] == [None]
    assert "LettersForgotten" in make.trail()
    assert letters.forget_files() == 0


def test_letters_past_their_time_are_forgotten_with_their_hash(school, clock):
    make.letter(parent(school, "Sophie Marchal"))
    clock.forward(days=96)
    assert letters.forget_letters() == 0
    clock.forward(days=2)
    assert letters.forget_letters() == 1
    assert make.every(AccessLetter) == []


def test_codes_are_in_no_event_no_log_and_no_row(school, caplog, capfd):
    parent(school, "Sophie Marchal")
    public_id = ask(school)
    drawn = []
    start = letters.start
    letters.start = lambda job_id: drawn.append(start(job_id)) or drawn[-1]
    try:
        work(public_id)
    finally:
        letters.start = start
    (code,) = drawn[0].codes.values()
    told = str([line.payload for line in make.every(__import__("portal.platform.audit", fromlist=["x"]).AuditLine)])
    assert code not in told + caplog.text + "".join(capfd.readouterr())
    assert code not in str([vars(row) for row in live()])
