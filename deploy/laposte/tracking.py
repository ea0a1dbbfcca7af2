"""Suivi v2: one to ten numbers a call, each with its own return code; an object for one, a list for several."""

from laposte.network import Network, told
from laposte.replies import Cut, Reply, as_json, html

KEYS = {"cle-de-demonstration"}
MOST = 10
SHORTEST, LONGEST = 11, 15


def answer(network: Network, numbers: list[str], *, key: str, fault: tuple[str, str]) -> Reply:
    """One call."""
    name, number = fault
    if name == "html":
        return html(200)
    if name == "down":
        return html(503)
    if name == "limit":
        return as_json(429, {"code": "TOO_MANY_REQUESTS", "message": "Quota exceeded"})
    if name == "key" or key not in KEYS:
        return as_json(401, {"code": "UNAUTHORIZED", "message": "Unauthorized"})
    rows = [_row(network, number) for number in numbers[:MOST]]
    codes = {row["returnCode"] for row in rows}
    status = 207 if len(rows) > 1 and codes != {200} else _http(rows[0])
    reply = as_json(status, rows[0] if len(rows) == 1 else rows)
    if name == "slow":
        reply.wait = float(number or 1)
    if name == "cut":
        reply.cut, reply.cut_at = Cut.MIDDLE, len(reply.body) // 2
    return reply


def _row(network: Network, number: str) -> dict[str, object]:
    envelope: dict[str, object] = {"lang": "fr_FR", "scope": "open", "idShip": number}
    if not number.isalnum() or not SHORTEST <= len(number) <= LONGEST:
        return {**envelope, "returnCode": 400, "returnMessage": "Numéro invalide (ne respecte pas la syntaxe définie)"}
    parcel = network.known(number)
    if parcel is None:
        return {**envelope, "returnCode": 104, "returnMessage": "Ressource non trouvée"}
    return told(network, parcel)


def _http(row: dict[str, object]) -> int:
    return {104: 404, 400: 400}.get(int(str(row["returnCode"])), 200)
