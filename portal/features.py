"""The list of the features, the only registry: a new feature is one more name.

Each feature is a package whose files always have the same names. Of these, `models` are tables, `handlers` act on
events, `routes` holds the blueprint `bp`, and `cli` the command group `group`, or several
`groups`; all are optional.
"""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from portal.platform.health import bp as health
from portal.platform.showcase import bp as showcase

FEATURES = (
    "accounts",
    "credentials",
    "schools",
    "team",
    "roster",
    "access",
    "federation",
    "stock",
    "loans",
    "charter",
    "shipping",
    "distribution",
    "recalls",
    "notifications",
    "privacy",
)
"""From the ground up, which is also the order of the menu."""

DEMO = "demo"
PARTS = ("models", "handlers", "routes", "cli")


def register(app: Flask) -> None:
    """Import every feature and bind what it offers. The demo exists only where settings allow it."""
    app.register_blueprint(health)
    import_module("portal.commands").register(app)
    if not app.config["SETTINGS"].production:
        app.register_blueprint(showcase)
    for name in (*FEATURES, DEMO) if app.config["SETTINGS"].demo else FEATURES:
        found = {part: import_module(path) for part in PARTS if find_spec(path := f"portal.{name}.{part}")}
        if "routes" in found:
            app.register_blueprint(found["routes"].bp)
        if "cli" in found:
            for group in getattr(found["cli"], "groups", (found["cli"].group,)):
                app.cli.add_command(group)
