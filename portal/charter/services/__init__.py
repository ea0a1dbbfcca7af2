"""Use-cases of the charter: its text, the invitation, the reading, the code, the signature, the seal."""

from portal.charter.services.checking import Checked, check_file, check_print, judge
from portal.charter.services.codes import DrawnCode, ask_code, draw_code, note_code_accepted
from portal.charter.services.heads import head_file, publish_heads
from portal.charter.services.invitation import change_mind, close, invite, note_presented
from portal.charter.services.presenting import print_charter
from portal.charter.services.proving import Proof, prove
from portal.charter.services.reading import confirm_reading, decline
from portal.charter.services.sealing import note_sealed, seal_charter, seal_key
from portal.charter.services.signing import sign
from portal.charter.services.stamps import LATE_AFTER, SEALED, add_stamp, authority, catch_up, keep_archives, trust
from portal.charter.services.text import publish

__all__ = [
    "LATE_AFTER",
    "SEALED",
    "Checked",
    "DrawnCode",
    "Proof",
    "add_stamp",
    "ask_code",
    "authority",
    "catch_up",
    "change_mind",
    "check_file",
    "check_print",
    "close",
    "confirm_reading",
    "decline",
    "draw_code",
    "head_file",
    "invite",
    "judge",
    "keep_archives",
    "note_code_accepted",
    "note_presented",
    "note_sealed",
    "print_charter",
    "prove",
    "publish",
    "publish_heads",
    "seal_charter",
    "seal_key",
    "sign",
    "trust",
]
