"""Use-cases of the stock: what arrives, who holds it, where it goes."""

from portal.stock.services.holding import (
    NewDevice,
    NoSuchDevice,
    Want,
    add_model,
    assign,
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

__all__ = [
    "NewDevice",
    "NoSuchDevice",
    "Want",
    "add_model",
    "announce",
    "ask_labels",
    "assign",
    "close",
    "confirm_all",
    "discard",
    "fail",
    "lend",
    "let_go",
    "receive_file",
    "release",
    "reserve",
    "scan_in",
    "stage",
    "take_back",
    "take_in",
    "undo",
    "unlend",
]
