"""Use-cases of the charter: its text, the invitation, the reading, the code, the signature, the seal."""

from portal.charter.services.checking import Checked, check_file, check_print, judge
from portal.charter.services.codes import DrawnCode, ask_code, draw_code
from portal.charter.services.invitation import change_mind, close, invite, note_presented
from portal.charter.services.presenting import print_charter
from portal.charter.services.reading import confirm_reading, decline
from portal.charter.services.sealing import note_sealed, seal_charter, seal_key
from portal.charter.services.signing import sign
from portal.charter.services.text import publish

__all__ = [
    "Checked",
    "DrawnCode",
    "ask_code",
    "change_mind",
    "check_file",
    "check_print",
    "close",
    "confirm_reading",
    "decline",
    "draw_code",
    "invite",
    "judge",
    "note_presented",
    "note_sealed",
    "print_charter",
    "publish",
    "seal_charter",
    "seal_key",
    "sign",
]
