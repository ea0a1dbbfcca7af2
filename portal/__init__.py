"""Fin prêt: the portal with which regions and lycées lend laptops to students."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from portal.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Build the application; raises `BadSettings` rather than start unsafely."""
    from portal.factory import build  # noqa: PLC0415 (processes that only print documents start without the web)

    return build(settings)
