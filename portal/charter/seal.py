"""The electronic seal: it proves where a charter comes from, and shows any change made to it afterwards.

A seal is a legal person's (Regulation (EU) 910/2014, article 3, 25): it never signs in the place of the family, whose
consent is told by the evidence enclosed in the file. Level: PAdES B-B (ETSI EN 319 142-1) at once, B-T when an authority
has stamped it, B-LTA for the archive; which clauses, and how, is told in `portal.charter.pades.stamping`.

The web process may import this module: pyHanko, used by `portal.charter.pades` alone, is loaded at the first seal.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias, TypeVar

from portal.charter.authority import Authority
from portal.charter.keys import SealKey, SealKeyError, Trust, create_demo_key, load_key
from portal.kernel import clock

R = TypeVar("R")

__all__ = [
    "EVIDENCE_NAME",
    "Archived",
    "Authority",
    "FieldBox",
    "Json",
    "SealError",
    "SealKey",
    "SealKeyError",
    "Stamped",
    "Trust",
    "Verification",
    "archive",
    "canonical_json",
    "create_demo_key",
    "load_key",
    "reserved_box",
    "seal",
    "stamp",
    "verify",
]

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

EVIDENCE_NAME = "preuve.json"

_EXACT = 2**53
"""Beyond this, a reader in JavaScript would round a whole number."""


class SealError(Exception):
    """A file that could not be sealed; nothing was kept. The message, in French, is for whoever runs the portal."""


@dataclass(frozen=True, slots=True)
class FieldBox:
    """Where the stamp goes: page from 0 (-1: the last); left, bottom, right, top in points from the bottom left corner."""

    page: int
    rect: tuple[int, int, int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in points."""
        left, bottom, right, top = self.rect
        return right - left, top - bottom


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader of the file is told of the seal: in the signature panel, and on the page."""

    reason: str
    place: str
    box: FieldBox
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a file proves. When it is refused, `reasons` say why in French and everything else is empty.

    `signed_at` is what the sealing machine's clock said; `stamped_at` what the authority `stamped_by` said, proved.
    `archived_at` is the time of the archive's first document time stamp.
    `presented_sha256` is computed again from the bytes that the family was shown, not read from the evidence.
    """

    ok: bool
    reasons: tuple[str, ...] = ()
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    archived_at: datetime | None = None
    organisation: str = ""
    presented_sha256: str = ""
    evidence: bytes = b""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A B-T file, and the time that its token proves."""

    pdf: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Archived:
    """A B-LTA copy. `until`: the end of its last stamp's certificate; renew before. `revocation`: whether lists are in."""

    pdf: bytes
    until: datetime
    revocation: bool


def seal(
    presented_pdf: bytes,
    *,
    evidence: bytes,
    key: SealKey,
    reason: str,
    place: str,
    field_box: FieldBox,
    stamp_lines: Sequence[str],
) -> bytes:
    """Append the evidence, a visible stamp and the seal to the file shown to the family, whose bytes come first.

    :param stamp_lines: French lines of the stamp, the first one strong; they shrink to fit in `field_box`.
    :raises SealError: the file already carries an enclosure or a seal, or the key may not seal.
    """
    pades = import_module("portal.charter.pades")  # late: the web process never loads pyHanko
    sealed: bytes = _apart(
        pades.seal,
        presented_pdf,
        evidence=evidence,
        key=key,
        notice=Notice(reason=reason, place=place, box=field_box, lines=tuple(stamp_lines)),
        moment=clock.now(),
    )
    return sealed


def _apart(call: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Call in a thread of its own: pyHanko starts an event loop, which a caller that already runs one would refuse."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, partial(call, *args, **kwargs)).result()


def verify(pdf: bytes, *, trust: Trust, moment: datetime | None = None) -> Verification:
    """Judge a file that anyone may have touched: sealed by us, whole, and unchanged since.

    :param moment: the time at which certificates must be valid; now by default.
    """
    pades = import_module("portal.charter.pades")
    verification: Verification = _apart(pades.verify, pdf, trust=trust, moment=moment or clock.now())
    return verification


def stamp(sealed_pdf: bytes, *, authority: Authority, trust: Trust) -> Stamped:
    """Make a B-T file of a B-B one: same length, same covered bytes, one more proof inside the seal.

    Asks the network: never inside a use-case.

    :param trust: must believe both the seal and the authority: the result is judged before it is returned.
    :raises AuthorityDown: to be asked again later.
    :raises TokenRefused: what the authority answered proves nothing; asking again rarely helps.
    """
    pades = import_module("portal.charter.pades")
    stamped: Stamped = _apart(pades.stamp, sealed_pdf, authority=authority, trust=trust, moment=clock.now())
    return stamped


def archive(stamped_pdf: bytes, *, authority: Authority, trust: Trust) -> Archived:
    """Make the B-LTA copy of a B-T file; given such a copy, renew it with one more document time stamp.

    :raises StampError: no copy was made; the same errors as `stamp`.
    """
    pades = import_module("portal.charter.pades")
    archived: Archived = _apart(pades.archive, stamped_pdf, authority=authority, trust=trust, moment=clock.now())
    return archived


def reserved_box(presented_pdf: bytes, *, anchor: str, width: int, height: int) -> FieldBox:
    """Find the box kept free in a page: its top left corner is the element whose HTML id is `anchor`.

    :param width: in whole points (1 mm = 2.8346 points), as the height.
    :raises SealError: no element has that id.
    """
    pades = import_module("portal.charter.pades")
    box: FieldBox = pades.reserved_box(presented_pdf, anchor=anchor, width=width, height=height)
    return box


def canonical_json(value: Json) -> bytes:
    """The one way to write a value, so that its hash can be computed again anywhere (RFC 8785).

    :raises TypeError: a float, whose writing differs between languages, a key that is not text, or another type.
    :raises ValueError: a whole number that JavaScript would round, or half of a surrogate pair.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def _ordered(value: Json) -> Json:
    """The same value with keys in the order of their UTF-16 code units (RFC 8785, 3.2.3)."""
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, int) and abs(value) > _EXACT:
        raise ValueError(f"{value} would be rounded")
    if value is None or isinstance(value, int | str):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _utf16(key: str) -> bytes:
    if not isinstance(key, str):
        raise TypeError("a key must be text")
    return key.encode("utf-16-be")
