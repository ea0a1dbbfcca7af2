"""From the request to the sealed file, in services; on both databases."""

import hashlib
import json
import subprocess
from datetime import date

import pytest

from portal.charter import handlers, rules, services
from portal.charter.events import CharterSigned
from portal.charter.models import CharterSignature, CharterVersion
from portal.charter.rules import CannotSign, TooSoon
from portal.charter.seal import SealKeyError, verify
from portal.charter.states import SignatureState
from portal.charter.text import VARIABLES
from portal.kernel.errors import IllegalTransition
from portal.loans.states import CharterGate, LoanState
from portal.platform import files
from tests import factories as make
from tests.charter import flow

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def in_demo(app, tmp_path, monkeypatch):
    flow.in_demo(app, tmp_path, monkeypatch)


def states(loan):
    return {one.name_on_record: one.state.value for one in make.every(CharterSignature, loan_id=loan.id)}


def gate(loan):
    return make.fresh(loan).charter


# --- who is asked ---------------------------------------------------------------------------------------------------


def test_a_minors_guardian_is_asked_and_not_the_student():
    about = flow.asked(printed=False)
    assert states(about.loan) == {about.family.guardian.name: "invited"}
    assert make.trail(f"loan:{about.loan.id}") == ["SignatureInvited"]


def test_an_adult_student_signs_alone_whatever_the_parents_say():
    parent = make.family(make.adult_student())
    make.guardianship(parent.student, make.guardian(), opposed_on=date(2026, 9, 1))
    about = flow.asked(make.signed_in_student(parent.student), printed=False)
    assert states(about.loan) == {parent.student.name: "invited"}
    assert about.signature.legal_title == "élève majeur"


def test_both_guardians_are_asked_and_a_guardian_without_authority_is_not():
    family = make.family()
    other, outsider = make.guardian(), make.guardian()
    make.guardianship(family.student, other, kinship="père")
    make.guardianship(family.student, outsider, may_sign=False)
    about = flow.asked(family, printed=False)
    assert set(states(about.loan)) == {family.guardian.name, other.name}


def test_an_invitation_repeated_asks_nobody_twice():
    about = flow.asked(printed=False)
    assert flow.job(services.invite, about.loan.id) == []
    assert len(states(about.loan)) == 1


def test_a_recorded_opposition_stops_everything_and_asks_nobody():
    family = make.family()
    make.guardianship(family.student, make.guardian(), kinship="père", opposed_on=date(2026, 9, 1))
    make.charter_version()
    loan = make.loan(state=LoanState.SUBMITTED, student=family.student)
    flow.job(services.invite, loan.id)
    assert (states(loan), gate(loan)) == ({}, CharterGate.OPPOSED)


def test_an_opposition_recorded_after_the_invitation_still_forbids_the_signature():
    about = flow.asked()
    flow.read(about)
    code = flow.code_for(about)
    make.guardianship(about.family.student, make.guardian(), kinship="père", opposed_on=date(2026, 9, 8))
    with pytest.raises(CannotSign, match="oppose"):
        flow.sign(about, code)
    assert gate(about.loan) is CharterGate.TO_SIGN


def test_at_eighteen_the_signatory_changes(clock):
    family = make.family(make.student(birth_date=date(2008, 9, 10)))
    about = flow.asked(family)
    flow.read(about)
    clock.forward(days=2, hours=1)
    flow.job(services.invite, about.loan.id)
    assert states(about.loan) == {family.guardian.name: "revoked", family.student.name: "invited"}


def test_a_guardian_cannot_sign_for_a_student_who_has_turned_eighteen_meanwhile(clock):
    about = flow.asked(make.family(make.student(birth_date=date(2008, 9, 9))))
    clock.forward(hours=13, minutes=55)  # 23 h 55 in Paris
    flow.read(about)
    code = flow.code_for(about)
    clock.forward(minutes=6)
    with pytest.raises(CannotSign, match="18 ans"):
        flow.sign(about, code)


def test_a_withdrawn_request_waits_for_no_signature():
    about = flow.asked()
    flow.job(services.close, about.loan.id)
    assert about.signature.state is SignatureState.EXPIRED


# --- what is shown --------------------------------------------------------------------------------------------------


def test_the_file_is_printed_once_and_says_everything():
    about = flow.asked()
    first = about.signature
    flow.show(about.loan)
    assert about.signature.presented_sha256 == first.presented_sha256
    assert files.digest_of(files.read(first.presented_key)) == first.presented_sha256
    assert set(first.blanks) == set(VARIABLES)
    assert all(first.blanks.values())
    assert make.trail(f"loan:{about.loan.id}").count("CharterPresented") == 1


def test_nothing_is_read_before_the_file_exists():
    about = flow.asked(printed=False)
    with pytest.raises(CannotSign, match="se prépare"):
        flow.read(about)


def test_reading_is_recorded_once_with_its_language(clock):
    about = flow.asked()
    flow.read(about, language="ar")
    read_at = about.signature.displayed_at
    clock.forward(minutes=5)
    flow.read(about, language="fr")
    assert about.signature.displayed_at == read_at == clock.START
    assert about.signature.language_shown == "fr"


# --- SIG-2: the code ------------------------------------------------------------------------------------------------


@pytest.fixture
def reader():
    about = flow.asked()
    flow.read(about)
    return about


def test_sig_1_the_code_goes_to_the_contact_of_the_school_and_to_no_other(reader):
    flow.as_family(reader.family, services.ask_code, reader.id, channel="email", session=flow.SESSION)
    drawn = flow.job(services.draw_code, reader.id)
    assert (drawn.channel, drawn.to) == ("email", reader.family.guardian.email)
    with pytest.raises(CannotSign, match="ne connaît pas"):
        flow.as_family(reader.family, services.ask_code, reader.id, channel="pigeon", session=flow.SESSION)


def test_sig_2_a_code_has_six_digits_and_only_its_keyed_hash_is_kept(reader, capsys):
    code = flow.code_for(reader)
    assert len(code) == 6
    assert code.isdecimal()
    kept = reader.signature
    assert kept.code_hash not in {code, hashlib.sha256(code.encode()).hexdigest()}
    assert all(code not in str(value) for name, value in vars(kept).items() if name != "_sa_instance_state")
    assert all(code not in json.dumps(row.payload) for row in make.outbox())
    shown = capsys.readouterr()
    assert code not in shown.out + shown.err


def test_sig_2_a_drawn_code_is_not_written_by_accident(reader):
    flow.as_family(reader.family, services.ask_code, reader.id, channel="sms", session=flow.SESSION)
    drawn = flow.job(services.draw_code, reader.id)
    assert drawn.code not in repr(drawn)
    assert drawn.to not in f"{drawn!r}"


def test_sig_2_the_right_code_works_after_four_wrong_ones_and_no_longer_after_five(reader):
    code = flow.code_for(reader)
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        words = "un essai" if left == 1 else f"{left} essais"
        assert f"Il vous reste {words}." in flow.sign(reader, wrong)["code"]
    assert "cinq essais" in flow.sign(reader, wrong)["code"]
    assert "cinq essais" in flow.sign(reader, code)["code"]
    assert reader.signature.state is SignatureState.DISPLAYED


def test_sig_2_the_fifth_try_still_counts(reader):
    code = flow.code_for(reader)
    for _ in range(4):
        flow.sign(reader, "000000" if code != "000000" else "111111")
    assert flow.sign(reader, code) == {}


def test_sig_2_a_code_dies_after_ten_minutes(reader, clock):
    code = flow.code_for(reader)
    clock.forward(minutes=10)
    assert "dix minutes" in flow.sign(reader, code)["code"]


def test_sig_2_a_code_lives_until_its_last_second(reader, clock):
    code = flow.code_for(reader)
    clock.forward(minutes=9, seconds=59)
    assert flow.sign(reader, code) == {}


def test_sig_2_a_code_is_worth_nothing_in_another_session(reader):
    code = flow.code_for(reader)
    assert "depuis cette page" in flow.sign(reader, code, session="another browser")["code"]
    assert reader.signature.code_tries == 0


def test_sig_2_a_code_is_worth_nothing_for_another_charter(reader):
    family = make.family()
    about = flow.asked(family)
    flow.read(about)
    code, mine = flow.code_for(reader), flow.code_for(about)
    if code != mine:
        assert "code" in flow.sign(about, code)


def test_sig_2_a_code_serves_once(reader):
    code = flow.code_for(reader)
    assert flow.sign(reader, code) == {}
    with pytest.raises(CannotSign, match="déjà signée"):
        flow.sign(reader, code)


def test_sig_2_another_code_replaces_the_first(reader, clock):
    first = flow.code_for(reader)
    clock.forward(seconds=60)
    second = flow.code_for(reader)
    if first != second:
        assert "code" in flow.sign(reader, first)
    assert flow.sign(reader, second) == {}


def test_another_code_waits_a_minute_and_the_sixth_waits_an_hour(reader, clock):
    flow.code_for(reader)
    clock.forward(seconds=59)
    with pytest.raises(TooSoon, match="encore une seconde"):
        flow.code_for(reader)
    clock.forward(seconds=1)
    for _ in range(4):
        flow.code_for(reader)
        clock.forward(minutes=2)
    with pytest.raises(TooSoon, match="heure"):
        flow.code_for(reader)
    clock.forward(hours=1)
    assert flow.code_for(reader)


def test_no_code_is_drawn_that_nobody_waits_for_any_more(reader, clock):
    assert flow.job(services.draw_code, reader.id) is None
    flow.as_family(reader.family, services.ask_code, reader.id, channel="sms", session=flow.SESSION)
    clock.forward(minutes=10)
    assert flow.job(services.draw_code, reader.id) is None


def test_no_code_before_the_reading():
    about = flow.asked()
    with pytest.raises(CannotSign, match="Lisez"):
        flow.code_for(about)


# --- the signature --------------------------------------------------------------------------------------------------


def test_a_wrong_name_or_an_unticked_box_costs_no_try(reader):
    code = flow.code_for(reader)
    refused = flow.sign(reader, code, name="Quelqu’un d’autre", consent=False)
    assert set(refused) == {"name", "consent"}
    assert reader.signature.code_tries == 0
    assert flow.sign(reader, code, name=f"  mme {reader.name.upper()}") == {}


def test_a_signature_opens_the_loans_gate_and_frees_the_other_guardian(clock):
    family = make.family()
    other = make.guardian()
    make.guardianship(family.student, other, kinship="père")
    about = flow.signed(family)
    assert states(about.loan) == {family.guardian.name: "signed", other.name: "revoked"}
    loan = make.fresh(about.loan)
    assert (loan.charter, loan.charter_signed_at) == (CharterGate.SIGNED, clock.now())
    one = about.signature
    assert one.consent_sha256 == hashlib.sha256(rules.CONSENT.encode()).hexdigest()
    assert make.every(CharterVersion)[0].frozen_at == clock.now()
    assert make.trail(f"loan:{about.loan.id}")[-1] == "CharterSigned"


def test_a_declined_charter_stops_the_other_guardian_too_until_a_change_of_mind():
    family = make.family()
    other = make.family(family.student)
    about = flow.asked(family)
    theirs = flow.Asked(other, about.loan)
    flow.read(theirs)
    code = flow.code_for(theirs)
    flow.as_family(family, services.decline, about.id)
    assert gate(about.loan) is CharterGate.DECLINED
    with pytest.raises(CannotSign, match="a refusé"):
        flow.sign(theirs, code)
    flow.as_family(family, services.change_mind, about.id)
    assert (gate(about.loan), about.signature.state) == (CharterGate.TO_SIGN, SignatureState.INVITED)
    assert flow.sign(theirs, code) == {}


def test_a_signed_charter_cannot_be_declined():
    about = flow.signed()
    with pytest.raises((CannotSign, IllegalTransition)):
        flow.as_family(about.family, services.decline, about.id)
    assert gate(about.loan) is CharterGate.SIGNED


# --- the seal -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(app, in_demo):
    about = flow.signed()
    flow.seal(about)
    return about


def test_sig_4_the_sealed_file_begins_with_the_very_bytes_that_were_shown(sealed, app):
    one = sealed.signature
    shown, kept = files.read(one.presented_key), files.read(one.sealed_key)
    assert one.state is SignatureState.SEALED
    assert kept[: len(shown)] == shown
    verdict = verify(kept, trust=services.seal_key(app.config["SETTINGS"]).trust)
    assert (verdict.ok, verdict.reasons) == (True, ())
    assert verdict.presented_sha256 == hashlib.sha256(shown).hexdigest() == one.presented_sha256
    evidence = json.loads(verdict.evidence)
    assert evidence["charter"]["sha256_pdf_presented"] == one.presented_sha256
    assert evidence["signer"]["name_typed"] == sealed.name
    assert [event["type"] for event in evidence["events"]][-1] == "signed"
    assert "•" in evidence["auth"][0]["masked"]


def test_sig_4_another_tool_finds_the_seal_whole(sealed, tmp_path):
    file = tmp_path / "charte.pdf"
    file.write_bytes(files.read(sealed.signature.sealed_key))
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    for expected in ("ETSI.CAdES.detached", "Total document signed", "Signature is Valid"):
        assert expected in said


def test_sealing_again_changes_nothing(sealed):
    first = sealed.signature.sealed_key
    flow.seal(sealed)
    assert sealed.signature.sealed_key == first
    assert make.trail(f"loan:{sealed.loan.id}").count("CharterSealed") == 1


def test_production_never_seals_with_a_key_of_the_demonstration():
    about = flow.signed()
    event = CharterSigned(school_id=about.loan.school_id, signature_id=about.id, loan_id=about.loan.id)
    with pytest.raises(SealKeyError, match="FIN_PRET_SEAL_PKCS12"):
        flow.job(handlers.seal, event, "key")
    assert about.signature.state is SignatureState.SIGNED


def test_an_adult_student_signs_from_end_to_end(in_demo):
    student = make.signed_in_student(make.adult_student(email="ines@example.org", mobile="+33639980015"))
    about = flow.signed(student)
    flow.seal(about)
    assert about.signature.state is SignatureState.SEALED


def test_a_second_text_is_another_version_and_changes_no_charter_already_asked_for():
    about = flow.asked()
    first = make.every(CharterVersion)[0]
    again = flow.job(
        services.publish, campaign_id=first.campaign_id, title="Deuxième", source=first.source, summary=first.summary
    )
    assert again.number == 2
    assert about.signature.version_id == first.id
    late = flow.asked(make.family(), printed=False)
    assert late.signature.version_id != first.id


def test_of_two_parents_the_second_learns_that_it_is_already_signed():
    family = make.family()
    other = make.family(family.student)
    mine = flow.asked(family)
    theirs = flow.Asked(other, mine.loan)
    for about in (mine, theirs):
        flow.read(about)
    codes = [flow.code_for(mine), flow.code_for(theirs)]
    assert flow.sign(mine, codes[0]) == {}
    with pytest.raises(CannotSign, match="déjà signée"):
        flow.sign(theirs, codes[1])
    assert sorted(states(mine.loan).values()) == ["revoked", "signed"]
