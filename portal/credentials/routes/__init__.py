"""Pages of the means of coming in: the doors, the first time, and one's own account."""

from portal.credentials.routes import account, door, factors, first_time
from portal.credentials.routes.blueprint import bp

__all__ = ["account", "bp", "door", "factors", "first_time"]
