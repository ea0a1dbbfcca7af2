"""Use-cases of the loan: the family's request, the head's decision, the way to the family and back."""

from portal.loans.services.decision import Decision, approve, note_told, refuse, take_back
from portal.loans.services.journey import (
    close,
    collect,
    keep,
    note_charter,
    note_tracking,
    prepare,
    receive,
    returning,
    send,
    set_aside,
    turn_back,
    unpack,
    write_off,
)
from portal.loans.services.request import save_address, save_contact, save_delivery, start, submit, withdraw

__all__ = [
    "Decision",
    "approve",
    "close",
    "collect",
    "keep",
    "note_charter",
    "note_told",
    "note_tracking",
    "prepare",
    "receive",
    "refuse",
    "returning",
    "save_address",
    "save_contact",
    "save_delivery",
    "send",
    "set_aside",
    "start",
    "submit",
    "take_back",
    "turn_back",
    "unpack",
    "withdraw",
    "write_off",
]
