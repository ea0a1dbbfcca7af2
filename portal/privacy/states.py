"""The life of what a person asks about their own data."""

from enum import StrEnum

from portal.kernel.states import LifeCycle, Transition


class Right(StrEnum):
    """The rights that are exercised by asking (GDPR, articles 16, 17 and 21); access is an export, made at once."""

    RECTIFY = "rectify"
    ERASE = "erase"
    OBJECT = "object"


class RequestState(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    ANSWERED = "answered"
    REFUSED = "refused"
    EXECUTED = "executed"
    WITHDRAWN = "withdrawn"


RIGHTS_REQUEST = LifeCycle(
    "Demande sur les données",
    RequestState.RECEIVED,
    [
        Transition("answer", (RequestState.RECEIVED,), RequestState.ANSWERED),
        Transition("refuse", (RequestState.RECEIVED,), RequestState.REFUSED),
        Transition("execute", (RequestState.RECEIVED,), RequestState.EXECUTED),
        Transition("withdraw", (RequestState.RECEIVED,), RequestState.WITHDRAWN),
    ],
)


class ExportState(StrEnum):
    """The life of an export."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


DATA_EXPORT = LifeCycle(
    "Export des données d’une personne",
    ExportState.WAITING,
    [
        Transition("start", (ExportState.WAITING, ExportState.RUNNING, ExportState.FAILED), ExportState.RUNNING),
        Transition("finish", (ExportState.RUNNING,), ExportState.READY),
        Transition("fail", (ExportState.WAITING, ExportState.RUNNING), ExportState.FAILED),
    ],
)
