"""The headers of every answer: what the browser may load, keep and tell (SEC-3, SEC-21)."""

from flask import Flask, Response, current_app, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}
REFUSED = 400
TWO_YEARS = "max-age=63072000; includeSubDomains"


def protect(app: Flask) -> None:
    """Add them to every answer of the application."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if current_app.config["SETTINGS"].https:
        response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    if request.endpoint not in {"static", "assets"} or response.status_code >= REFUSED:  # that page names its reader
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("HX-Request")
    return response
