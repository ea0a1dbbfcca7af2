"""Use-cases of the charter: its text, the invitation, the reading, the code, the signature, the seal."""

from portal.charter.services.blanks import BLANKS, NothingToSign, ask_blanks, join_blanks
from portal.charter.services.by_letter import sign_by_letter
from portal.charter.services.checking import Checked, check_file, check_print, judge
from portal.charter.services.codes import DrawnCode, ask_code, draw_code, note_code_accepted
from portal.charter.services.desk import AtDesk, Opened, claim, decline_at_desk, open_desk, shown, sign_at_desk, stop
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
from portal.charter.services.heads import head_file, publish_heads
from portal.charter.services.invitation import change_mind, close, invite, note_presented, renew
from portal.charter.services.opening import NewRegion, RegionIsOpen, open_region
from portal.charter.services.paper import (
    KeptScan,
    Witnessed,
    compose,
    keep_scan,
    note_composed,
    record_paper,
    revoke_paper,
)
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
from portal.charter.services.proving import Proof, prove
from portal.charter.services.reading import confirm_reading, decline
from portal.charter.services.reminding import (
    Reminded,
    ask_again,
    ask_letters,
    note_delivery,
    nudge,
    remind,
    remind_all,
    resend,
)
from portal.charter.services.sealing import note_sealed, seal_charter, seal_key, try_key
from portal.charter.services.signing import sign
from portal.charter.services.stamps import LATE_AFTER, SEALED, add_stamp, authority, catch_up, keep_archives, trust
from portal.charter.services.text import publish, publish_draft, renew_some

__all__ = [
    "BLANKS",
    "LATE_AFTER",
    "SEALED",
    "AtDesk",
    "Checked",
    "DrawnCode",
    "KeptScan",
    "NewRegion",
    "NothingToSign",
    "Opened",
    "Proof",
    "RegionIsOpen",
    "Reminded",
    "Unfinished",
    "Witnessed",
    "WrittenMeanwhile",
    "add_stamp",
    "ask_again",
    "ask_blanks",
    "ask_code",
    "ask_letters",
    "ask_preview",
    "authority",
    "begin",
    "catch_up",
    "change_mind",
    "check_file",
    "check_print",
    "claim",
    "close",
    "compose",
    "confirm_reading",
    "decline",
    "decline_at_desk",
    "draw_code",
    "emancipate",
    "end_emancipation",
    "end_opposition",
    "everybody",
    "head_file",
    "invite",
    "join_blanks",
    "judge",
    "keep_archives",
    "keep_scan",
    "note_code_accepted",
    "note_composed",
    "note_delivery",
    "note_presented",
    "note_preview",
    "note_sealed",
    "nudge",
    "open_desk",
    "open_region",
    "oppose",
    "own_right",
    "print_charter",
    "print_preview",
    "prove",
    "publish",
    "publish_draft",
    "publish_heads",
    "record_paper",
    "remind",
    "remind_all",
    "renew",
    "renew_some",
    "resend",
    "revoke_paper",
    "seal_charter",
    "seal_key",
    "shown",
    "sign",
    "sign_at_desk",
    "sign_by_letter",
    "stop",
    "throw_away",
    "translate",
    "trust",
    "try_key",
    "uphold",
    "write",
]
