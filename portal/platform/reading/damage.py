"""Text that was read with the wrong encoding: no program complains, and every accent is lost.

Seen in practice: UTF-8 bytes under an ISO-8859-15 declaration (« Ã‰loÃ¯se »), Windows-1252 bytes there (the apostrophe
becomes the control U+0092). French has no word in which Ã or Â precedes such a sign.
"""

import re

from portal.platform.reading.refusals import Refused

_CONTINUATION = "".join(
    bytes(range(0x80, 0xC0)).decode(encoding, errors="ignore") for encoding in ("latin-1", "iso8859-15", "cp1252")
)
_UTF8_READ_AS_LATIN = re.compile(f"[ÃÂ][{re.escape(_CONTINUATION)}]")
_CONTROL = re.compile("[\x80-\x9f]")


def check_text(text: str, *, file: str, line: int | None = None) -> None:
    """Refuse the whole file when a text of it was decoded wrongly; the sentence says which encoding it is in."""
    if text.isascii():
        return
    where = f" ligne {line}" if line else ""
    if found := _UTF8_READ_AS_LATIN.search(text):
        raise Refused(
            f"Les accents de «\u00a0{file}\u00a0» sont abîmés{where}\u00a0: «\u00a0{_around(text, found.start())}\u00a0». "
            "Le fichier est en UTF-8, mais il annonce un autre encodage. Téléchargez-le de nouveau, sans l’ouvrir."
        )
    if found := _CONTROL.search(text):
        raise Refused(
            f"Les accents de «\u00a0{file}\u00a0» sont abîmés{where}\u00a0: «\u00a0{_around(text, found.start())}\u00a0». "
            "Le fichier est en Windows-1252, mais il annonce un autre encodage. Téléchargez-le de nouveau, sans l’ouvrir."
        )


def _around(text: str, place: int) -> str:
    """A few signs on each side, without controls."""
    return _CONTROL.sub("\ufffd", " ".join(text[max(place - 12, 0) : place + 12].split()))
