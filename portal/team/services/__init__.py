"""Use-cases of the team."""

from portal.team.services.day_passes import Arrival, come_by_pass, look_at_pass, make_pass, revoke_pass, token_of
from portal.team.services.joining import UnusableAddress, open_school
from portal.team.services.roles import Invitation, delegate, end, invite, reset

__all__ = [
    "Arrival",
    "Invitation",
    "UnusableAddress",
    "come_by_pass",
    "delegate",
    "end",
    "invite",
    "look_at_pass",
    "make_pass",
    "open_school",
    "reset",
    "revoke_pass",
    "token_of",
]
