"""Who may sign what and when, decided on plain values; and the words that fill a charter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.charter.states import PENDING, SignatureState
from portal.kernel.errors import DomainError
from portal.kernel.values.dates import years_after
from portal.kernel.values.emails import mask_email
from portal.kernel.values.folding import fold
from portal.kernel.values.phones import mask_phone
from portal.kernel.words import later, later_many

NOT_OURS = later("Ce fichier n’est pas une charte scellée.")
NOT_FOUND = later("Aucune charte scellée ne porte à la fois cette référence et cette empreinte.")

CONSENT = "J’ai lu cette charte. Je l’accepte et je m’engage à la respecter."
"""What the signatory agrees to: the same words on the screen, in the file and in the evidence."""

CODE_LENGTH = 6
CODE_LIFE = timedelta(minutes=10)
TRIES = 5
CODES_AN_HOUR = 5
PATIENCE = timedelta(seconds=60)
"""Before another code may be asked for: a text message takes a few seconds, an e-mail up to a minute."""

SMS, EMAIL, LETTER = "sms", "email", "letter"
DESK_CODE = 8
DESK_WAITS = timedelta(minutes=10)
"""Time to type the code of a session on the tablet."""

DESK_LIFE = timedelta(minutes=20)
"""Time to read and sign at the desk."""

EMANCIPATION_AGE = 16

_READ_AS = str.maketrans("OIL", "011")
CIVILITIES = frozenset({"M", "MR", "MME", "MLLE", "MADAME", "MONSIEUR"})
FEMININE = frozenset({"mère", "tutrice", "grand-mère", "tante", "sœur", "belle-mère"})


class CannotSign(DomainError):
    """The charter cannot be signed by this person now; the sentence says why and what to do."""


class UnreadableScan(DomainError):
    """Not a scan that can be kept; the sentence says what to send instead."""


class TooSoon(DomainError):
    """A code was asked for too often."""


# --- who ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that allows or forbids a signature at the moment of signing."""

    state: SignatureState
    entitled: bool
    opposed: bool
    signed: bool
    declined_by_another: bool
    loan_ended: bool


def signatures_needed(*, able: int, two_asked: bool, alone: bool) -> int:
    """How many must sign: one (Code civil, art. 372-2); two when the lycée asks for two and two have the right to."""
    return 2 if two_asked and not alone and able > 1 else 1


def why_not(kinship: str) -> str:
    """Why somebody whom the school's file names does not sign: a host family, a relative, a mere contact."""
    if "accueil" in kinship.casefold():
        return later("Vous êtes la famille d’accueil : seul un responsable légal peut signer.")
    return later("Le lycée vous connaît comme contact. Seul un responsable légal peut signer.")


def refusal_to_emancipate(*, age: int, alone: bool) -> str | None:
    """Why a student cannot be recorded as emancipated (Code civil, art. 413-2: from sixteen)."""
    if alone:
        return later("Cet élève signe déjà seul.")
    if age < EMANCIPATION_AGE:
        return later("Un mineur ne peut pas être émancipé avant 16 ans. Vérifiez sa date de naissance.")
    return None


def obstacle(standing: Standing) -> str | None:
    """Why this person cannot sign now, or None; the most telling reason first."""
    reasons = (
        (standing.loan_ended, later("Cette demande est close : il n’y a plus rien à signer.")),
        (standing.signed, later("La charte de ce dossier est déjà signée. Vous n’avez plus rien à faire.")),
        (
            standing.opposed,
            later("Un responsable légal s’oppose à ce prêt. Le lycée doit d’abord décider : appelez-le."),
        ),
        (
            standing.declined_by_another,
            later("L’autre responsable légal a refusé de signer. Le lycée doit d’abord lui parler : appelez-le."),
        ),
        (
            not standing.entitled,
            later(
                "Vous ne pouvez plus signer pour cet élève. À 18 ans, il signe lui-même. Un doute ? Appelez le lycée."
            ),
        ),
        (
            standing.state not in PENDING,
            later("Cette charte n’attend plus votre signature. Rechargez la page pour voir où en est le dossier."),
        ),
    )
    return next((sentence for refused, sentence in reasons if refused), None)


def same_name(typed: str, on_record: str) -> bool:
    """Whether two writings name one person: accents, case, hyphens, order and « Mme » do not count."""
    mine, known = _name_words(typed), _name_words(on_record)
    return bool(mine) and (sorted(mine) == sorted(known) or "".join(mine) == "".join(known))


def _name_words(name: str) -> list[str]:
    words = fold(name).split()
    return words[1:] if len(words) > 1 and words[0] in CIVILITIES else words


def paper_refusals(*, name: str, on_record: str, signed_on: date, since: date, today: date) -> dict[str, str]:
    """What does not fit in what was read on a paper, by field."""
    refusals: dict[str, str] = {}
    if not same_name(name, on_record):
        refusals["name"] = (
            f"Le lycée connaît cette personne sous le nom «\u00a0{on_record}\u00a0». Le papier est-il bien le sien\u00a0?"
        )
    if signed_on > today:
        refusals["signed_on"] = "Cette date n’est pas encore venue. Recopiez celle du papier."
    elif signed_on < since:
        refusals["signed_on"] = "La charte de ce dossier n’existait pas encore ce jour-là. Recopiez la date du papier."
    return refusals


def quality(legal_title: str) -> str:
    """The capacity in which somebody signs: « mère, responsable légale », « élève majeur »."""
    if legal_title.startswith("élève"):
        return legal_title
    return f"{legal_title}, responsable {'légale' if legal_title in FEMININE else 'légal'}"


# --- the code ----------------------------------------------------------------------------------------------------


def channels(*, email: str | None, mobile: str | None) -> dict[str, str]:
    """How a code can reach somebody: channel → contact. SMS first: the link itself came by e-mail."""
    known = {SMS: mobile, EMAIL: email}
    return {channel: contact for channel, contact in known.items() if contact}


def masked(channel: str, contact: str) -> str:
    """Enough for its owner to know it."""
    return mask_phone(contact) if channel == SMS else mask_email(contact)


def read_desk_code(text: str) -> str | None:
    """The eight signs of a session at the desk however they were copied, or None."""
    signs = "".join(sign for sign in text.upper().translate(_READ_AS) if sign.isalnum())
    return signs if len(signs) == DESK_CODE and signs.isascii() else None


def read_code(text: str) -> str | None:
    """The six digits of a code however they were copied (« 123 456 »), or None."""
    digits = "".join(text.split()).replace("-", "").replace(".", "")
    return digits if len(digits) == CODE_LENGTH and digits.isdecimal() and digits.isascii() else None


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What is known of the last code asked for; `codes` counts those asked within an hour of one another."""

    asked_at: datetime | None
    drawn: bool
    expires_at: datetime | None
    tries: int
    codes: int


def codes_before(facts: CodeFacts, *, now: datetime) -> int:
    """How many codes count against the limit; an hour without asking clears them."""
    return facts.codes if facts.asked_at and now - facts.asked_at < timedelta(hours=1) else 0


def seconds_to_ask(facts: CodeFacts, *, now: datetime) -> int:
    """How long before another code may be asked for; 0 when it may be now."""
    if facts.asked_at is None:
        return 0
    pause = timedelta(hours=1) if codes_before(facts, now=now) >= CODES_AN_HOUR else PATIENCE
    return max(0, round((facts.asked_at + pause - now).total_seconds()))


def refuse_too_soon(facts: CodeFacts, *, now: datetime) -> None:
    """Raise `TooSoon` when another code must wait."""
    if not (seconds := seconds_to_ask(facts, now=now)):
        return
    if seconds > PATIENCE.total_seconds():
        raise TooSoon(later("Vous avez demandé plusieurs codes. Réessayez dans une heure, ou appelez le lycée."))
    raise TooSoon(
        later_many(
            "Le code est peut-être en route. Patientez encore une seconde.",
            "Le code est peut-être en route. Patientez encore %(num)d secondes.",
            seconds,
        )
    )


def code_obstacle(facts: CodeFacts, *, same_session: bool, now: datetime) -> str | None:
    """Why no code can be accepted any more, whatever is typed; the sentence says what to do."""
    if facts.asked_at is None or not same_session:
        return later("Demandez d’abord un code depuis cette page.")
    if not facts.drawn or facts.expires_at is None:
        return later("Le code n’est pas encore parti. Attendez quelques secondes, puis tapez celui que vous recevez.")
    if now >= facts.expires_at:
        return later("Ce code a plus de dix minutes : il ne sert plus. Demandez-en un autre.")
    if facts.tries >= TRIES:
        return later("Ce code ne sert plus après cinq essais. Demandez-en un autre.")
    return None


def wrong_code(tries: int) -> str:
    """What to say after `tries` wrong codes."""
    left = TRIES - tries
    if left <= 0:
        return later("Ce n’est pas le bon code, et les cinq essais sont faits. Demandez-en un autre.")
    return later_many(
        "Ce n’est pas le code du dernier message. Il vous reste un essai.",
        "Ce n’est pas le code du dernier message. Il vous reste %(num)d essais.",
        left,
    )


# --- the words that fill a charter ---------------------------------------------------------------------------------


def expected_end(level: str, *, ends_on: date) -> date:
    """The end of the student's time at the lycée, from their level; the campaign's own end when it is unknown.

    Seconde: three years; première and the first year of CAP: two; terminale: this one.
    """
    start = fold(level)
    years = 0
    if start.startswith(("2", "SECONDE")):
        years = 2
    elif start.startswith(("1", "PREMIERE", "CAP 1", "CAP1")):
        years = 1
    return years_after(ends_on, years)


def models_in_words(names: Sequence[str]) -> str:
    """The model lent; several when the school's stock will tell which."""
    if not names:
        return "modèle choisi par la région"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} ou {names[-1]}, selon le stock du lycée"


def price_in_words(cents: Sequence[int]) -> str:
    """The negotiated price in euros, or the range of prices when there are several models."""
    if not cents:
        return "demandez-le au lycée"
    low, high = min(cents), max(cents)
    return _euros(low) if low == high else f"de {_euros(low)} à {_euros(high)}"


def _euros(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}\u00a0€" if rest else f"{whole}\u00a0€"
