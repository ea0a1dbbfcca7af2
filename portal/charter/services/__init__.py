"""Use-cases of the charter: its text, the invitation, the reading, the code, the signature, the seal."""

from portal.charter.services.checking import Checked, check_file, check_print, judge
from portal.charter.services.codes import DrawnCode, ask_code, draw_code
from portal.charter.services.drafting import (
    Unfinished,
    WrittenMeanwhile,
    ask_preview,
    begin,
    note_preview,
    print_preview,
    throw_away,
    translate,
    write,
)
from portal.charter.services.invitation import change_mind, close, invite, note_presented, renew
from portal.charter.services.people import (
    emancipate,
    end_emancipation,
    end_opposition,
    everybody,
    oppose,
    own_right,
    uphold,
)
from portal.charter.services.presenting import print_charter
from portal.charter.services.reading import confirm_reading, decline
from portal.charter.services.sealing import note_sealed, seal_charter, seal_key
from portal.charter.services.signing import sign
from portal.charter.services.text import publish, publish_draft, renew_some

__all__ = [
    "Checked",
    "DrawnCode",
    "Unfinished",
    "WrittenMeanwhile",
    "ask_code",
    "ask_preview",
    "begin",
    "change_mind",
    "check_file",
    "check_print",
    "close",
    "confirm_reading",
    "decline",
    "draw_code",
    "emancipate",
    "end_emancipation",
    "end_opposition",
    "everybody",
    "invite",
    "judge",
    "note_presented",
    "note_preview",
    "note_sealed",
    "oppose",
    "own_right",
    "print_charter",
    "print_preview",
    "publish",
    "publish_draft",
    "renew",
    "renew_some",
    "seal_charter",
    "seal_key",
    "sign",
    "throw_away",
    "translate",
    "uphold",
    "write",
]
