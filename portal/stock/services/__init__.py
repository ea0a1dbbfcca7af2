"""Use-cases of the stock: what arrives, who holds it, where it goes."""

from portal.stock.services.holding import (
    NewDevice,
    NoSuchDevice,
    Want,
    add_model,
    assign,
    change_model,
    lend,
    let_go,
    release,
    reserve,
    take_in,
    unlend,
)
from portal.stock.services.labels import ask_labels
from portal.stock.services.lots import announce, discard, fail, receive_file, stage, undo
from portal.stock.services.receiving import close, confirm_all, scan_in, take_back
from portal.stock.services.replenishing import ask_region, decide_request
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
    "NewDevice",
    "NoSuchDevice",
    "Travel",
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
    "confirm_all",
    "count",
    "decide_request",
    "discard",
    "fail",
    "lend",
    "let_go",
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
