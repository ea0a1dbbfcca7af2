"""The timeline and the task list, from plain values: one step at a time, short sentences, a date for whoever must act."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.loans import checklist, thread
from portal.loans.checklist import Links
from portal.loans.rules import Calendar
from portal.loans.states import Arrival, CharterGate, Delivery, LoanState
from portal.loans.story import Story

S, G = LoanState, CharterGate
SENT = datetime(2026, 9, 8, 10, tzinfo=UTC)
REASON = "Il n’y a plus d’ordinateur pour cette classe"
SENTENCE_END = re.compile(r"(?<=[.!?…»:])\s+")
ORDER = [S.SUBMITTED, S.APPROVED, S.PREPARING, S.IN_TRANSIT, S.LENT]
REACHED = {S.AWAITING_PICKUP: 2, S.RETURNING: 4, S.CLOSED: 4, S.KEPT: 4, S.WRITTEN_OFF: 4}
ENDED = {S.REFUSED, S.WITHDRAWN, S.CLOSED, S.KEPT, S.WRITTEN_OFF}


def story(state, charter=G.SIGNED, delivery=Delivery.HOME, **values):
    """A loan that went straight to this state, one day a step."""
    far = REACHED.get(state, ORDER.index(state) if state in ORDER else 0)
    days = [SENT.replace(day=SENT.day + rank) for rank in range(5)]
    usual = {
        "submitted_at": None if state is S.DRAFT else days[0],
        "charter_signed_at": days[0] if charter is G.SIGNED else None,
        "decided_at": days[1] if far >= 1 or state in {S.REFUSED, S.WAITLISTED} else None,
        "prepared_at": days[2] if far >= 2 else None,
        "sent_at": days[3] if far >= 3 and delivery is Delivery.HOME else None,
        "received_at": days[4] if far >= 4 else None,
        "ended_at": days[4] if state in ENDED else None,
        "reason": REASON if state is S.REFUSED else None,
        "ends_on": date(2027, 7, 6),
        "today": date(2026, 9, 9),
        "pickup_place": "Bureau de la gestion, bâtiment A",
    }
    return Story(state=state, charter=charter, delivery=delivery, **{**usual, **values})


def steps(*args, **values):
    return thread.steps(story(*args, **values))


def current(*args, **values):
    (step,) = [step for step in steps(*args, **values) if step.state in {"current", "problem"}]
    return step


def test_a_parcel_that_the_carrier_has_put_down_waits_for_the_family():
    assert (current(S.IN_TRANSIT).who, current(S.IN_TRANSIT).by) != ("C’est à vous", "")
    for arrival in Arrival:
        waits = current(S.IN_TRANSIT, arrival=arrival)
        assert (waits.who, waits.by) == ("C’est à vous", "")
        assert checklist.word(story(S.IN_TRANSIT, arrival=arrival)).tone == "waiting"


def test_a_device_lent_for_a_while_is_to_give_back_from_the_list_of_files_on():
    for due_on, tone, by in (
        (date(2026, 9, 20), "waiting", "au plus tard le"),
        (date(2026, 9, 8), "problem", "attendu depuis le"),
    ):
        told = story(S.LENT, due_on=due_on)
        task = checklist.tasks(told, Links(show="/x"))[-1]
        assert (checklist.word(told).label, task.title, task.tone) == ("À rendre", "À rendre au lycée", tone)
        assert task.hint.startswith(by)


EVERY = [state for state in S if state is not S.DRAFT]
WAYS = [(charter, delivery) for charter in G for delivery in Delivery]


@pytest.mark.parametrize("state", EVERY)
def test_at_most_one_step_is_current_and_nothing_is_done_after_it(state):
    for way in WAYS:
        found = [step.state for step in steps(state, *way)]
        assert found[0] == "done", way
        assert found.count("current") <= 1, way
        if "current" in found and "problem" not in found:
            assert "current" not in found[found.index("current") + 1 :], way


@pytest.mark.parametrize("state", EVERY)
def test_the_lycee_reads_the_same_steps_without_the_familys_words(state):
    for way in WAYS:
        family, staff = steps(state, *way), steps(state, *way, signs=False, to_staff=True)
        assert [(step.state, step.when) for step in staff] == [(step.state, step.when) for step in family], way
        words = " ".join(f"{step.title} {step.text} {step.who}" for step in staff).lower()
        assert not re.search(r"\b(vous|votre|vos|nous)\b", words), words


@pytest.mark.parametrize("voice", [{"signs": True}, {"signs": False}, {"signs": False, "to_staff": True}])
@pytest.mark.parametrize("state", EVERY)
def test_no_sentence_is_longer_than_fifteen_words(state, voice):
    for way in WAYS:
        for step in steps(state, *way, **voice):
            for sentence in SENTENCE_END.split(step.text):
                assert len(sentence.split()) <= 15, sentence


@pytest.mark.parametrize("state", EVERY)
def test_every_task_has_a_word(state):
    for way in WAYS:
        told = story(state, *way)
        tasks = checklist.tasks(told, Links(show="/x", charter="/y"))
        assert [task.title for task in tasks] == ["Demande", "Charte", "Validation du lycée", "Préparation", "Remise"]
        assert all(task.status for task in tasks), way
        assert checklist.word(told).label, way


@pytest.mark.parametrize(
    ("state", "delivery", "title", "who", "by"),
    [
        (S.SUBMITTED, Delivery.HOME, "Réponse du lycée", "Le lycée", "mardi 15 septembre 2026"),
        (S.APPROVED, Delivery.HOME, "Préparation de l’ordinateur", "Le lycée", "mercredi 16 septembre 2026"),
        (S.PREPARING, Delivery.HOME, "Départ du colis", "Le lycée", "lundi 14 septembre 2026"),
        (S.PREPARING, Delivery.SCHOOL, "Retrait au lycée", "Le lycée", "lundi 14 septembre 2026"),
        (S.IN_TRANSIT, Delivery.HOME, "Colis en route", "La Poste", "vendredi 18 septembre 2026"),
        (S.AWAITING_PICKUP, Delivery.SCHOOL, "À retirer au lycée", "C’est à vous", "vendredi 25 septembre 2026"),
    ],
)
def test_each_wait_has_a_name_and_a_day(state, delivery, title, who, by):
    step = current(state, delivery=delivery)
    assert (step.title, step.who, step.by) == (title, who, f"au plus tard le {by}")


def test_the_school_answers_within_its_own_working_days():
    easter = datetime(2027, 3, 24, 10, tzinfo=UTC)
    alsace = current(S.SUBMITTED, submitted_at=easter, calendar=Calendar.of("67000"), today=date(2027, 3, 24))
    elsewhere = current(S.SUBMITTED, submitted_at=easter, today=date(2027, 3, 24))
    assert alsace.by.endswith("vendredi 2 avril 2027")
    assert elsewhere.by.endswith("jeudi 1er avril 2027")


def test_a_day_that_is_past_is_not_promised_again():
    late = current(S.SUBMITTED, today=date(2026, 9, 20))
    assert late.by == "attendu depuis le mardi 15 septembre 2026"


def test_the_charter_comes_first_and_the_school_keeps_its_date():
    found = steps(S.SUBMITTED, G.TO_SIGN)
    assert [(step.title, step.state) for step in found[1:3]] == [
        ("Charte à signer", "current"),
        ("Réponse du lycée", "future"),
    ]
    assert found[1].who == "C’est à vous"
    assert found[1].by == "au plus tard le mercredi 23 septembre 2026"
    assert found[2].by == "au plus tard le mardi 15 septembre 2026"


def test_who_may_not_sign_reads_who_must():
    assert current(S.SUBMITTED, G.TO_SIGN, signs=False).who == "Un responsable légal"


@pytest.mark.parametrize(("gate", "title"), [(G.DECLINED, "Charte refusée"), (G.OPPOSED, "Désaccord signalé au lycée")])
def test_a_charter_that_stops_is_a_problem(gate, title):
    assert steps(S.SUBMITTED, gate)[1].title == title
    assert steps(S.SUBMITTED, gate)[1].state == "problem"
    assert checklist.word(story(S.SUBMITTED, gate)).label == "Problème"


def test_a_refusal_quotes_the_school_and_ends_the_line():
    *_, last = steps(S.REFUSED)
    assert last.state == "problem"
    assert f"«\u00a0{REASON}.\u00a0»" in last.text


def test_a_parcel_that_comes_back_is_a_problem():
    assert current(S.RETURNING, received_at=None).title == "Colis de retour au lycée"
    assert checklist.word(story(S.RETURNING, received_at=None)).label == "Problème"
    assert checklist.word(story(S.RETURNING)).label == "En route"


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (S.LENT, "Fin de la campagne de prêt"),
        (S.CLOSED, "Ordinateur rendu"),
        (S.KEPT, "Ordinateur gardé"),
        (S.WRITTEN_OFF, "Prêt arrêté"),
        (S.WITHDRAWN, "Demande retirée"),
        (S.RETURNING, "Retour au lycée"),
    ],
)
def test_the_line_ends_as_the_loan_does(state, title):
    assert steps(state)[-1].title == title


@pytest.mark.parametrize("asked", [None, SENT])
def test_a_draft_given_up_says_no_more_than_that(asked):
    titles = [step.title for step in steps(S.WITHDRAWN, submitted_at=asked)]
    assert titles == (["Demande envoyée"] if asked else []) + ["Demande retirée"]


def test_the_draft_of_somebody_else_has_no_link():
    tasks = checklist.tasks(story(S.DRAFT, G.TO_SIGN), Links())
    assert (tasks[0].href, tasks[0].hint) == (None, "Commencée par une autre personne")
    assert [task.status for task in tasks] == ["Brouillon", *["Pas encore possible"] * 4]
    assert checklist.word(story(S.DRAFT, G.TO_SIGN)).label == "Brouillon"


@pytest.mark.parametrize(
    ("state", "charter", "label"),
    [
        (S.SUBMITTED, G.SIGNED, "Envoyée"),
        (S.SUBMITTED, G.TO_SIGN, "À signer"),
        (S.APPROVED, G.SIGNED, "Validée"),
        (S.PREPARING, G.SIGNED, "Validée"),
        (S.IN_TRANSIT, G.SIGNED, "En route"),
        (S.AWAITING_PICKUP, G.SIGNED, "À retirer"),
        (S.LENT, G.SIGNED, "Remis"),
        (S.REFUSED, G.SIGNED, "Refusée"),
    ],
)
def test_one_word_says_where_the_loan_stands(state, charter, label):
    assert checklist.word(story(state, charter)).label == label
