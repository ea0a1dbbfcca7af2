"""Suivi v2, La Poste's tracking service: one to ten numbers a call, each with an answer of its own.

`GET https://api.laposte.fr/suivi/v2/idships/{ids}` with an `X-Okapi-Key`. HTTP says little: a list may be mixed (207), an
unknown number is a 404, and a gateway may answer in HTML. Numbers are matched by `idShip`, never by their place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

import httpx

from portal.shipping.carriers.reports import ComeBack, KeyRefused, Missing, Report, Seen

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
MOST_AT_ONCE: Final = 10
_UNKNOWN: Final = frozenset({101, 104, 105, 109, 201, 208, 404})
_TROUBLE: Final = 500


@cache
def _client(read_seconds: float) -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_keepalive_connections=1, keepalive_expiry=2.0),
        trust_env=False,
    )


@dataclass(frozen=True, slots=True)
class Suivi:
    """One key. No address of a family's ever travels with it."""

    url: str
    key: str = field(repr=False)
    read_seconds: float = READ_SECONDS

    def track(self, numbers: Sequence[str]) -> Mapping[str, Report]:
        """Where these parcels are. Raises `KeyRefused`, or `ComeBack` when nothing can be had now."""
        if len(numbers) > MOST_AT_ONCE:
            raise ValueError(f"{len(numbers)} numbers at once, {MOST_AT_ONCE} at most")
        told = self._ask(numbers)
        return {number: told.get(number, Report(missing=Missing.LATER)) for number in numbers}

    def _ask(self, numbers: Sequence[str]) -> dict[str, Report]:
        try:
            answer = _client(self.read_seconds).get(
                f"{self.url}/idships/{','.join(numbers)}",
                params={"lang": "fr_FR"},
                headers={"X-Okapi-Key": self.key, "Accept": "application/json"},
            )
            said = answer.json()
        except (httpx.HTTPError, ValueError) as trouble:
            raise ComeBack(type(trouble).__name__) from None
        rows = said if isinstance(said, list) else [said]
        _refuse(answer.status_code, rows)
        return dict(_report(row, numbers) for row in rows if isinstance(row, dict))


def _refuse(status: int, rows: Sequence[object]) -> None:
    """What concerns the call and not a parcel."""
    codes = {row.get("returnCode") for row in rows if isinstance(row, dict)}
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} or codes == {HTTPStatus.UNAUTHORIZED.value}:
        raise KeyRefused
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= _TROUBLE:
        raise ComeBack(f"http_{status}")


def _report(row: dict[str, Any], numbers: Sequence[str]) -> tuple[str, Report]:
    found = row.get("shipment")
    shipment: dict[str, Any] = found if isinstance(found, dict) else {}
    number = str(row.get("idShip") or shipment.get("idShip") or (numbers[0] if len(numbers) == 1 else ""))
    code = row.get("returnCode")
    if code == HTTPStatus.BAD_REQUEST:
        return number, Report(missing=Missing.MALFORMED)
    if code in _UNKNOWN:
        return number, Report(missing=Missing.NOT_YET)
    if code != HTTPStatus.OK:
        return number, Report(missing=Missing.LATER)
    return number, Report(events=_events(shipment), place=_place(shipment))


def _events(shipment: dict[str, Any]) -> tuple[Seen, ...]:
    found = shipment.get("event")
    rows = found if isinstance(found, list) else [found]
    seen = (_seen(row) for row in rows if isinstance(row, dict))
    return tuple(event for event in seen if event is not None)


def _seen(row: dict[str, Any]) -> Seen | None:
    """An event without a code or a readable date is of no use."""
    code, at = str(row.get("code") or "")[:8], _instant(row.get("date"))
    if not code or at is None:
        return None
    rank = row.get("order")
    label = sha256(str(row.get("label") or "").encode()).hexdigest()[:16]
    return Seen(code=code, at=at, rank=rank if isinstance(rank, int) else 0, label_hash=label)


def _instant(value: object) -> datetime | None:
    """ISO 8601 with an offset; one without is taken as UTC rather than lost."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _place(shipment: dict[str, Any]) -> str:
    context = shipment.get("contextData")
    point = context.get("removalPoint") if isinstance(context, dict) else None
    return str(point.get("name") or "")[:120] if isinstance(point, dict) else ""
