"""The life of a message, and how it travels."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class MessageState(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


MESSAGE = LifeCycle(
    "Message",
    MessageState.QUEUED,
    [
        Transition("send", (MessageState.QUEUED, MessageState.FAILED), MessageState.SENT),
        Transition("fail", (MessageState.QUEUED, MessageState.FAILED), MessageState.FAILED),
        Transition("queue_again", (MessageState.FAILED,), MessageState.QUEUED),
    ],
)
