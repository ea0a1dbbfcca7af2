"""Text messages: JSON posted to the gateway of the settings."""

from http import HTTPStatus
from typing import Final

import httpx

from portal.notifications.mail import Undeliverable

SENDER: Final = "FinPret"
"""At most eleven letters, what networks accept as a sender's name."""

PATIENCE: Final = 20.0
_LATER: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,  # a wrong token is the portal's fault, not the message's
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


def send(*, url: str, token: str, identity: str, to: str, text: str) -> None:
    """Hand a text to the gateway. `identity` is sent as the Idempotency-Key: sent twice, it arrives once.

    :param to: number in E.164.
    :raises Undeliverable: the gateway has refused this number or this text for good.
    :raises httpx.HTTPError: the gateway cannot be reached, or asks to come back later.
    """
    headers = {"Idempotency-Key": identity} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = httpx.post(
        url, json={"to": to, "text": text, "from": SENDER}, headers=headers, timeout=PATIENCE, trust_env=False
    )
    if answer.is_client_error and answer.status_code not in _LATER:
        raise Undeliverable(f"GatewayRefused{answer.status_code}")
    answer.raise_for_status()
