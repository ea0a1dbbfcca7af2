"""E-mail: written with the standard library, handed to the relay of the settings."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, unquote, urlsplit

from portal.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE: Final = 20.0
"""Seconds given to the relay for each answer."""

FOR_GOOD: Final = 500
"""From this reply code on, trying again is useless (RFC 5321, 4.2.1)."""

_PORTS: Final = {"smtp": 25, "smtps": 465}


class Undeliverable(Exception):
    """The message will never be taken: trying again is useless. The text is the name of the cause."""


@dataclass(frozen=True, slots=True)
class File:
    """Something attached; its name must hold nothing personal."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Mail:
    """One e-mail to one person. `identity` makes its Message-ID: sent twice, it is recognised as the same."""

    identity: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    language: str = "fr"
    files: Sequence[File] = ()


def send(mail: Mail, *, url: str) -> None:
    """Hand an e-mail to the relay at `url` (`smtp://user:password@host:port`, or `smtps://`).

    :raises Undeliverable: the relay has refused this address or this message for good.
    :raises OSError: (`smtplib`'s errors included) the relay cannot be reached or asks to come back later.
    """
    message = written(mail)
    try:
        with _relay(urlsplit(url)) as relay:
            relay.send_message(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        if all(code >= FOR_GOOD for code, _ in refusal.recipients.values()):
            raise Undeliverable("RecipientRefused") from None
        raise
    except smtplib.SMTPDataError as refusal:
        if refusal.smtp_code >= FOR_GOOD:
            raise Undeliverable("MessageRefused") from None
        raise
    except smtplib.SMTPNotSupportedError:
        raise Undeliverable("AddressNotSupported") from None


def written(mail: Mail) -> EmailMessage:
    """The message as it travels: text, HTML, files."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(mail.identity, sender=mail.sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    message["Content-Language"] = mail.language
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for file in mail.files:
        message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
    return message


def message_id(identity: str, *, sender: str) -> str:
    """The same for the same identity; it does not show the identity."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{sha256(identity.encode()).hexdigest()[:40]}@{domain}>"


@contextmanager
def _relay(url: SplitResult) -> "Iterator[smtplib.SMTP]":
    host, port = url.hostname or "localhost", url.port or _PORTS[url.scheme]
    secure = ssl.create_default_context()
    if url.scheme == "smtps":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=secure)
    else:
        opened = smtplib.SMTP(host, port, timeout=PATIENCE)
    with opened as relay:
        relay.ehlo()
        if url.scheme == "smtp" and relay.has_extn("starttls"):
            relay.starttls(context=secure)
            relay.ehlo()
        if url.username:
            relay.login(unquote(url.username), unquote(url.password or ""))
        yield relay
