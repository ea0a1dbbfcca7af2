"""Asking La Poste where parcels are: ten at a time, slowly, and not at all once a key is refused.

Run by the worker's schedule and by `flask tracking sync`. The network is never inside a transaction.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Final

import structlog
from flask import current_app

from portal.config import Settings
from portal.platform import scope
from portal.platform.work import let_go
from portal.shipping.carriers.reports import ComeBack, KeyRefused, Missing
from portal.shipping.carriers.suivi import MOST_AT_ONCE, Suivi
from portal.shipping.chosen import suivi_of
from portal.shipping.contracts import Service, Verdict
from portal.shipping.queries import contracts as contract_queries
from portal.shipping.services import contracts, following, labels
from portal.shipping.services.following import Asked

log: Final = structlog.get_logger()
MOST_IN_A_RUN: Final = 1_000
PAUSE_SECONDS: Final = 0.2
"""Between two calls: five a second, half of what the service grants."""


@dataclass(slots=True)
class Counts:
    """What one run did."""

    asked: int = 0
    calls: int = 0
    events: int = 0
    moved: int = 0
    later: int = 0
    stopped: bool = False
    doubted: int = 0


def run(*, limit: int = MOST_IN_A_RUN, pause: Callable[[float], None] = time.sleep) -> Counts:
    """Ask about every parcel whose turn it is; also give up on labels of which nothing was heard."""
    counts = Counts()
    with scope.every_school(reason="tracking"):
        counts.doubted = labels.doubt_forgotten()
        for key, asked in _by_key(following.take_due(limit=limit)):
            _line(key, asked, counts, pause)
    if counts.asked or counts.doubted:
        log.info("tracking.sync", **asdict(counts))
    return counts


def _by_key(taken: Sequence[Asked]) -> Iterator[tuple[int | None, list[Asked]]]:
    """Parcels of lycées that share a key are asked about together; without a key, nobody is."""
    schools = {one.school_id for one in taken}
    keys = {school: _key_of(school) for school in schools}
    ordered = sorted(taken, key=lambda one: (keys[one.school_id] or 0, one.parcel_id))
    for key, group in groupby(ordered, key=lambda one: keys[one.school_id]):
        yield key, list(group)


def _key_of(school_id: int) -> int | None:
    """The contract that opens tracking for a lycée, unless La Poste has refused it."""
    contract = contract_queries.contracts_of(school_id).get(Service.SUIVI)
    return contract.id if contract and contract.verdict is not Verdict.REFUSED else None


def _line(key: int | None, asked: Sequence[Asked], counts: Counts, pause: Callable[[float], None]) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    pace = settings.tracking_pace
    contract = contract_queries.contract_by_id(key) if key else None
    if contract is None:
        following.postpone(asked, pace=pace)
        return
    service = suivi_of(contract)
    for some in _tens(asked):
        pause(PAUSE_SECONDS if counts.calls else 0)
        counts.asked += len(some)
        try:
            _ask(service, some, counts, settings)
        except KeyRefused:
            counts.stopped = True
            contracts.note_verdict(contract_id=key or 0, verdict=Verdict.REFUSED)
            return
        except ComeBack:
            counts.later += len(some)
            following.postpone(asked[asked.index(some[0]) :], pace=pace)
            return


def _ask(service: Suivi, some: Sequence[Asked], counts: Counts, settings: Settings) -> None:
    """One call; those that the answer leaves out are asked about alone, once."""
    let_go()
    counts.calls += 1
    reports = dict(service.track([one.number for one in some]))
    for number in [number for number, report in reports.items() if report.missing is Missing.LATER and len(some) > 1]:
        counts.calls += 1
        reports |= service.track([number])
    noted = following.note(some, reports, pace=settings.tracking_pace, pickup_days=settings.pickup_days)
    counts.events, counts.moved = counts.events + noted.events, counts.moved + noted.moved


def _tens(asked: Sequence[Asked]) -> Iterable[Sequence[Asked]]:
    return (asked[first : first + MOST_AT_ONCE] for first in range(0, len(asked), MOST_AT_ONCE))
