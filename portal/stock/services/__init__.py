"""Use-cases of the stock: what arrives, who holds it, where it goes."""

from portal.stock.services.announcing import announce, expect, forget, undo
from portal.stock.services.conditions import forget_handed_over, note_condition, note_handed_over
from portal.stock.services.holding import (
    NewDevice,
    NoSuchDevice,
    UsedSince,
    Want,
    add_model,
    assign,
    change_model,
    come_back_undone,
    hand_out,
    lend,
    let_go,
    move_on,
    release,
    reserve,
    take_in,
    unlend,
)
from portal.stock.services.labels import ask_labels
from portal.stock.services.lots import discard, fail, receive_file, stage
from portal.stock.services.receiving import close, confirm_all, scan_in, take_back
from portal.stock.services.replenishing import AskedAlready, ask_region, decide_request
from portal.stock.services.stocktaking import (
    cancel_stocktake,
    count,
    open_stocktake,
    scan_shelf,
    settle,
    unscan,
)
from portal.stock.services.transferring import (
    Travel,
    ask_transfer,
    cancel_transfer,
    change_pool,
    refuse_transfer,
    scan_transfer,
    undo_transfer,
)

__all__ = [
    "AskedAlready",
    "NewDevice",
    "NoSuchDevice",
    "Travel",
    "UsedSince",
    "Want",
    "add_model",
    "announce",
    "ask_labels",
    "ask_region",
    "ask_transfer",
    "assign",
    "cancel_stocktake",
    "cancel_transfer",
    "change_model",
    "change_pool",
    "close",
    "come_back_undone",
    "confirm_all",
    "count",
    "decide_request",
    "discard",
    "expect",
    "fail",
    "forget",
<<<<<<< HEAD
=======
    "forget_handed_over",
>>>>>>> stock
    "hand_out",
    "lend",
    "let_go",
    "move_on",
    "note_condition",
    "note_handed_over",
    "open_stocktake",
    "receive_file",
    "refuse_transfer",
    "release",
    "reserve",
    "scan_in",
    "scan_shelf",
    "scan_transfer",
    "settle",
    "stage",
    "take_back",
    "take_in",
    "undo",
    "undo_transfer",
    "unlend",
    "unscan",
]
