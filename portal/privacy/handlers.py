"""What privacy does on its own: it keeps the access log of every page that says what it shows."""

from portal.privacy.services import views

__all__ = ["views"]
