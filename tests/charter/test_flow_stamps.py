"""From the signature to its time stamp, its archive and the day's chain head: what the worker does, done at once."""

import json
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

import time_authority
from portal.charter import services
from portal.charter.cli import group
from portal.charter.models import CharterEvent, CharterHead, CharterSignature
from portal.charter.pades import asking
from portal.charter.seal import verify
from portal.charter.states import SignatureState
from portal.notifications import sending
from portal.platform import files, scope
from portal.platform.outbox import OutboxRow
from tests import factories as make
from tests.charter import flow
from tests.charter.test_equal_routes import on_paper
from tests.pages import Page


@pytest.fixture
def authority(app, tmp_path, monkeypatch, clock):
    """A real authority on loopback that lives in the test's own time."""
    flow.in_demo(app, tmp_path, monkeypatch)
    monkeypatch.setattr(asking, "PATIENCE", 2.0)
    with time_authority.running(tmp_path / "horodatage", now=clock.now) as server:
        given = replace(app.config["SETTINGS"], tsa_url=server.url, tsa_roots=str(server.trust))
        monkeypatch.setitem(app.config, "SETTINGS", given)
        yield server


@pytest.fixture
def settings(app):
    return lambda: app.config["SETTINGS"]


@pytest.fixture
def evidence(app):
    """`flask evidence …`: its exit code and what it says."""

    def run(*words):
        done = flow.job(app.test_cli_runner().invoke, group, [*map(str, words)])
        return done.exit_code, done.output

    return run


def sealed(family=None):
    about = flow.signed(family)
    flow.seal(about)
    return about


def catch_up(settings):
    return flow.job(services.catch_up, settings())


def judged(about, settings):
    return verify(files.read(about.signature.sealed_key), trust=services.trust(settings()))


def kinds(about):
    rows = make.every(CharterEvent, signature_id=about.id)
    return [row.kind for row in sorted(rows, key=lambda row: row.number)]


# --- SIG-6 -----------------------------------------------------------------------------------------------------------


def test_sig_6_a_cut_authority_never_stops_a_signature_and_is_caught_up(authority, settings, clock, client, tmp_path):
    authority.behave("cut")
    about = sealed()
    first = about.signature.sealed_key
    assert about.signature.sealed_at
    assert catch_up(settings) == 0
    row = about.signature
    assert (row.stamped_at, row.stamp_tries, row.sealed_key) == (None, 1, first)
    assert row.stamp_due_at == clock.now() + timedelta(minutes=1)
    assert "timestamped" not in kinds(about)
    ours = judged(about, settings)
    assert (ours.ok, ours.stamped_at) == (True, None)
    assert b'"time_source_when_enclosed":"server only"' in ours.evidence
    assert client.get("/sante").json["time_stamps"] == {"authority": "configured", "waiting": 1, "late": False}

    clock.forward(minutes=61)
    assert catch_up(settings) == 0
    assert client.get("/sante").json["time_stamps"]["late"] is True

    authority.behave()
    clock.forward(minutes=2)
    assert catch_up(settings) == 1
    row = about.signature
    assert (row.stamped_at, row.stamp_due_at) == (clock.now(), None)
    assert kinds(about)[-2:] == ["sealed", "timestamped"]
    assert judged(about, settings).stamped_at == row.stamped_at
    assert client.get("/sante").json["time_stamps"] == {"authority": "configured", "waiting": 0, "late": False}
    assert files.read(row.sealed_key).startswith(files.read(row.presented_key))
    file = tmp_path / "charte.pdf"
    file.write_bytes(files.read(row.sealed_key))
    said = subprocess.run(["pdfsig", "-nocert", file], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    page = Page(client.post("/verifier", data={"file": (file.open("rb"), "charte.pdf")}))
    assert "Fin prêt, démonstration a vu ce cachet le" in page.text("main")


def test_sig_6_one_silence_stands_for_all_and_each_wait_is_longer(authority, settings, clock):
    authority.behave("html-502")
    one, waits = sealed(), []
    for _ in range(7):
        catch_up(settings)
        waits.append((one.signature.stamp_due_at - clock.now()).total_seconds() / 60)
        clock.set(one.signature.stamp_due_at)
    assert waits == [1, 2, 5, 15, 30, 30, 30]
    other = sealed()
    catch_up(settings)
    assert (one.signature.stamp_tries, other.signature.stamp_tries) == (8, 0)
    authority.behave()
    clock.forward(minutes=31)
    assert catch_up(settings) == 2


def test_sig_6_a_token_that_proves_nothing_is_never_called_a_time_stamp(authority, settings):
    authority.behave("wrong-nonce")
    about = sealed()
    assert catch_up(settings) == 1  # asked, and answered: the others are asked too
    assert about.signature.stamped_at is None
    assert "timestamped" not in kinds(about)


def test_sig_6_the_seal_asks_for_its_stamp_and_a_repeated_answer_changes_nothing(authority, settings, clock):
    about = sealed()
    assert [row.kind for row in make.every(OutboxRow) if row.kind == "StampAsked"] == ["StampAsked"]
    flow.job(services.add_stamp, about.id, settings=settings())
    row = about.signature
    clock.forward(minutes=5)
    flow.job(services.add_stamp, about.id, settings=settings())
    assert about.signature.sealed_key == row.sealed_key
    assert kinds(about).count("timestamped") == 1


def test_the_archive_is_made_the_night_after_and_renewed_before_its_stamp_ends(authority, settings, clock):
    about = sealed()
    catch_up(settings)
    assert flow.job(services.keep_archives, settings()) == 0
    clock.forward(days=1)
    assert flow.job(services.keep_archives, settings()) == 1
    row = about.signature
    kept = files.read(row.archive_key)
    assert kept.startswith(files.read(row.sealed_key))
    assert verify(kept, trust=services.trust(settings())).archived_at == clock.now()
    assert flow.job(services.keep_archives, settings()) == 0
    clock.set(row.archive_until - timedelta(days=80))
    assert flow.job(services.keep_archives, settings()) == 1
    assert files.read(about.signature.archive_key).startswith(kept)


# --- SIG-5, SIG-7: the journal -----------------------------------------------------------------------------------------


def test_sig_6_the_region_reads_that_charters_wait_long_for_their_stamp(authority, settings, clock, as_user):
    sealed()
    quiet = Page(as_user(make.region_agent()).get("/textes-de-charte")).text("main")
    clock.forward(minutes=61)
    late = Page(as_user(make.region_agent()).get("/textes-de-charte")).text("main")
    assert "attend son horodatage" not in quiet
    assert "1 charte attend son horodatage depuis plus d’une heure" in late
    catch_up(settings)
    assert "attend son horodatage" not in Page(as_user(make.region_agent()).get("/textes-de-charte")).text("main")


def test_sig_1_the_evidence_says_where_the_contact_came_from_and_nothing_when_none_was_used(authority, settings):
    online, paper = sealed(), flow.asked()
    assert on_paper(paper) == {}
    flow.seal(paper)
    told = [json.loads(judged(one, settings).evidence) for one in (online, paper)]
    assert told[0]["signer"]["contact_source"] == "fichier SIECLE du lycée"
    assert "contact_source" not in told[1]["signer"]
    assert [one["seal"]["level_at_least"] for one in told] == ["B-B", "B-B"]


def test_sig_5_a_try_is_told_before_what_it_led_to_however_slow_the_machine(app, clock):
    about = flow.asked()
    flow.read(about)
    compared = clock.now()
    clock.forward(milliseconds=40)
    make.change(about.signature, code_tries=1, verified_at=compared)
    assert [one.kind for one in make.every(CharterEvent)][-2:] == ["code_tried", "code_verified"]


def test_sig_5_the_evidence_tells_what_the_journal_saw_and_nothing_else(authority, settings):
    about = sealed()
    flow.job(services.note_code_accepted, about.id)  # too late: it is signed
    told = [*kinds(about)]
    assert told == [
        "invited",
        "document_displayed",
        "code_asked",
        "code_drawn",
        "code_tried",
        "code_verified",
        "signed",
        "sealed",
    ]
    record = json.loads(judged(about, settings).evidence)
    assert [event["type"] for event in record["events"]] == told[:-1]
    assert "code_accepted_by_relay" in record["not_observed"]
    assert "sent_at" not in record["auth"][0]
    assert (record["auth"][0]["attempts"], record["consent"]["lang_displayed"]) == (1, "fr")
    assert record["signer"]["ref"] == f"guardian:{about.family.guardian.id}"
    assert (record["route"], record["attended"]) == ("online", {})
    told = {
        "schema",
        "charter",
        "loan",
        "signer",
        "consent",
        "auth",
        "route",
        "attended",
        "events",
        "seal",
        "not_observed",
    }
    assert told == set(record)


def tamper(db, statement):
    with scope.every_school(reason="tampering"):
        db.session.execute(statement)
        db.session.commit()


CHANGES = {
    "edited": (
        lambda one: update(CharterEvent).where(one, CharterEvent.number == 2).values(kind="declined"),
        "l’événement 2 (declined)",
    ),
    "unlinked": (
        lambda one: update(CharterEvent).where(one, CharterEvent.number == 3).values(previous="0" * 64),
        "l’événement 3 (code_verified)",
    ),
    "deleted": (lambda one: delete(CharterEvent).where(one, CharterEvent.number == 3), "l’événement 3 (signed)"),
    "last deleted": (
        lambda one: delete(CharterEvent).where(one, CharterEvent.kind == "signed"),
        "l’événement 4\u00a0: il a été supprimé",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_sig_7_an_event_edited_or_deleted_is_named(db, evidence, app, tmp_path, monkeypatch, change):
    flow.in_demo(app, tmp_path, monkeypatch)
    whole, touched = (make.signature(state=SignatureState.SIGNED) for _ in range(2))
    assert evidence("verify") == (0, "intacts\u00a0: 2 journaux, 8 événements, 0 têtes publiées\n")
    make_it, words = CHANGES[change]
    tamper(db, make_it(CharterEvent.signature_id == touched.id))
    code, said = evidence("verify")
    assert code == 1
    assert f"signature {touched.id}\u00a0:" in said
    assert words in said
    assert f"signature {whole.id}\u00a0:" not in said


def test_sig_7_what_was_published_outside_the_database_contradicts_whoever_rewrites_it(
    app, authority, settings, evidence, clock, tmp_path, mailbox, monkeypatch
):
    db, about = app.extensions["sqlalchemy"], make.signature(state=SignatureState.SIGNED)
    clock.forward(days=1)
    assert flow.job(services.publish_heads, settings()) is True
    assert flow.job(services.publish_heads, settings()) is False
    (head,) = make.every(CharterHead)
    assert (head.journals, head.stamped_at) == (1, clock.now())
    assert [row.kind for row in make.every(OutboxRow) if row.kind == "HeadPublished"]
    by_mail = {"dpo_email": "dpo@region.example.org", "smtp_url": mailbox.url}
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings(), **by_mail))
    flow.job(sending.send_head, head.id)
    (letter,) = mailbox.to("dpo@region.example.org")
    assert [part.get_content() for part in letter.iter_attachments()] == [files.read(head.file_key)]
    assert evidence("verify")[1].endswith("1 têtes publiées\n")
    assert evidence("heads", "--folder", tmp_path / "ailleurs")[1].startswith("2026-09-08        1  " + head.sha256)
    assert evidence("verify", next((tmp_path / "ailleurs").iterdir()))[0] == 0

    tamper(db, delete(CharterEvent).where(CharterEvent.signature_id == about.id))
    rewritten = {"journal_length": 0, "journal_sha256": None}
    tamper(db, update(CharterSignature).where(CharterSignature.id == about.id).values(**rewritten))
    code, said = evidence("verify")
    assert code == 1
    assert "n’est pas celui qui a été publié le 2026-09-08" in said
    tamper(db, delete(CharterSignature).where(CharterSignature.id == about.id))
    assert "elle n’est plus dans la base" in evidence("verify")[1]
    tamper(db, update(CharterHead).values(sha256="0" * 64))
    assert "tête de chaîne du 2026-09-08\u00a0: la base en connaît une autre" in evidence("verify")[1]
