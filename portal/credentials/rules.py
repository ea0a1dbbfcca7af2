"""What makes a password good, a code right, and a means of coming in removable: decisions on plain values."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pyotp

from portal.kernel.errors import DomainError
from portal.kernel.values.folding import fold
from portal.kernel.values.references import ALPHABET
from portal.kernel.words import later

SHORTEST = {True: 14, False: 12}
"""Characters of a password, for staff and for families (CNIL 2022-100 with throttling; ASVS 6.2.1 asks for 8)."""

LONGEST = 128
"""More is refused rather than cut (ASVS 6.2.9 asks for 64 at least); hashing more is work given to strangers."""

MOST_BAD = 5
WITHIN = timedelta(minutes=15)
"""Bad tries for one account; a window may be met twice in a quarter of an hour, hence ten at most (SEC-7)."""

MOST_FROM_ONE_PLACE = 900
"""Passwords typed in a quarter of an hour behind one network address: three hundred parents, three tries each."""

STEP = 30
"""Seconds of one code of an application (RFC 6238, section 5.2)."""

MOST_FACTORS = 6
CODES = 10
CODE_LENGTH = 10
"""Symbols of a recovery code: 50 bits, tried five times in a quarter of an hour."""

FEW_WORDS = 2
LONG_WORD = 5
SHORT_CORE, FEW_SIGNS = 3, 4
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("013457@$!€8", "oieastasieb")
"""Signs that stand for letters inside a word, as in « M0td3p@sse »."""

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
_EVERYBODYS = frozenset(
    {"lycee", "general", "professionnel", "technologique", "polyvalent", "saint", "sainte", "prive", "des", "les"}
)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—_.·]+")
_READ_AS = str.maketrans("OIL", "011")

WRONG_PAIR = later("Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux, ou entrez par e-mail.")
WRONG_CODE = "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis tapez-le."
WRONG_RECOVERY = "Ce code de secours n’est pas sur votre liste, ou il a déjà servi."
WRONG_KEY = "Cette clé n’a pas été reconnue. Réessayez, ou tapez le code de votre application."
WRONG_PASSWORD = later("Ce n’est pas votre mot de passe actuel.")


class LastFactor(DomainError):
    """Staff keep one second factor at least."""

    message = "C’est votre seul deuxième facteur. Ajoutez-en un autre avant de retirer celui-ci."


class TooManyFactors(DomainError):
    """Nobody needs so many."""

    message = "Vous avez déjà six moyens. Retirez-en un avant d’en ajouter."


def prepared(password: str) -> str:
    """The same signs whatever the keyboard: an é typed in one stroke or in two (NFKC, ASVS 6.2.8 changes nothing else)."""
    return unicodedata.normalize("NFKC", password)


def password_obstacle(password: str, *, staff: bool, personal: Collection[str] = ()) -> str | None:
    """Why this password is refused, or None. No rule of composition: length, and not among what everybody tries."""
    text = prepared(password)
    if len(text) < SHORTEST[staff]:
        return later(
            "Ce mot de passe est trop court : %(shortest)d caractères au moins. Quatre mots sans lien font un bon mot de passe.",
            shortest=SHORTEST[staff],
        )
    if len(text) > LONGEST:
        return later("Ce mot de passe est trop long : %(longest)d caractères au plus.", longest=LONGEST)
    if _is_personal(text, personal):
        return later("N’y mettez ni votre nom, ni votre adresse e-mail, ni le nom du lycée : on les essaie en premier.")
    if is_common(text):
        return later("Ce mot de passe est dans la liste des plus courants. Ajoutez des mots sans lien entre eux.")
    return None


def is_common(password: str) -> bool:
    """Whether it is a word or two of the list with figures and signs around, a row of keys, or the same again and again."""
    inside = _AROUND.sub("", password.lower())
    cores = {_once(_letters(password)), _once(_letters(inside.translate(_LEET)))}
    return len(set(password.lower())) <= FEW_SIGNS or any(_is_common_core(core) for core in cores)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", fold(text).lower())


def _is_common_core(core: str) -> bool:
    if len(core) <= SHORT_CORE:  # all the rest is figures and signs
        return True
    return any(core in row or core in row[::-1] for row in _ROWS) or _few_words(core)


def _once(core: str) -> str:
    """What is repeated, once."""
    for length in range(1, len(core) // 2 + 1):
        if len(core) % length == 0 and core == core[:length] * (len(core) // length):
            return core[:length]
    return core


def _few_words(core: str) -> bool:
    """Whether one word of the list, or two, make all of it."""
    words = common_words()
    return core in words or any(core[:cut] in words and core[cut:] in words for cut in range(1, len(core)))


@cache
def common_words() -> frozenset[str]:
    """The list that ships with the portal; see its notice."""
    path = Path(__file__).parent / "data" / "common.txt"
    return frozenset(path.read_text(encoding="ascii").split())


def _is_personal(password: str, personal: Collection[str]) -> bool:
    """Whether a word of these texts is in it, or one of the texts whole: « Léa O » has no word that is long enough."""
    folded = fold(password).lower()
    typed, joined = f" {folded} ", folded.replace(" ", "")
    for text in personal:
        words = [word for word in fold(text).lower().split() if word not in _EVERYBODYS]
        for part in (*words, " ".join(words)):
            letters = part.replace(" ", "")
            if len(letters) > SHORT_CORE and (
                f" {part} " in typed or (len(letters) >= LONG_WORD and letters in joined)
            ):
                return True
    return False


def step_of(code: str, *, secret: str, now: datetime, last_step: int | None) -> int | None:
    """The thirty-second step whose code this is, later than `last_step`; None when there is none (RFC 6238).

    One step before and one after are accepted: clocks differ, and people type slowly (section 5.2).
    """
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(app.at(step * STEP), code) and (last_step is None or step > last_step):
            return step
    return None


def app_address(secret: str, *, account: str) -> str:
    """What the square says to the application (Key Uri Format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Fin prêt")


def new_app_secret() -> str:
    """A secret of 160 bits, as RFC 4226 asks, in base 32."""
    return pyotp.random_base32()


def in_groups(text: str) -> str:
    """Four by four, to be copied by hand."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def digits(text: str) -> str:
    """The code of an application as it was meant: without spaces."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a browser is asked to sign with a passkey: our challenge, for our site, seen at our address."""

    challenge: str
    """Random bytes, in base64url."""
    site: str
    origin: str


def new_challenge() -> str:
    """Sixty-four random bytes, where WebAuthn (section 13.4.3) asks for sixteen at least."""
    return secrets.token_urlsafe(64)


def new_recovery_code() -> str:
    """`7K3M2-Q9T4X`."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{symbols[:5]}-{symbols[5:]}"


def read_recovery_code(text: str) -> str:
    """The symbols that a person meant: any case, spaces and hyphens; O is 0, I and L are 1."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)
