"""What browsers send, without what no text may hold: PostgreSQL refuses the NUL sign, SQLite cuts the text there."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import UnicodeConverter

NUL = "\x00"


class Sent(ImmutableMultiDict[str, Any]):
    """Fields of a form or of an address. Nobody types a NUL: one that was pasted or forged falls out."""

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = mapping.items(multi=True) if isinstance(mapping, MultiDict) else mapping or ()
        pairs = pairs.items() if isinstance(pairs, Mapping) else pairs
        super().__init__([(_clean(name), _clean(value)) for name, value in pairs])


def _clean(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value


class Segment(UnicodeConverter):
    """A piece of a path: no address of ours holds a NUL, so one that does is found nowhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regex = self.regex.replace("[^/]", "[^/\\x00]")


def receive(app: Flask) -> None:
    """Read every request so: after the extensions, which bring a class of their own, and before any route."""
    app.request_class = type("Request", (app.request_class,), {"parameter_storage_class": Sent, **_limits(app)})
    app.url_map.converters |= {"default": Segment, "string": Segment}


def _limits(app: Flask) -> dict[str, property]:
    """A route that declares `largest` takes that many bytes (Werkzeug writes what is long to disk); others take the usual."""

    def most(request: Request) -> int | None:
        view = app.view_functions.get(request.endpoint or "")
        usual: int | None = app.config["MAX_CONTENT_LENGTH"]
        return getattr(view, "largest", None) or usual

    return {"max_content_length": property(most)}
