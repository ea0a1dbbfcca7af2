"""Every message, with what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.notifications.states import MESSAGE, Channel, MessageState
from portal.platform.columns import Instant, PublicId, state_column
from portal.platform.scope import StaffScoped


class Message(StaffScoped, Model):
    """One message to one person about one loan; `template` and the loan say all, so no text is stored."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    event_key: Mapped[str] = mapped_column(String(32))
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), index=True)
    template: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(state_column(Channel))
    to: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8), default="fr")
    state: Mapped[MessageState] = mapped_column(state_column(MessageState), default=MESSAGE.initial)
    queued_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_date"),
        Index("uq_message_once", "event_key", "template", "to", unique=True),
    )

    def move(self, transition: str) -> None:
        """The only writer of `state`."""
        self.state = MESSAGE.after(transition, self.state)
