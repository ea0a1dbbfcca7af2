"""The charter is read, signed with a code, sealed and kept: by a guardian, by an adult student, and not by a minor."""

import re
import shutil
import subprocess
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from tests.documents import paper
from tests.e2e.walk import WORKER, repeated
from tests.e2e.ways import CHARTER, CODE, DOOR, HOME, READ, ask_a_code, ask_for_a_way_in, come_in, say_who, sign

MOTHER = "+33639980014"
COPY = "Télécharger ma charte signée (PDF)"
pytestmark = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")


MOST_SCREENS = 6
"""From the link of the message to the signature, the way in included (issue 4)."""


def until_signed(screens):
    """The screens before the one that says it is done; a page that waits for the worker and reloads itself is one."""
    seen = [path for path in screens if not path.endswith("/signee")]
    return [path for before, path in pairwise(["", *seen]) if not (path == before and path.endswith("/lire"))]


def signatures(pdf, folder):
    """What a tool that is not ours says of the seal."""
    file = folder / "charte.pdf"
    file.write_bytes(pdf)
    # Nobody vouches for the demo's certificate: only the mathematics is asked.
    return subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=True).stdout


def attachment(live, to):
    """The sealed copy that came by e-mail."""
    with repeated() as again:
        for _ in again:
            if found := [letter.attachments[0] for letter in live.letters(to) if letter.attachments]:
                return found[0].content
    raise AssertionError


def test_a_guardian_reads_signs_and_keeps_the_sealed_charter(live, town, walk, js, tmp_path):
    family = town["sign js" if js else "sign no-js"]
    parent, child = family.parent, family.child
    by_sms = js
    invitation = live.wait_for_letter(parent.email, saying="signer", seconds=WORKER / 1000)
    assert child.name.split()[0] in invitation.text
    here = walk(js=js)
    come_in(here, live, parent.email)

    here.open(invitation.links[0], CHARTER)
    here.wait_for(here.page.get_by_role("button", name=READ))
    here.read(child.name, "Le texte entier")
    presented = here.file_of("Ouvrir le même texte en PDF")
    assert presented.startswith(b"%PDF-")
    assert child.name in paper.text(presented)

    here.press(READ, then="Recevoir un code")
    here.follow("Je ne souhaite pas signer", then="Ne pas signer la charte")
    here.follow("Revenir à la charte", then="Recevoir un code")
    code = ask_a_code(here, live, by="sms" if by_sms else "email", to=parent.sms if by_sms else parent.email)

    here.refused("Signer la charte", "Tapez le code", "Écrivez votre prénom", "Cochez la case")
    here.write("Le code reçu", "000000" if code != "000000" else "000001")
    here.write("Votre prénom et votre nom", "Quelqu’un d’autre")
    here.choose("J’ai lu cette charte.")
    here.refused("Signer la charte", "nom")
    sign(here, code=f"{code[:3]} {code[3:]}", name=parent.name.upper())

    link = here.page.get_by_role("link", name=COPY)
    here.wait_for(link)
    here.look()
    with here.page.expect_download() as download:
        link.click()
    sealed = download.value.path().read_bytes()
    assert re.fullmatch(r"charte-FP-\w{4}-\w{4}\.pdf", download.value.suggested_filename)
    assert sealed[: len(presented)] == presented, "what was signed is what was read, byte for byte"
    assert len(sealed) > len(presented)
    told = signatures(sealed, tmp_path)
    assert "Signature is Valid." in told, told
    assert "Total document signed" in told, told
    by_mail = attachment(live, parent.email)  # with its time stamp or still without: it fills a place of its own
    assert (by_mail[: len(presented)], len(by_mail)) == (presented, len(sealed))

    here.open(invitation.links[0], "Charte signée")  # the same link, later
    here.open("/", "Mes dossiers")
    here.follow("Où en est l’ordinateur ?", then="Où en est mon ordinateur ?")
    assert here.steps()["Charte signée"] == "done"


def test_an_adult_student_signs_alone_without_javascript_and_by_typing_every_code(live, town, walk, tmp_path):
    student = town["adult"].child
    live.wait_for_letter(student.email, seconds=WORKER / 1000)
    here = walk(js=False)
    letter = ask_for_a_way_in(here, live, student.email)
    here.write("Code à 6 caractères", CODE.search(letter.text)[1].lower())
    here.press("Entrer avec ce code", then=HOME)
    here.follow("Charte", then=CHARTER, within=here.page.locator(".tasks"))
    here.wait_for(here.page.get_by_role("button", name=READ))
    here.press(READ, then="Recevoir un code")
    code = ask_a_code(here, live, by="email", to=student.email)
    sign(here, code=code, name=student.name)
    assert "responsable légal" not in here.text()
    here.wait_for(here.page.get_by_role("link", name=COPY))
    assert "Signature is Valid." in signatures(here.file_of(COPY), tmp_path)


def test_a_minor_waits_for_a_guardian_who_is_invited_by_sms(live, walk):
    """Léo Marchal of the demo: his mother has a telephone and no e-mail."""
    invitation = live.wait_for_letter(MOTHER, seconds=WORKER / 1000)
    assert "attend votre signature" in invitation.text
    here = walk()
    come_in(here, live, "leo.marchal@example.org")
    here.read("Léo Marchal")
    assert here.page.get_by_role("link", name="Signer la charte").count() == 0
    here.follow("Où en est l’ordinateur ?", then="Où en est mon ordinateur ?")
    assert here.steps()["Charte à signer"] == "current"
    here.read("Un responsable légal doit la signer.")
    loan = here.page.url.rpartition("/")[2]
    here.open(f"/charte/{loan}", "La charte attend une signature")
    here.read("Vous avez moins de 18 ans", "Sophie Marchal")

    stranger = walk()
    stranger.open(invitation.links[0], DOOR)  # the link alone opens nothing


def test_a_guardian_without_e_mail_comes_in_and_signs_by_telephone_alone(live, town, walk, tmp_path):
    """From the SMS of the invitation to their own copy: no address is ever needed."""
    parent = town["phone"].parent
    invitation = live.wait_for_letter(parent.sms, saying="attend votre signature", seconds=WORKER / 1000)
    here = walk()
    screens: list[str] = []
    here.page.on("framenavigated", lambda frame: screens.append(urlsplit(frame.url).path))
    here.open(invitation.links[0], DOOR)
    came = say_who(here, live, parent.sms)
    assert len(came.text) <= 160
    here.open(came.links[0], "Il ne reste qu’un bouton")
    here.press("Entrer", then=CHARTER)
    here.wait_for(here.page.get_by_role("button", name=READ))
    here.press(READ, then="Recevoir un code")
    code = ask_a_code(here, live, by="sms", to=parent.sms)
    sign(here, code=code, name=parent.name)
    assert len(until_signed(screens)) <= MOST_SCREENS, screens
    here.wait_for(here.page.get_by_role("link", name=COPY))
    assert "Signature is Valid." in signatures(here.file_of(COPY), tmp_path)
    assert live.wait_for_letter(parent.sms, saying="est signée", seconds=WORKER / 1000).links


def test_a_guardian_declines_then_changes_their_mind(live, town, walk):
    parent = town["declines"].parent
    live.wait_for_letter(parent.email, seconds=WORKER / 1000)
    here = walk()
    come_in(here, live, parent.email)
    here.follow("Charte", then=CHARTER, within=here.page.locator(".tasks"))
    here.follow("Je ne souhaite pas signer", then="Ne pas signer la charte")
    here.press("Je ne signe pas", then="Vous n’avez pas signé")
    here.open("/", "Mes dossiers")
    here.follow("Où en est l’ordinateur ?", then="Où en est mon ordinateur ?")
    assert here.steps()["Charte refusée"] == "problem"
    loan = here.page.url.rpartition("/")[2]
    here.open(f"/charte/{loan}", "Vous n’avez pas signé")
    here.press("Finalement, je veux signer", then=CHARTER)
