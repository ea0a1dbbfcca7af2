"""Identities of other services, linked to accounts."""

from typing import Any

from portal.federation.models import FederatedClaim, FederatedIdentity
from portal.federation.rules import Proof
from portal.kernel import clock
from tests.factories.writing import add, made


@made
def identity(*, account_id: int, **values: Any) -> FederatedIdentity:
    """Linked in a session of its owner, unless told otherwise."""
    usual = {"provider": "https://id.example.org", "subject": "somebody", "proof": Proof.SESSION}
    times = {"linked_at": clock.now(), "confirmed_at": clock.now()}
    return add(FederatedIdentity(account_id=account_id, **{**usual, **times, **values}))


@made
def waiting_identity(**values: Any) -> FederatedClaim:
    """An identity about which a lycée was asked."""
    usual = {"provider": "https://id.example.org", "subject": "somebody", "asked_at": clock.now()}
    return add(FederatedClaim(**{**usual, **values}))
