"""All that is said to DBOS, the engine: durable workflows, queues, delays, schedules. Nothing else imports it.

One outbox row is one workflow whose id is the row's key, so that enqueueing a row twice runs it once. Each handler is a
step. A failed attempt ends its workflow and enqueues the next one, delayed: while it waits it takes no room in the queue,
so a mailbox that refuses for hours never holds back the messages of the others.

Steps return nothing personal, because DBOS keeps what they return: None, or the class name of a fault.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, Final, ParamSpec, TypeVar

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID, StepOptions, WorkflowStatus
from flask import Flask
from sqlalchemy import make_url

from portal.access.services import contacts, letters
from portal.accounts.services import forget_links
from portal.charter import services as charter
from portal.distribution.services import planning
from portal.federation.services import forget_claims
from portal.kernel import clock
from portal.platform import scope
from portal.platform.limits import forget_closed
from portal.platform.sessions import forget_expired
from portal.privacy.services.purging import purge
from portal.privacy.services.replaying import replay
from portal.recalls import services as recalls
from portal.shipping import sync
from portal.worker import claims, delivery
from portal.worker.claims import Claim

QUEUE: Final = "outbox"
VERSION: Final = "1"
"""Fixed, so that a new release goes on with the rows of the one before it."""

AT_ONCE: Final = 14
"""Rows that one worker acts upon at the same time: one connection each, of the fifteen that its pool may open."""

AT_ONCE_PER_KIND: Final = 8
"""Of the same event: a thousand slips being printed never delay a sign-in link."""

PER_SECOND_PER_KIND: Final = 50
"""Rows of one event started in a second by all workers together: what a mail relay bears."""

EVERY: Final = {False: "* * * * *", True: "*/5 * * * * *"}
"""How often parcels are looked after: each minute; in the demo, whose parcels hurry, every five seconds."""

POLL_SECONDS: Final = 0.2
KEPT_DAYS: Final = 7
SWEEP: Final = 500
_ACTIVE: Final = frozenset({"ENQUEUED", "PENDING", "DELAYED"})
_POISONED: Final = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
_BOOKKEEPING: Final[StepOptions] = {"retries_allowed": True, "max_attempts": 8}

P = ParamSpec("P")
R = TypeVar("R")


class Retry:
    """When a failed attempt is made again."""

    WAITS: tuple[float, ...] = (1, 2, 5, 15, 60, *[300] * 50)
    """Seconds before each further attempt: quick, then every five minutes for four hours (REL-6)."""


class _Here:
    """The application that the workflows serve; DBOS calls them in threads of its own."""

    app: Flask


def start(app: Flask, *, url: str, identity: str) -> None:
    """Launch the engine. Under an identity used before, it goes on with what that worker had begun."""
    _Here.app = app
    if url.startswith("sqlite"):
        _prepare_sqlite(url)
    config: DBOSConfig = {
        "name": "fin-pret",
        "system_database_url": url,
        "application_version": VERSION,
        "executor_id": identity,
        "log_level": "ERROR",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": POLL_SECONDS,
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(
        QUEUE,
        worker_concurrency=AT_ONCE,
        partition_worker_concurrency=AT_ONCE_PER_KIND,
        partition_limiter={"limit": PER_SECOND_PER_KIND, "period": 1.0},
        polling_interval_sec=POLL_SECONDS,
        on_conflict="always_update",
    )
    hurried = app.config["SETTINGS"].tracking_pace > 1
    DBOS.apply_schedules(
        [
            {"schedule_name": "tidy", "workflow_fn": tidy, "schedule": "7 * * * *", "context": None},
            {"schedule_name": "stamp", "workflow_fn": stamp, "schedule": "* * * * *", "context": None},
            {"schedule_name": "archive", "workflow_fn": archive, "schedule": "13 0 * * *", "context": None},
            {"schedule_name": "remind", "workflow_fn": remind, "schedule": "12 9 * * 1-5", "context": None},
            {"schedule_name": "lists", "workflow_fn": lists, "schedule": "31 4 * * *", "context": None},
            {"schedule_name": "follow", "workflow_fn": follow, "schedule": EVERY[hurried], "context": None},
            {"schedule_name": "purge", "workflow_fn": purge_old, "schedule": "43 2 * * *", "context": None},
        ]
    )


def stop(*, patience: int) -> None:
    """Take nothing more, and leave `patience` seconds to what is running; the rest is taken up at the next start."""
    DBOS.destroy(workflow_completion_timeout_sec=patience)


def take_over(identities: list[str]) -> None:
    """Put the unfinished work of dead workers back in the queue; done twice, it changes nothing more."""
    DBOS._recover_pending_workflows(identities)  # noqa: SLF001 (the only way that checks who owns the work)


def enqueue(claim: Claim, *, tries: int = 0, suffix: str = "", delay: float | None = None) -> None:
    """Hand a row to the engine; a row it already has under the same key and suffix is left alone."""
    with SetWorkflowID(claim.key + suffix), SetEnqueueOptions(queue_partition_key=claim.kind, delay_seconds=delay):
        DBOS.enqueue_workflow(QUEUE, deliver, claim.key, claim.kind, tries)


def enqueue_again(row: Claim) -> None:
    """A row taken a while ago: unless the engine is still busy with it, hand it over once more.

    A row that has killed its worker twenty times has failed: it must not stop the others for ever.
    """
    states = {status.status for status in _list(workflow_id_prefix=row.key)}
    if _POISONED in states:
        claims.give_up(row.key, "WorkerKilled")
    elif not states:
        enqueue(row)
    elif states.isdisjoint(_ACTIVE):
        enqueue(row, suffix=f"-{clock.now():%Y%m%dT%H%M%S}")


def _list(**wanted: Any) -> list[WorkflowStatus]:
    return DBOS.list_workflows(**wanted, load_input=False, load_output=False)


@DBOS.workflow(name="deliver", max_recovery_attempts=20)
def deliver(key: str, kind: str, tries: int) -> None:
    """Run every handler of a row; at the first fault, come back later or give up."""
    for handler in delivery.handlers_of(kind):
        fault = DBOS.run_step({"name": handler.name}, _here, delivery.attempt, key, handler.name)
        if fault and tries < len(Retry.WAITS):
            DBOS.run_step(_BOOKKEEPING, _here, claims.note_fault, key, fault)
            enqueue(Claim(key, kind), tries=tries + 1, suffix=f"-{tries + 1}", delay=Retry.WAITS[tries])
            return
        if fault:
            DBOS.run_step(_BOOKKEEPING, _here, claims.give_up, key, fault)
            return
    DBOS.run_step(_BOOKKEEPING, _here, claims.finish, key)


@DBOS.workflow(name="tidy")
def tidy(at: datetime, _context: object) -> None:
    """Every hour: forget sessions and links nobody can use any more, and what the engine finished a week ago."""
    DBOS.run_step({"name": "forget"}, _here, _forget)
    before = (at - timedelta(days=KEPT_DAYS)).isoformat()
    old = _list(status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=SWEEP)
    DBOS.delete_workflows([status.workflow_id for status in old])


@DBOS.workflow(name="stamp")
def stamp(_at: datetime, _context: object) -> None:
    """Every minute: charters that no authority has stamped yet."""
    DBOS.run_step({"name": "stamp"}, _here, _stamp)


@DBOS.workflow(name="archive")
def archive(_at: datetime, _context: object) -> None:
    """Every night: yesterday's chain head leaves the database; the archive's copies are made, and renewed in time."""
    DBOS.run_step({"name": "archive"}, _here, _archive)


@DBOS.workflow(name="remind")
def remind(_at: datetime, _context: object) -> None:
    """Every working morning (UTC): remind those whose charter waits, and those who keep a device of an emergency pool."""
    DBOS.run_step({"name": "remind"}, _here, _remind)


@DBOS.workflow(name="lists")
def lists(_at: datetime, _context: object) -> None:
    """Every morning, before anybody is there: the lists of the distributions that are two days away."""
    DBOS.run_step({"name": "lists"}, _here, _lists)


@DBOS.workflow(name="follow")
def follow(_at: datetime, _context: object) -> None:
    """Every minute: ask La Poste about the parcels whose turn it is, and doubt labels of which nothing was heard."""
    DBOS.run_step({"name": "follow"}, _here, _follow)


@DBOS.workflow(name="purge")
def purge_old(_at: datetime, _context: object) -> None:
    """Every night: what is older than its period goes (the data map says how long); the proof is a row of ours."""
    DBOS.run_step({"name": "purge"}, _here, _purge)


def _stamp() -> None:
    with scope.every_school(reason="time stamps"):
        charter.catch_up(_Here.app.config["SETTINGS"])


def _archive() -> None:
    with scope.every_school(reason="archive of charters"):
        charter.publish_heads(_Here.app.config["SETTINGS"])
        charter.keep_archives(_Here.app.config["SETTINGS"])


def _remind() -> None:
    charter.remind_all()
    recalls.remind_all()


def _lists() -> None:
    planning.refresh_due()


def _follow() -> None:
    """Two runs never ask about the same parcel: what one takes, the other leaves."""
    sync.run()


def _purge() -> None:
    replay()  # first, whoever a restored backup brought back
    purge(by="worker")


def _forget() -> None:
    forget_expired()
    forget_links()
    letters.forget_files()
    letters.forget_letters()
    contacts.forget_claims()
    forget_closed()
    forget_claims()


def _here(run: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run in the application's context, which also gives back the database connection at the end."""
    with _Here.app.app_context():
        return run(*args, **kwargs)


def _prepare_sqlite(url: str) -> None:
    """The engine's own file: readers and its one writer no longer wait for each other."""
    with closing(sqlite3.connect(make_url(url).database or ":memory:")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
