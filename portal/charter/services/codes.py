"""The code that recognises the signatory: asked for on a page, drawn by the worker, compared once (SIG-2)."""

import hmac
import secrets
from typing import NamedTuple

from portal.accounts.keyed import keyed_hash
from portal.charter import queries, rules
from portal.charter.events import CodeAsked
from portal.charter.models import CharterSignature
from portal.charter.services.reading import NOT_READY, refuse
from portal.charter.states import SignatureState
from portal.kernel import clock
from portal.kernel.words import later
from portal.platform.work import emit, use_case
from portal.roster import queries as roster


class DrawnCode(NamedTuple):
    """A code to send at once and to forget; `to` is an address or a mobile in E.164."""

    code: str
    channel: str
    to: str
    name: str
    language: str

    def __repr__(self) -> str:
        return "DrawnCode(…)"


def session_hash(session: str) -> str:
    """What is kept of the browser's session that asked."""
    return keyed_hash("charter-session", session)


def code_hash(signature: CharterSignature, code: str) -> str:
    """HMAC-SHA-256 of the code, bound to this signature, to the file shown and to the session that asked."""
    bound = (str(signature.id), signature.presented_sha256 or "", signature.code_session or "", code)
    return keyed_hash("charter-code", "\x00".join(bound))


@use_case
def ask_code(signature_id: int, *, channel: str, session: str) -> None:
    """Ask for a code on a contact known to the school; what was drawn before is worth nothing any more.

    :raises TooSoon: less than a minute after the last one, or after five within the hour.
    """
    held = queries.hold(signature_id)
    refuse(held)
    mine = held.mine
    if mine.state is not SignatureState.DISPLAYED:
        raise rules.CannotSign(NOT_READY if mine.presented_sha256 is None else later("Lisez d’abord la charte."))
    file = queries.file_of(signature_id)
    contact = rules.channels(email=file.email, mobile=file.mobile).get(channel)
    if contact is None:
        raise rules.CannotSign(later("Le lycée ne connaît pas ce moyen de vous joindre. Choisissez-en un autre."))
    now, facts = clock.now(), queries.code_facts(mine)
    rules.refuse_too_soon(facts, now=now)
    mine.codes_asked = rules.codes_before(facts, now=now) + 1
    mine.code_channel, mine.code_to, mine.code_session = channel, contact, session_hash(session)
    mine.contact_source = roster.origin(file.contact, "mobile" if channel == rules.SMS else "email")
    mine.code_asked_at, mine.code_tries = now, 0
    mine.code_hash = mine.code_sent_at = mine.code_expires_at = None
    emit(CodeAsked(school_id=mine.school_id, signature_id=mine.id, loan_id=mine.loan_id))


@use_case
def draw_code(signature_id: int) -> DrawnCode | None:
    """Draw the code that was asked for, keep its hash, and return it once; for the worker.

    None when nothing must be sent: not asked for, asked for too long ago, signed or declined meanwhile. Drawn again
    (a repeated delivery), the new code replaces the old one.
    """
    signature = queries.lock(signature_id)
    now, asked_at = clock.now(), signature.code_asked_at
    waiting = asked_at is not None and now - asked_at < rules.CODE_LIFE
    if signature.state is not SignatureState.DISPLAYED or not waiting or not signature.code_to:
        return None
    code = f"{secrets.randbelow(10**rules.CODE_LENGTH):0{rules.CODE_LENGTH}d}"
    signature.code_hash = code_hash(signature, code)
    signature.code_sent_at, signature.code_expires_at, signature.code_tries = now, now + rules.CODE_LIFE, 0
    return DrawnCode(
        code,
        signature.code_channel or rules.EMAIL,
        signature.code_to,
        signature.name_on_record,
        signature.language_shown or "fr",
    )


@use_case
def note_code_accepted(signature_id: int) -> None:
    """The relay or the gateway has taken the message with the code; whether it arrived is not observed."""
    signature = queries.lock(signature_id)
    if signature.state is SignatureState.DISPLAYED and signature.code_sent_at:
        signature.code_accepted_at = clock.now()


def code_refusal(signature: CharterSignature, *, code: str, session: str) -> str | None:
    """Why a code is not accepted, or None. Each comparison counts as a try."""
    same_session = hmac.compare_digest(signature.code_session or "", session_hash(session))
    if sentence := rules.code_obstacle(queries.code_facts(signature), same_session=same_session, now=clock.now()):
        return sentence
    signature.code_tries += 1
    right = hmac.compare_digest(signature.code_hash or "", code_hash(signature, code))
    return None if right else rules.wrong_code(signature.code_tries)
