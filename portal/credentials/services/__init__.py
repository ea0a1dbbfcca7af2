"""Use-cases of the means of coming in."""

from portal.credentials.services.apps import begin_app, confirm_app, use_app
from portal.credentials.services.keeping import close_other_sessions, close_session, remove_factor, reset_factors
from portal.credentials.services.passkeys import add_passkey, use_passkey
from portal.credentials.services.passwords import check_password, choose_password, remove_password
from portal.credentials.services.recovery import draw_codes, use_code

__all__ = [
    "add_passkey",
    "begin_app",
    "check_password",
    "choose_password",
    "close_other_sessions",
    "close_session",
    "confirm_app",
    "draw_codes",
    "remove_factor",
    "remove_password",
    "reset_factors",
    "use_app",
    "use_code",
    "use_passkey",
]
