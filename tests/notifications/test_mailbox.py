"""The demo's letter box, through its real servers."""

import smtplib

import httpx
import pytest

from portal.demo import mailbox
from portal.demo.sink import running
from portal.notifications import mail, sms
from portal.notifications.mail import File, Mail
from tests.ports import free_port

LETTER = Mail(
    identity="1",
    sender="Fin prêt <ne-pas-repondre@example.org>",
    to="jeanne@example.org",
    subject="Demande reçue",
    text="Bonjour.\n\nSuivez-la : https://pret.example.org/d/1.\nEt https://pret.example.org/d/1 encore.",
    html="<p>Bonjour.</p>",
    files=[File("charte.pdf", b"%PDF")],
)


@pytest.fixture
def box(tmp_path):
    with running(tmp_path, smtp_port=free_port(), sms_port=0) as (smtp, texts):
        yield f"smtp://127.0.0.1:{smtp}", f"http://127.0.0.1:{texts}/sms"


def test_an_email_is_read_as_its_reader_sees_it(box, tmp_path):
    mail.send(LETTER, url=box[0])
    (letter,) = mailbox.list_messages(tmp_path)
    assert (letter.channel, letter.to, letter.subject) == ("email", "jeanne@example.org", "Demande reçue")
    assert "Fin prêt" in letter.sender
    assert letter.links == ("https://pret.example.org/d/1",)
    assert "<p>" in letter.html
    assert [(file.name, file.content) for file in letter.attachments] == [("charte.pdf", b"%PDF")]


def test_what_comes_twice_is_kept_once(box, tmp_path):
    for _ in range(2):
        mail.send(LETTER, url=box[0])
        sms.send(url=box[1], token="", identity="k", to="+33639980001", text="Fin pret : https://pret.example.org/c")
    letters = mailbox.list_messages(tmp_path)
    assert sorted(letter.channel for letter in letters) == ["email", "sms"]
    assert {letter.links for letter in letters if letter.channel == "sms"} == {("https://pret.example.org/c",)}


def test_messages_without_an_id_are_all_kept_newest_first(box, tmp_path):
    port = int(box[0].rpartition(":")[2])
    for name in ("un", "deux"):
        with smtplib.SMTP("127.0.0.1", port) as relay:
            relay.sendmail("a@example.org", ["b@example.org"], f"Subject: {name}\r\n\r\n{name}\r\n")
    assert [letter.subject for letter in mailbox.list_messages(tmp_path)] == ["deux", "un"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"to": "+33639980001"}'])
def test_the_gateway_refuses_what_is_no_message(box, content, tmp_path):
    assert httpx.post(box[1], content=content, trust_env=False).status_code == 400
    assert mailbox.list_messages(tmp_path) == []


def test_the_box_is_its_owners_only(box, tmp_path):
    mail.send(LETTER, url=box[0])
    folder = mailbox.box(tmp_path)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
