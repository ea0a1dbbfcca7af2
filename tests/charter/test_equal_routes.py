"""The ways to sign that need somebody of the school, or its letter: equal to the others, with the same evidence."""

import json
import subprocess
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pillow_heif
import pytest
from PIL import Image

from portal.access.services import letters
from portal.access.states import LetterState
from portal.charter import queries, scans, services
from portal.charter.models import CharterDesk, CharterPaper, CharterSignature
from portal.charter.rules import CannotSign, UnreadableScan
from portal.charter.services import Witnessed
from portal.charter.services.sealing import stamp_lines
from portal.kernel import clock as time
from portal.loans import services as loans
from portal.loans.errors import NotSigned
from portal.loans.states import CharterGate, LoanState
from portal.platform import files, scope
from tests import factories as make
from tests.charter import flow

pytestmark = pytest.mark.usefixtures("app")
AGENT = 7
pillow_heif.register_heif_opener()  # Pillow then writes HEIC too


def photo(kind="JPEG", size=(900, 1200)):
    """A sheet with a stroke on it."""
    image, made = Image.new("RGB", size, "white"), BytesIO()
    image.paste("black", (100, 200, 700, 210))
    exif = Image.Exif()
    exif[0x010F] = "Telephone of somebody"
    image.save(made, kind, exif=exif)
    return made.getvalue()


def in_school(about, call, *args, **kwargs):
    def inside():
        with scope.schools(about.loan.school_id):
            return call(*args, **kwargs)

    return flow.job(inside)


def at_desk(about, *, seen=True):
    """A tablet joined to a session; returns its token."""
    opened = in_school(about, services.open_desk, about.id, agent_id=AGENT, agent_role="manager", identity_seen=seen)
    return flow.job(services.claim, opened.code)


def on_paper(about, content=None, **changes):
    values = {
        "name": about.name,
        "signed_on": time.today(),
        "agent_id": AGENT,
        "agent_role": "manager",
        "identity_seen": True,
        **changes,
    }

    def record():
        kept = services.keep_scan([content or photo()])
        return services.record_paper(about.id, seen=Witnessed(**values), scan=kept)

    return in_school(about, record)


def evidence(about):
    """The evidence inside the sealed file, judged as `flask evidence verify` does."""
    pdf = files.read(about.signature.sealed_key)
    with pikepdf.open(BytesIO(pdf)) as sealed:
        return json.loads(sealed.attachments["preuve.json"].get_file().read_bytes())


def on_the_seal(about):
    """What the seal prints on the page."""
    from flask import current_app

    key = services.seal_key(current_app.config["SETTINGS"])
    return flow.job(lambda: stamp_lines(queries.file_of(about.id), key=key))


def judged(about):
    from flask import current_app

    trust = services.trust(current_app.config["SETTINGS"])
    return services.judge(files.read(about.signature.sealed_key), trust=trust)


@pytest.fixture
def about():
    return flow.asked()


# --- the desk -------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_a_signature_at_the_desk_names_the_agent_who_was_there(about, app, tmp_path, monkeypatch):
    flow.in_demo(app, tmp_path, monkeypatch)
    token = at_desk(about)
    assert flow.job(services.sign_at_desk, token, name=about.name, consent=True, language="ar") == {}
    assert make.fresh(about.loan).charter is CharterGate.SIGNED
    flow.seal(about)
    told = evidence(about)
    assert told["route"] == "desk"
    assert told["attended"] | {"session_started_at": "", "tablet_opened_at": ""} == {
        "agent_role": "manager",
        "agent_account": AGENT,
        "identity_document_seen": True,
        "session_started_at": "",
        "tablet_opened_at": "",
    }
    assert told["consent"]["lang_displayed"] == "ar"
    assert told["auth"] == [], "no code was sent, and nothing stands for one"
    assert "code_verified" in told["not_observed"]
    assert on_the_seal(about)[0] == f"Signée au guichet du lycée par {about.name}"
    assert judged(about).fault == ""


def test_the_tablets_token_opens_one_charter_until_it_is_signed(about):
    token = at_desk(about)
    assert flow.job(services.shown, token).file.signature.id == about.id
    flow.job(services.sign_at_desk, token, name=about.name, consent=True, language="fr")
    with pytest.raises(CannotSign):
        flow.job(services.shown, token)


def test_a_code_joins_one_tablet_only_and_not_for_long(about, clock):
    opened = in_school(about, services.open_desk, about.id, agent_id=AGENT, agent_role="head", identity_seen=False)
    flow.job(services.claim, opened.code)
    with pytest.raises(CannotSign, match="n’ouvre rien"):
        flow.job(services.claim, opened.code)
    second = in_school(about, services.open_desk, about.id, agent_id=AGENT, agent_role="head", identity_seen=False)
    clock.forward(minutes=11)
    with pytest.raises(CannotSign, match="n’ouvre rien"):
        flow.job(services.claim, second.code)


@pytest.mark.parametrize("end", ["button", "time", "another session"])
def test_the_agents_button_time_and_a_new_session_end_the_token(about, clock, end):
    token = at_desk(about)
    [desk] = make.every(CharterDesk)
    if end == "button":
        in_school(about, services.stop, desk.public_id)
    elif end == "time":
        clock.forward(minutes=21)
    else:
        at_desk(about)
    with pytest.raises(CannotSign, match="Rendez la tablette"):
        flow.job(services.sign_at_desk, token, name=about.name, consent=True, language="fr")
    assert make.fresh(about.loan).charter is CharterGate.TO_SIGN


def test_declining_at_the_desk_is_one_move_and_ends_the_session(about):
    token = at_desk(about)
    flow.job(services.decline_at_desk, token)
    assert make.fresh(about.loan).charter is CharterGate.DECLINED
    assert [one.state for one in make.every(CharterDesk)] == ["declined"]


def test_at_the_desk_the_name_and_the_sentence_are_asked_as_at_home(about):
    token = at_desk(about)
    refused = flow.job(services.sign_at_desk, token, name="Quelqu’un d’autre", consent=False, language="fr")
    assert set(refused) == {"name", "consent"}
    assert make.fresh(about.loan).charter is CharterGate.TO_SIGN


def test_an_opposition_recorded_meanwhile_closes_the_desk_too(about):
    token = at_desk(about)
    make.guardianship(about.family.student, make.guardian(), kinship="père", opposed_on=date(2026, 9, 1))
    with pytest.raises(CannotSign, match="s’oppose"):
        flow.job(services.sign_at_desk, token, name=about.name, consent=True, language="fr")


# --- the paper ------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_sig_11_a_paper_signature_follows_the_same_path_and_is_verified_like_the_others(
    about, app, tmp_path, monkeypatch
):
    flow.in_demo(app, tmp_path, monkeypatch)
    printed = about.signature.presented_sha256
    assert on_paper(about) == {}
    assert make.fresh(about.loan).charter is CharterGate.SIGNED
    flow.seal(about)
    told, [paper] = evidence(about), make.every(CharterPaper)
    assert told["route"] == "paper"
    assert told["attended"]["sha256_pdf_printed"] == printed
    assert told["attended"]["sha256_scan"] == paper.scan_sha256
    assert (told["attended"]["agent_account"], told["attended"]["agent_role"]) == (AGENT, "manager")
    assert told["attended"]["identity_document_seen"] is True
    assert on_the_seal(about)[0] == f"Signée sur papier par {about.name}"
    assert on_the_seal(about)[2] == f"En présence de l’agent n°\u00a0{AGENT} du lycée"
    assert "name_typed" not in told["signer"]
    assert "checkbox" not in told["consent"]
    assert judged(about).fault == ""
    sealed = tmp_path / "sealed.pdf"
    sealed.write_bytes(files.read(about.signature.sealed_key))
    said = subprocess.run(["pdfsig", sealed], capture_output=True, text=True, check=False).stdout
    assert "Total document signed" in said
    assert "Signature is Valid" in said
    with pikepdf.open(sealed) as pdf:
        assert len(pdf.pages) == 2


def test_a_wrong_scan_is_revoked_with_a_reason_and_the_family_is_asked_again(about, app, tmp_path, monkeypatch):
    flow.in_demo(app, tmp_path, monkeypatch)
    before = about.signature
    on_paper(about)
    flow.seal(about)
    in_school(about, services.revoke_paper, about.id, reason="Autre élève", by=AGENT, role="manager")
    after, [paper] = about.signature, make.every(CharterPaper)
    assert (after.state, after.presented_sha256, after.sealed_key) == ("invited", before.presented_sha256, None)
    assert (paper.reason, paper.revoked_by) == ("Autre élève", AGENT)
    assert make.fresh(about.loan).charter is CharterGate.TO_SIGN
    assert on_paper(about) == {}


def test_only_the_witness_or_the_head_revokes_and_never_once_the_device_has_left(about):
    on_paper(about)
    with pytest.raises(CannotSign, match="Seule la personne"):
        in_school(about, services.revoke_paper, about.id, reason="x", by=AGENT + 1, role="manager")
    make.change(make.fresh(about.loan), state=LoanState.IN_TRANSIT)
    with pytest.raises(CannotSign, match="déjà sorti"):
        in_school(about, services.revoke_paper, about.id, reason="x", by=AGENT, role="manager")


def test_the_other_parent_whom_the_paper_released_is_asked_again_when_it_is_revoked():
    family = make.family()
    make.guardianship(family.student, make.guardian(), kinship="père")
    about = flow.asked(family)
    on_paper(about)
    assert sorted(one.state for one in make.every(CharterSignature)) == ["revoked", "signed"]
    in_school(about, services.revoke_paper, about.id, reason="Illisible", by=1, role="head")
    assert [one.state for one in make.every(CharterSignature)] == ["invited", "invited"]


def test_the_name_and_the_date_of_the_paper_must_fit(about):
    assert set(on_paper(about, name="Quelqu’un d’autre")) == {"name"}
    assert set(on_paper(about, signed_on=time.today() + timedelta(days=1))) == {"signed_on"}
    assert set(on_paper(about, signed_on=time.today() - timedelta(days=9))) == {"signed_on"}
    assert make.fresh(about.loan).charter is CharterGate.TO_SIGN


def test_no_device_leaves_after_the_paper_was_revoked(about):
    """The bench, the desk and the carrier all ask the loan; the database holds the same rule."""
    make.change(make.fresh(about.loan), state=LoanState.AWAITING_PICKUP)
    on_paper(about)
    in_school(about, services.revoke_paper, about.id, reason="Illisible", by=AGENT, role="manager")
    with pytest.raises(NotSigned):
        in_school(about, loans.collect, about.loan.id)


# --- scans ----------------------------------------------------------------------------------------------------------


def test_a_photo_loses_what_the_telephone_wrote_and_keeps_its_page():
    pdf, pages = scans.read([photo(), photo("PNG")])
    assert pages == 2
    assert b"Telephone of somebody" not in pdf


def test_a_photo_of_an_iphone_is_kept_as_the_others(tmp_path):
    (tmp_path / "papier.pdf").write_bytes(scans.read([photo("HEIF")]).pdf)
    assert b"Telephone of somebody" not in (tmp_path / "papier.pdf").read_bytes()
    subprocess.run(["pdftoppm", "-r", "40", "-gray", "papier.pdf", "page"], check=True, cwd=tmp_path)
    with Image.open(tmp_path / "page-1.pgm") as seen:
        darkest, lightest = seen.getextrema()
    assert darkest < 100, "the stroke is not on the page"
    assert lightest > 250, "the page is not white"


def test_a_pdf_keeps_its_pages_and_none_of_its_scripts():
    given = pikepdf.open(BytesIO(scans.read([photo()]).pdf))
    given.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    active = BytesIO()
    given.save(active)
    pdf, pages = scans.read([active.getvalue()])
    with pikepdf.open(BytesIO(pdf)) as clean:
        assert (pages, "/OpenAction" in clean.Root, "/Names" in clean.Root) == (1, False, False)


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ([b"MZ a program"], "ni un PDF"),
        ([b"<svg xmlns='http://www.w3.org/2000/svg'/>"], "ni un PDF"),
        ([b"\x00\x00\x00\x18ftypheic and more"], "abîmée"),
        ([photo("HEIF")[:1200]], "abîmée"),
        ([b"%PDF-1.7 and then nothing"], "abîmé"),
        ([photo()[:2000]], "abîmée"),
        ([b"%PDF-1.7", photo()], "un seul PDF"),
    ],
)
def test_what_is_no_scan_is_refused_in_a_sentence(contents, sentence):
    with pytest.raises(UnreadableScan) as refusal:
        scans.read(contents)
    assert sentence in str(refusal.value.message)


# --- the letter -----------------------------------------------------------------------------------------------------


def by_letter(about, code, **changes):
    flow.read(about)
    values = {"name": about.name, "consent": True, **changes}
    return flow.as_family(about.family, services.sign_by_letter, about.id, code=code, **values)


@pytest.fixture
def unreachable():
    return flow.asked(make.family(guardian=make.guardian(email=None, mobile=None)))


def letter_of(about, code="ABCDEFGHJKMN", **values):
    now = time.now()
    usual = {"state": LetterState.USED, "code_hash": letters.hashed(code), "printed_at": now, "used_at": now}
    return make.letter(about.family.guardian, **{**usual, "expires_at": now + timedelta(days=90), **values})


def test_a_parent_without_any_contact_signs_with_the_letters_code_and_the_evidence_says_one_channel(
    unreachable, app, tmp_path, monkeypatch
):
    flow.in_demo(app, tmp_path, monkeypatch)
    letter_of(unreachable)
    assert by_letter(unreachable, "ABCDEFGHJKMN") == {}
    flow.seal(unreachable)
    told = evidence(unreachable)
    assert told["route"] == "letter"
    assert told["auth"][0]["channel"] == "letter"
    assert "second_channel" in told["not_observed"]
    assert "lettre" in on_the_seal(unreachable)[2]
    assert judged(unreachable).fault == ""


def test_another_persons_letter_an_old_one_and_six_tries_sign_nothing(unreachable):
    letter_of(unreachable, expires_at=time.now() - timedelta(days=1))
    make.letter(make.guardian(), state=LetterState.USED, code_hash=letters.hashed("AAAABBBBCCCC"), used_at=time.now())
    assert "votre lettre" in by_letter(unreachable, "ABCDEFGHJKMN")["code"]
    assert "votre lettre" in by_letter(unreachable, "AAAABBBBCCCC")["code"]
    said = [by_letter(unreachable, "ZZZZZZZZZZZZ")["code"] for _ in range(4)]
    assert "Cinq essais" in said[-1]
    assert make.fresh(unreachable.loan).charter is CharterGate.TO_SIGN


def test_whoever_can_receive_a_code_does_not_sign_by_letter(about):
    letter_of(about)
    with pytest.raises(CannotSign, match="Recevez plutôt"):
        by_letter(about, "ABCDEFGHJKMN")
