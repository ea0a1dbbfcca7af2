"""Send one message: find what it is about, write it, hand it over, note what became of it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import httpx
from flask import current_app

from portal.access.services import contacts
from portal.accounts import services as accounts
from portal.accounts.rules import VALIDITY
from portal.charter import services as charter
from portal.distribution.papers import receipt_pdf
from portal.distribution.queries import receipts
from portal.extensions import db
from portal.kernel import clock
from portal.notifications import letters, mail, queries, services, sms
from portal.notifications.letters import Facts
from portal.notifications.states import Channel, MessageState
from portal.platform import files
from portal.recalls import queries as recalls

if TYPE_CHECKING:
    from portal.config import Settings
    from portal.notifications.models import Message

GIVE_UP_AFTER: Final = timedelta(hours=4)
"""A relay may be down that long and nothing is lost (REL-6); after it, the message is shown as failed."""

HOME_PAGE: Final = "loans.home"
LOAN_PAGE: Final = "loans.show"
CHARTER_PAGE: Final = "charter.show"
WHO_PAGE: Final = "charter.start"
OPPOSITIONS_PAGE: Final = "charter.oppositions"
OTHER_SIGNED: Final = "charter_other_signed"
HANDED_OVER: Final = "loan_handed_over"
RETURN_SOON: Final = "return_soon"
RETURN_LATE: Final = "return_late"
RETURN_MOVED: Final = "return_moved"
RETURN_FREE: Final = "return_free"
ABOUT_RETURN: Final = frozenset({RETURN_SOON, RETURN_LATE, RETURN_MOVED})
"""Messages that name the day of return."""
LINK_PAGE: Final = "accounts.open_link"
ACCOUNT_PAGE: Final = "credentials.account"
DOOR_PAGE: Final = "accounts.enter"
ROLE_PAGE: Final = "accounts.choose_role"


def send_message(message_id: int) -> None:
    """Send a queued message. Raises what the network raised, for the worker to come back later."""
    message = queries.message(message_id)
    if message.state is not MessageState.QUEUED:
        return
    try:
        _hand_over(message)
    except mail.Undeliverable as refusal:
        services.note_failed(message_id, error=str(refusal))
    except (OSError, httpx.HTTPError) as trouble:
        if clock.now() - message.queued_at < GIVE_UP_AFTER:
            raise
        services.note_failed(message_id, error=type(trouble).__name__)
    else:
        services.note_sent(message_id)


def send_way_in(link_id: int) -> None:
    """Draw the secrets of a sign-in link and send them at once: nothing but the message ever holds them."""
    drawn = accounts.draw_secrets(link_id)
    if drawn is None:
        return
    minutes = round(VALIDITY.total_seconds() / 60)
    facts = Facts(link=letters.link(LINK_PAGE, token=drawn.token), code=drawn.code, minutes=minutes)
    channel = Channel.SMS if drawn.by_sms else Channel.EMAIL
    # Secrets drawn again make another message: the last one to arrive is the one that works.
    _send_once(channel, drawn.to, "sign_in", facts, lang=drawn.language, identity=f"{link_id}:{drawn.token}")


def send_address_code(claim_id: int) -> None:
    """Draw the code that confirms an address to come in by, and send it there at once."""
    drawn = contacts.draw_code(claim_id)
    if drawn is None:
        return
    minutes = round(VALIDITY.total_seconds() / 60)
    facts = Facts(link=letters.link("access.own_address"), code=drawn.code, minutes=minutes)
    identity = f"claim:{claim_id}:{drawn.code}"
    _send_once(Channel.EMAIL, drawn.email, "confirm_address", facts, lang=drawn.language, identity=identity)


def send_about_account(account_id: int, template: str, *, identity: str, page: str = ACCOUNT_PAGE) -> None:
    """Tell the owner of an account something about it, by e-mail; nothing is kept of it. `page` is where it leads.

    An account without an address (known by its mobile, or a day's helper) is told nothing.
    """
    owner = queries.account(account_id)
    if owner is None or not owner.email:
        return
    facts, email, lang = Facts(link=letters.link(page)), owner.email, owner.language
    db.session.close()  # the connection goes back: a slow relay must not hold it
    _send_once(Channel.EMAIL, email, template, facts, lang=lang, identity=identity)


def send_code(signature_id: int) -> None:
    """Draw a signing code and send it at once."""
    page = letters.link(CHARTER_PAGE, public_id=queries.charter_signature(signature_id).public_id)
    drawn = charter.draw_code(signature_id)
    if drawn is None:
        return
    facts, identity = Facts(link=page, code=drawn.code), f"signature:{signature_id}:{drawn.code}"
    channel = Channel(drawn.channel)
    if _send_once(channel, drawn.to, "signing_code", facts, lang=drawn.language, identity=identity):
        charter.note_code_accepted(signature_id)


def send_head(head_id: int) -> None:
    """The day's chain head, to the region's data protection officer: kept elsewhere, it proves that nothing was changed."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.dpo_email:
        return
    day, content = charter.head_file(head_id)
    db.session.close()  # the connection goes back: a slow relay must not hold it
    enclosed = [mail.File(f"tete-de-chaine-{day.isoformat()}.pdf", content)]
    facts, identity = Facts(link=letters.link("charter.check")), f"head:{day.isoformat()}"
    _deliver(Channel.EMAIL, settings.dpo_email, "chain_head", facts, lang="fr", identity=identity, enclosed=enclosed)


def _send_once(channel: Channel, to: str, template: str, facts: Facts, *, lang: str, identity: str) -> bool:
    try:
        _deliver(channel, to, template, facts, lang=lang, identity=identity)
    except mail.Undeliverable:
        return False  # a wrong address: whoever asked sees on the page that nothing arrives, and how to ask for help
    return True


def _hand_over(message: "Message") -> None:
    origin = queries.origin(message.event_key)
    signature_id, several = origin.signature_id, len(origin.signature_ids)
    told_of_another = message.template == OTHER_SIGNED  # neither their file nor their page
    signature = queries.charter_signature(signature_id) if signature_id and not told_of_another else None
    loan = queries.loan(message.loan_id or 0)
    page = letters.link(LOAN_PAGE, public_id=loan.public_id)
    enclosed: list[mail.File] = []
    if signature and signature.sealed_key:
        enclosed = [mail.File(f"charte-{loan.reference}.pdf", files.read(signature.sealed_key))]
    elif several > 1:
        page = letters.link(HOME_PAGE)
    elif signature:
        page = letters.link(CHARTER_PAGE, public_id=signature.public_id)
    elif told_of_another:
        page = letters.link(WHO_PAGE, loan_id=loan.public_id)
    facts = Facts(
        link=page,
        first_name=loan.student.given_name,
        count=max(several, 1),
        reference=loan.reference,
        submitted_at=loan.submitted_at,
        decided_at=loan.decided_at,
        sent_at=loan.sent_at,
        received_at=loan.received_at,
        due_on=recalls.day_of(loan.id) if message.template in ABOUT_RETURN else None,
        tracking_number=loan.tracking_number,
    )
    handed_over = receipts.receipt(loan.id) if message.template == HANDED_OVER else None
    db.session.close()  # the connection goes back: a slow relay must not hold it
    if handed_over and message.channel is Channel.EMAIL:
        enclosed = [mail.File(f"recu-{loan.reference}.pdf", receipt_pdf(handed_over, lang=message.language))]
    _deliver(
        message.channel,
        message.to,
        message.template,
        facts,
        lang=message.language,
        identity=message.public_id,
        enclosed=enclosed,
    )


def _deliver(
    channel: Channel,
    to: str,
    template: str,
    facts: Facts,
    *,
    lang: str,
    identity: str,
    enclosed: list[mail.File] | None = None,
) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if channel is Channel.SMS:
        text = letters.text_message(template, facts, lang=lang)
        sms.send(url=settings.sms_url, token=settings.sms_token, identity=identity, to=to, text=text)
        return
    words = letters.letter(template, facts, lang=lang)
    mail.send(
        mail.Mail(
            identity=identity,
            sender=settings.mail_from,
            to=to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            language=lang,
            files=enclosed or (),
        ),
        url=settings.smtp_url,
    )
