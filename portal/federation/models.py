"""Which identities of which providers an account is entered by. Nothing else of what a provider says is kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.federation.rules import Proof
from portal.platform.columns import Instant, PublicId, state_column


class FederatedIdentity(Model):
    """One identity: a provider's own address and its opaque name of the person. It opens one account, for ever the same.

    One of the staff's opens nothing until whoever gives their role has confirmed it (`confirmed_at`): somebody else may
    have sat down at a session that was left open.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    provider: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    proof: Mapped[Proof] = mapped_column(state_column(Proof))
    linked_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        Index("uq_federated_identity_subject", "provider", "subject", unique=True),
        Index("uq_federated_identity_account", "account_id", "provider", unique=True),
    )


class FederatedClaim(Model):
    """An identity about which a school was asked: it waits for its word, under a name that says nothing of the person.

    Deleted after `rules.CLAIM_KEPT`: until then the school may speak, and take its word back.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    provider: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)

    __table_args__ = (Index("uq_federated_claim_subject", "provider", "subject", unique=True),)
