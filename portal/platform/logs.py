"""Structured logs without personal data: only fields on the list below are ever written (SEC-17)."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user

FIELDS = frozenset(
    {
        "event", "level", "timestamp", "method", "endpoint", "status", "milliseconds", "role", "school_id", "key", "kind",
        "handler", "attempt", "error", "reason", "count", "seconds", "state", "port", "version",
    }
)  # fmt: skip


def _only_listed(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name in FIELDS}


def configure(level: str) -> None:
    """JSON lines on standard error, for the portal and for the libraries that warn."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_listed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # a line and its end in one write: those of several processes never mix
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def watch(app: Flask) -> None:
    """One line a request: the endpoint, never the path, the query or a name."""
    log = structlog.get_logger()

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint not in {"static", "assets"}:
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
                role=str(current_user.role) if current_user.is_authenticated else "visitor",
            )
        return response
