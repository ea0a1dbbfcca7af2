"""Whoever asks for a way in learns nothing of who has an account (SEC-11)."""

import re
from statistics import median
from time import thread_time

import pytest

from portal.accounts import services
from portal.accounts.services import Newcomer
from tests import factories as make

MANY = 200


@pytest.fixture
def account(app):
    return make.account(email="ines.lefevre@example.org", name="Inès Lefèvre")


def _without_secrets(response, public_id, email):
    body = response.text.replace(public_id, "ID").replace(email, "ADDRESS")
    return re.sub(r'name="csrf_token" value="[^"]+"', "TOKEN", body)


def test_an_unknown_address_gets_the_identical_pages(app, account):
    seen = []
    for email in (account.email, "ines.inconnu@example.org"):
        client = app.test_client()
        answer = client.post("/entrer", data={"contact": email})
        public_id = answer.location.rpartition("/")[2]
        waiting = client.get(answer.location)
        wrong = client.post(answer.location, data={"code": "000000"})
        seen.append(
            (
                answer.status_code,
                len(public_id),
                *(_without_secrets(reply, public_id, email) for reply in (waiting, wrong)),
            )
        )
    assert seen[0] == seen[1]


def test_an_unknown_address_costs_the_same_statements(app, account, count_statements):
    seen = []
    for email in (account.email, "nobody@example.org"):
        client = app.test_client()
        client.token()
        with count_statements() as sql:
            client.post("/entrer", data={"contact": email})
        seen.append(list(sql))
    assert seen[0] == seen[1]


def test_sec_11_two_hundred_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(app):
    """Processor time: the clock on the wall would measure the machine's other work."""
    known = [f"known.{n}@example.org" for n in range(MANY)]
    with app.app_context():
        services.open_accounts([Newcomer(name="Inès Lefèvre", email=email) for email in known])
    client, spent, answers = app.test_client(), ([], []), set()
    client.token()
    for pair in zip(known, [email.replace("known", "unknown") for email in known], strict=True):
        for email, times in zip(pair, spent, strict=True):
            begun = thread_time()
            answer = client.post("/entrer", data={"contact": email})
            times.append(thread_time() - begun)
            body = _without_secrets(answer, answer.location.rpartition("/")[2], email)
            answers.add((answer.status_code, len(answer.location), body))
    assert len(answers) == 1
    first, second = map(median, spent)
    assert abs(first - second) <= 0.10 * max(first, second), (first, second)
