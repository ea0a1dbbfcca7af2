"""The servers of the harness speak the real protocols."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest


def test_the_mail_server_keeps_what_it_is_sent(mailbox):
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = "Votre prêt", "ines@example.org", "portail@example.org"
    message.set_content("Bonjour Inès")
    host, _, port = mailbox.url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as link:
        link.send_message(message)
        assert mailbox.to("ines@example.org")[0].get_content().strip() == "Bonjour Inès"
        mailbox.refuse = "451 Later"
        with pytest.raises(smtplib.SMTPDataError):
            link.send_message(message)
    assert len(mailbox.messages) == 1


def test_the_sms_gateway_keeps_a_text_once(texts):
    for _ in range(2):
        httpx.post(texts.url, json={"to": "+33639980012", "text": "Code 123456"}, headers={"Idempotency-Key": "a"})
    assert texts.to("+33639980012") == ["Code 123456"]
    texts.status = 503
    assert httpx.post(texts.url, json={}).status_code == 503
