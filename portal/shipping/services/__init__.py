"""Use-cases of the preparation bench: scan, undo, print, hand over, follow."""

from portal.shipping.services import following, labels
from portal.shipping.services.bench import Scan, scan, unpack
from portal.shipping.services.contracts import ask_check, note_verdict, remove_contract, save_contract
from portal.shipping.services.handover import Unsealed, Unsigned, hand_over, note_deposit_slip
from portal.shipping.services.labels import ask_labels, settle_found, settle_none
from portal.shipping.services.parcels import (
    NumberTaken,
    correct_address,
    erase_tracking,
    note_delivered,
    note_tracking,
    weigh,
)
from portal.shipping.services.printing import (
    Asked,
    ask,
    ask_calibration,
    mark_printed,
    note_labels_printed,
    note_printed,
)
from portal.shipping.services.sealing import Checked, check, keep_photo, photograph, seal_unscanned

__all__ = [
    "Asked",
    "Checked",
    "NumberTaken",
    "Scan",
    "Unsealed",
    "Unsigned",
    "ask",
    "ask_calibration",
    "ask_check",
    "ask_labels",
    "check",
    "correct_address",
    "erase_tracking",
    "following",
    "hand_over",
    "keep_photo",
    "labels",
    "mark_printed",
    "note_delivered",
    "note_deposit_slip",
    "note_labels_printed",
    "note_printed",
    "note_tracking",
    "note_verdict",
    "photograph",
    "remove_contract",
    "save_contract",
    "scan",
    "seal_unscanned",
    "settle_found",
    "settle_none",
    "unpack",
    "weigh",
]
