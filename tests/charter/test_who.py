"""Who signs: one or two parents, the student who turns eighteen, a judgment, an opposition and what the head answers."""

from dataclasses import replace
from datetime import date

import pytest

from portal.charter import services
from portal.charter.events import SignatoryDecided
from portal.charter.models import CharterDecision, CharterSignature
from portal.charter.rules import CannotSign
from portal.charter.states import Decided
from portal.loans import services as loans
from portal.loans.errors import NotSigned
from portal.loans.states import CharterGate, LoanState
from portal.notifications import handlers as post
from portal.notifications.events import HeadWarned
from portal.notifications.models import Message
from portal.roster.models import Guardianship, Student
from portal.schools.models import School
from tests import factories as make
from tests.charter import flow
from tests.notifications.servers import relay
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("app")


def gate(about):
    return make.fresh(about.loan).charter


def states(about):
    return {one.name_on_record: one.state.value for one in make.every(CharterSignature, loan_id=about.loan.id)}


def two_parents(**changes):
    """A request asked of both parents: the first one's, and the second one's own."""
    first = make.family()
    second = make.family(first.student)
    make.change(make.every(School)[0], **changes)
    about = flow.asked(first)
    return about, flow.Asked(second, about.loan)


def signs(about):
    flow.read(about)
    return flow.sign(about, flow.code_for(about))


# --- one or two -------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_where_the_lycee_asks_for_two_the_charter_is_signed_once_both_have(db):
    mother, father = two_parents(two_signatures=True)
    assert signs(mother) == {}
    assert gate(mother) is CharterGate.TO_SIGN
    assert states(mother) == {mother.name: "signed", father.name: "invited"}
    with pytest.raises(NotSigned):
        flow.job(loans.send, [mother.loan.id])
    assert signs(father) == {}
    assert gate(mother) is CharterGate.SIGNED
    assert make.trail(f"loan:{mother.loan.id}").count("CharterCompleted") == 1


def test_whoever_has_signed_is_not_told_that_it_is_their_turn(as_user):
    mother, father = two_parents(two_signatures=True)
    signs(mother)
    show = f"/mes-dossiers/{mother.loan.public_id}"
    done, waits = (
        Page(as_user(mother.family).get(show)).text("main"),
        Page(as_user(father.family).get(show)).text("main"),
    )
    assert "Vous avez signé" in done
    assert "C’est à vous" not in done
    assert "C’est à vous" in waits
    home = Page(as_user(mother.family).get("/mes-dossiers"))
    assert "Il manque une signature" in home.text("main")
    assert "À signer" not in home.text("main")


def test_a_parent_alone_suffices_even_where_two_are_asked():
    make.family()
    make.change(make.every(School)[0], two_signatures=True)
    assert gate(flow.signed()) is CharterGate.SIGNED


def test_each_parent_sees_where_the_other_stands(as_user):
    mother, father = two_parents(two_signatures=True)
    signs(mother)
    page = Page(as_user(mother.family).get(f"/charte/{mother.signature.public_id}/signee"))
    assert f"Il manque encore la signature de {father.name}" in page.text("main")
    staff = Page(as_user(make.head()).get(f"/demandes/{mother.loan.public_id}/signataires"))
    assert f"{mother.name} Signée" in staff.text("main")
    assert f"{father.name} À signer" in staff.text("main")
    desk = Page(as_user(make.manager()).get(f"/chartes/{mother.loan.public_id}")).text("main")
    assert "Aucun matériel ne sort avant les deux signatures." in desk
    assert "peut sortir" not in desk


@pytest.mark.parametrize("two", [False, True])
def test_the_other_parent_is_informed_once_when_it_is_signed(two):
    mother, father = two_parents(two_signatures=two)
    signs(mother)
    if two:
        signs(father)
    for row in make.outbox(kind="CharterCompleted"):
        event = post.CharterCompleted(**row.payload)
        flow.job(post.inform_other_parent, event, row.key)
    told = [one.to for one in make.every(Message, template="charter_other_signed")]
    assert told == ([] if two else [father.family.account.email])


def test_only_the_head_asks_for_two_signatures_and_the_family_reads_it(as_user):
    make.school()
    assert as_user(make.manager()).get("/etablissement/signatures").status_code == 403
    head = as_user(make.head())
    page = Page(head.get("/etablissement/signatures"))
    assert page.one("input[name=two_signatures][checked]")["value"] == "one"
    assert "Deux responsables légaux" in Page(page.submit(head, "Enregistrer", two_signatures="two")).text("main")
    assert make.every(School)[0].two_signatures


# --- eighteen ---------------------------------------------------------------------------------------------------------


BIRTHDAY = date(2008, 9, 10)
"""Two days after the test begins."""


@pytest.mark.parametrize("two", [False, True])
def test_a_student_who_turns_eighteen_before_the_last_signature_signs_alone(clock, two):
    first = make.family(make.student(birth_date=BIRTHDAY, mobile="+33639980097"))
    second = make.family(first.student)
    make.change(make.every(School)[0], two_signatures=two)
    mother = flow.asked(first)
    father = flow.Asked(second, mother.loan)
    if two:
        signs(mother)
    flow.read(father)
    code = flow.code_for(father)
    clock.forward(days=2, hours=1)
    with pytest.raises(CannotSign):
        flow.sign(father, code)
    student = make.signed_in_student(make.fresh(first.student))
    flow.job(services.invite, mother.loan.id)
    flow.show(mother.loan)
    own = flow.Asked(student, mother.loan)
    assert signs(own) == {}
    assert own.signature.legal_title == "élève majeur"
    assert gate(own) is CharterGate.SIGNED


def test_a_charter_signed_before_the_birthday_stays_signed(clock):
    about = flow.signed(make.family(make.student(birth_date=BIRTHDAY)))
    clock.forward(days=3)
    assert flow.job(services.invite, about.loan.id) == []
    assert gate(about) is CharterGate.SIGNED


# --- the judgment -----------------------------------------------------------------------------------------------------


def test_an_emancipated_student_signs_alone_once_the_head_has_seen_the_paper(as_user):
    about = flow.asked(make.family(make.student(birth_date=date(2010, 1, 1))))
    address = f"/demandes/{about.loan.public_id}/signataires"
    assert "émancipé" not in " ".join(Page(as_user(make.manager()).get(address)).buttons())
    head = as_user(make.head())
    page = Page(head.get(address))
    assert len(Page(page.submit(head, "Noter l’émancipation"), status=422).errors()) == 2
    page.submit(head, "Noter l’émancipation", document="Jugement du 3 mars 2026", why="Il vit seul")
    assert make.every(Student)[0].emancipated
    assert set(states(about).values()) == {"revoked", "invited"}
    (kept,) = make.every(CharterDecision)
    assert (kept.kind, kept.document) == (Decided.EMANCIPATED, "Jugement du 3 mars 2026")
    Page(head.get(address)).submit(head, "Retirer l’émancipation")
    assert states(about)[about.name] == "invited"


def test_nobody_is_emancipated_before_sixteen():
    about = flow.asked(make.family(make.student(birth_date=date(2011, 1, 1))))
    values = {"school_id": about.loan.school_id, "by": make.head().account_id, "reason": "x", "document": "y"}
    with pytest.raises(CannotSign, match="16 ans"):
        flow.job(services.emancipate, about.family.student.id, **values)


# --- opposition -------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_sig_12_the_opposition_of_the_other_parent_blocks_and_goes_to_the_head(as_user, clock):
    mother, father = two_parents()
    flow.read(mother)
    code = flow.code_for(mother)
    client = as_user(father.family)
    page = Page(client.get(f"/charte/{mother.loan.public_id}/opposition"))
    stopped = Page(page.submit(client, "Je m’oppose à ce prêt", reason="Un mot pour le lycée"))
    assert "s’oppose à ce prêt" in stopped.text("main")
    assert gate(mother) is CharterGate.OPPOSED
    with pytest.raises(CannotSign):
        flow.sign(mother, code)
    with pytest.raises(NotSigned):
        flow.job(loans.send, [mother.loan.id])
    other = Page(as_user(mother.family).get(f"/charte/{mother.loan.public_id}"))
    assert "Un mot pour le lycée" not in other.response.text
    head = as_user(make.head())
    assert mother.family.student.name in Page(head.get("/oppositions")).text("main")
    assert "Un responsable légal s’oppose au prêt" in Page(head.get("/demandes")).text("main")
    desk = Page(head.get(f"/demandes/{mother.loan.public_id}/signataires"))
    assert "Un mot pour le lycée" in desk.text("main")
    assert len(Page(desk.submit(head, "Enregistrer la décision"), status=422).errors()) == 2
    desk.submit(head, "Enregistrer la décision", answer="keep", motive="Un des deux refuse encore.")
    assert gate(mother) is CharterGate.OPPOSED
    desk.submit(head, "Enregistrer la décision", answer="lift", motive="Les deux sont d’accord.")
    assert gate(mother) is CharterGate.TO_SIGN
    assert set(states(mother).values()) == {"invited"}
    assert [one.kind for one in make.every(CharterDecision)] == [Decided.OPPOSED, Decided.UPHELD, Decided.LIFTED]
    clock.forward(minutes=2)
    assert signs(mother) == {}


def test_each_head_but_whoever_wrote_it_down_is_told_of_an_opposition_once(app, monkeypatch):
    mother, father = two_parents()
    heads, elsewhere = [make.head(), make.head()], make.head(make.school())
    student, guardian = mother.family.student, father.family.guardian
    about = {"school_id": student.school_id, "guardian_id": guardian.id, "reason": "x"}
    flow.job(services.oppose, student.id, **about, by=heads[0].account_id)
    told = SignatoryDecided(
        school_id=student.school_id, student_id=student.id, decision_id=make.every(CharterDecision)[0].id,
        kind=Decided.OPPOSED.value,
    )  # fmt: skip
    flow.job(post.warn_of_opposition, told, "key")
    warned = [row.payload["account_id"] for row in make.outbox(kind="HeadWarned")]
    assert warned == [heads[1].account_id]
    assert elsewhere.account_id not in warned
    with relay() as server:
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], smtp_url=server.url))
        flow.job(post.send_warning, HeadWarned(school_id=None, account_id=warned[0]), "key")
    (mail,) = server.received
    words = mail.get_body(("plain",)).get_content()
    assert "/oppositions" in words
    assert student.given_name not in words


def test_a_signed_charter_is_stopped_by_an_opposition_and_counts_again_when_it_is_withdrawn(as_user):
    mother, father = two_parents()
    signs(mother)
    client = as_user(father.family)
    Page(client.get(f"/charte/{mother.loan.public_id}/opposition")).submit(client, "Je m’oppose à ce prêt")
    assert gate(mother) is CharterGate.OPPOSED
    Page(client.get(f"/charte/{mother.loan.public_id}")).submit(client, "Retirer mon opposition")
    loan = make.fresh(mother.loan)
    assert (loan.charter, loan.charter_signed_at) == (CharterGate.SIGNED, mother.signature.signed_at)
    assert make.every(Guardianship)[-1].opposed_on is None


def test_an_opposition_to_a_device_that_left_is_shown_to_the_head_and_calls_nothing_back(as_user):
    mother, father = two_parents()
    signs(mother)
    make.change(make.fresh(mother.loan), state=LoanState.LENT)
    client = as_user(father.family)
    page = Page(client.get(f"/charte/{mother.loan.public_id}/opposition"))
    assert "déjà remis" in page.text("main")
    page.submit(client, "Je m’oppose à ce prêt")
    assert gate(mother) is CharterGate.SIGNED
    assert "Déjà remis" in Page(as_user(make.head()).get("/oppositions")).text("main")


def test_the_lycee_records_what_a_parent_said_and_the_manager_does_not_decide(as_user):
    mother, father = two_parents()
    manager = as_user(make.manager())
    page = Page(manager.get(f"/demandes/{mother.loan.public_id}/signataires"))
    who = str(father.family.guardian.id)
    assert len(Page(page.submit(manager, "Noter l’opposition", reason=""), status=422).errors()) == 2
    after = Page(page.submit(manager, "Noter l’opposition", guardian=who, reason="Courrier du 7 septembre"))
    assert gate(mother) is CharterGate.OPPOSED
    assert "Enregistrer la décision" not in after.buttons()
    assert "Le chef d’établissement décide." in after.text("main")


def test_a_host_family_reads_why_it_does_not_sign_and_cannot_object(as_user):
    host = make.family(may_sign=False)
    make.change(host.guardianship, kinship="famille d’accueil")
    mother = make.family(host.student)
    about = flow.asked(mother)
    client = as_user(host)
    page = Page(client.get(f"/charte/{about.loan.public_id}"))
    assert "Vous êtes la famille d’accueil" in page.text("main").replace("\u00a0", " ")
    assert client.get(f"/charte/{about.loan.public_id}/opposition").status_code == 404
    staff = Page(as_user(make.head()).get(f"/demandes/{about.loan.public_id}/signataires"))
    assert "Le fichier du lycée la désigne comme simple contact." in staff.text("main")


def test_a_service_that_holds_authority_signs_under_its_title():
    tutor = make.family()
    make.change(tutor.guardianship, kinship="aide sociale à l’enfance")
    about = flow.signed(tutor)
    assert about.signature.legal_title == "aide sociale à l’enfance"
    assert gate(about) is CharterGate.SIGNED


def test_an_adult_student_is_not_stopped_by_a_parent(as_user):
    parent = make.family(make.adult_student())
    about = flow.asked(make.signed_in_student(parent.student))
    assert as_user(parent).get(f"/charte/{about.loan.public_id}/opposition").status_code == 404
    values = {"school_id": about.loan.school_id, "guardian_id": parent.guardian.id, "reason": "x", "by": 1}
    with pytest.raises(CannotSign):
        flow.job(services.oppose, parent.student.id, **values)
    assert gate(about) is CharterGate.TO_SIGN
