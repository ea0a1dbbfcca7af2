"""The signatory's pages, as people read them."""

from datetime import date
from itertools import product

import pytest

from portal.charter import services
from portal.charter.models import CharterSignature
from portal.charter.states import SignatureState
from portal.extensions import db
from portal.loans.states import CharterGate, LoanState
from portal.platform import files
from portal.platform.work import unit_of_work
from portal.schools.models import School
from tests import factories as make
from tests.charter import flow
from tests.pages import Page


@pytest.fixture
def about(app):
    return flow.asked()


@pytest.fixture
def parent(about, as_user):
    return as_user(about.family)


def start(about):
    return f"/charte/{about.loan.public_id}"


def step(about, name):
    return f"/charte/{about.signature.public_id}/{name}"


def opened(client, about, status=200):
    return Page(client.get(start(about), follow_redirects=True), status=status)


def drawn(about):
    """The code of the message."""
    return flow.job(services.draw_code, about.id).code


def to_the_form(client, about):
    """Read, ask for a code: the page that takes it."""
    page = Page(opened(client, about).submit(client, "J’ai lu la charte, je veux signer"))
    return Page(page.submit(client, "Recevoir le code"))


# --- the way --------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_a_parent_reads_receives_a_code_signs_and_keeps_a_copy_in_four_screens(
    parent, about, app, tmp_path, monkeypatch
):
    flow.in_demo(app, tmp_path, monkeypatch)
    reading = opened(parent, about)
    assert reading.text(".step") == "Étape 1 sur 3 : lire"
    assert about.family.student.name in reading.text("main")
    code_page = Page(reading.submit(parent, "J’ai lu la charte, je veux signer"))
    assert code_page.heading == "Recevoir un code"
    form = Page(code_page.submit(parent, "Recevoir le code"))
    assert form.heading == "Signer la charte"
    done = Page(form.submit(parent, "Signer la charte", code=drawn(about), name=about.name, consent="y"))
    assert done.heading == "Charte signée"
    assert about.loan.reference in done.text("main")
    assert "Votre copie se prépare" in done.text("#copy")
    flow.seal(about)
    copy = Page(parent.get(step(about, "signee"), htmx=True))
    assert not copy.whole
    file = parent.get(copy.href("Télécharger ma charte signée (PDF)"))
    assert file.data == files.read(about.signature.sealed_key)
    assert file.headers["Content-Disposition"] == f'attachment; filename="charte-{about.loan.reference}.pdf"'
    assert make.fresh(about.loan).charter is CharterGate.SIGNED


def test_the_reading_page_holds_the_summary_then_every_part_of_the_text_and_the_exact_file(parent, about):
    page = opened(parent, about)
    headings = page.texts("h2")
    assert (
        headings.index("La charte en une page") < headings.index("Le texte entier") < headings.index("1. Qui s’engage")
    )
    assert len(page.texts(".contents__list a")) == len([text for text in headings if text[:1].isdigit()])
    file = parent.get(page.href("Ouvrir le même texte en PDF"))
    assert file.data == files.read(about.signature.presented_key)
    assert (file.mimetype, file.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert file.headers["Content-Disposition"].startswith("inline")


def test_the_text_on_the_page_is_that_of_the_file_even_if_the_school_changed_since(parent, about):
    head = about.signature.blanks["chef"]
    flow.job(_rename_head, about.loan.school_id)
    assert f"représenté par {head}" in opened(parent, about).text(".charter-text")


def _rename_head(school_id):
    with unit_of_work():
        db.session.get_one(School, school_id).head_name = "Quelqu’un d’autre"


def test_while_the_file_is_printed_the_page_waits_and_then_opens(app, as_user):
    about = flow.asked(printed=False)
    client = as_user(about.family)
    page = opened(client, about)
    assert "Votre charte se prépare." in page.text("main")
    assert page.buttons() == []
    fragment = Page(client.get(step(about, "lire"), htmx=True))
    assert not fragment.whole
    flow.show(about.loan)
    answer = client.get(step(about, "lire"), htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, step(about, "lire"))


# --- SIG-1, SIG-2, SIG-3 --------------------------------------------------------------------------------------------


def test_sig_1_only_masked_contacts_of_the_school_are_offered_sms_first(parent, about):
    page = Page(opened(parent, about).submit(parent, "J’ai lu la charte, je veux signer"))
    mobile, email = about.family.guardian.mobile, about.family.guardian.email
    assert mobile not in page.response.text
    assert email not in page.response.text
    assert page.texts(".choice__label")[0] == f"Par SMS au 06 •• •• •• {mobile[-2:]}"
    assert page.one("input[name=channel][checked]")["value"] == "sms"
    assert not page.has("input[type=text], input[type=email], input[type=tel]")


def test_sig_1_a_contact_that_was_not_offered_is_refused(parent, about):
    page = Page(opened(parent, about).submit(parent, "J’ai lu la charte, je veux signer"))
    answer = parent.post(step(about, "code"), data={"channel": "+33639980000"})
    assert Page(answer, status=422).errors() == ["Choisissez où envoyer le code."]
    assert about.signature.code_to is None
    assert page.heading == "Recevoir un code"


def test_sig_2_a_wrong_code_keeps_what_was_typed_and_says_how_many_tries_are_left(parent, about):
    form = to_the_form(parent, about)
    right = drawn(about)
    wrong = "000000" if right != "000000" else "111111"
    page = Page(form.submit(parent, "Signer la charte", code=wrong, name=about.name, consent="y"), status=422)
    assert page.errors() == ["Ce n’est pas le code du dernier message. Il vous reste 4 essais."]
    assert page.one("input[name=name]")["value"] == about.name
    assert Page(page.submit(parent, "Signer la charte", code=right)).heading == "Charte signée"


def test_sig_2_the_code_of_one_browser_is_worth_nothing_in_another(parent, about, as_user):
    to_the_form(parent, about)
    code = drawn(about)
    thief = as_user(about.family)
    answer = thief.post(step(about, "signer"), data={"code": code, "name": about.name, "consent": "y"})
    assert Page(answer, status=422).errors() == ["Demandez d’abord un code depuis cette page."]
    assert Page(thief.get(step(about, "signer"))).heading == "Recevoir un code"


def test_a_form_half_filled_says_everything_at_once_and_ticks_nothing(parent, about):
    form = to_the_form(parent, about)
    assert not form.has("input[name=consent][checked]")
    page = Page(form.submit(parent, "Signer la charte", code="12", name=""), status=422)
    assert len(page.errors()) == 3
    assert about.signature.code_tries == 0


PAGES = ("lire", "resume", "signer", "ne-pas-signer", "suite", "signee", "charte.pdf", "charte-signee.pdf")


def test_sig_3_looking_changes_nothing(parent, about):
    before = vars(about.signature) | {"_sa_instance_state": None}
    for method, address in product(("GET", "HEAD"), (start(about), *(step(about, name) for name in PAGES))):
        assert parent.open(address, method=method).status_code in {200, 302}
        assert vars(about.signature) | {"_sa_instance_state": None} == before, f"{method} {address}"


def test_another_code_comes_after_a_minute_by_another_channel(parent, about, clock):
    form = to_the_form(parent, about)
    assert "Recevoir un autre code" not in form.buttons()
    clock.forward(seconds=61)
    again = Page(parent.get(step(about, "signer"), htmx=True))
    assert not again.whole
    page = Page(again.submit(parent, "Recevoir un autre code", channel="email"))
    assert "@example.org" in page.text(".lead")
    assert flow.job(services.draw_code, about.id).channel == "email"


def test_every_page_names_the_lycee_that_helps(parent, about):
    for name in ("lire", "ne-pas-signer"):
        assert "Qui peut m’aider ?" in Page(parent.get(step(about, name))).text("aside")
    page = to_the_form(parent, about)
    assert page.text("#again").count("Appelez le lycée") == 1


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["lire", "signer", "ne-pas-signer", "suite", "signee", "charte.pdf", "charte-signee.pdf"]
)
def test_another_family_finds_nothing(about, as_user, name):
    stranger = as_user(make.family())
    assert stranger.get(start(about)).status_code == 404
    assert stranger.get(step(about, name)).status_code == 404


def test_the_other_parent_cannot_open_the_signatorys_pages_nor_read_their_contacts(about, as_user):
    other = make.family(about.family.student)
    flow.job(services.invite, about.loan.id)
    client = as_user(other)
    for name in ("lire", "signer", "charte.pdf"):
        assert client.get(step(about, name)).status_code == 404
    assert client.post(step(about, "lire")).status_code == 404
    flow.show(about.loan)
    mine = flow.Asked(other, about.loan)
    page = to_the_form(client, mine)
    assert (
        about.family.guardian.mobile[-2:] not in page.text(".lead")
        or other.guardian.mobile[-2:] == about.family.guardian.mobile[-2:]
    )


def test_the_other_parent_learns_who_signed_and_when(as_user):
    family = make.family()
    other = make.family(family.student)
    about = flow.signed(family)
    page = opened(as_user(other), about)
    assert page.heading == "La charte est signée"
    assert f"Signée par {family.guardian.name}, mardi 8 septembre 2026." in page.text(".lead")
    assert family.guardian.email not in page.response.text


def test_a_minor_learns_that_a_guardian_signs(as_user):
    family = make.family()
    about = flow.asked(family)
    page = opened(as_user(make.signed_in_student(family.student)), about)
    assert page.heading == "La charte attend une signature"
    assert "un responsable légal signe pour vous" in page.text(".lead")
    assert page.texts("main li") == [f"{family.guardian.name} À signer"]


def test_an_adult_student_signs_alone(as_user):
    about = flow.asked(make.signed_in_student(make.adult_student(email="ines@example.org")))
    client = as_user(about.family)
    form = to_the_form(client, about)
    done = Page(form.submit(client, "Signer la charte", code=drawn(about), name=about.name, consent="y"))
    assert done.heading == "Charte signée"
    assert "responsable légal" not in done.text("main")


def test_at_eighteen_the_student_takes_the_charter_over(as_user, clock):
    family = make.family(make.student(birth_date=date(2008, 9, 9)))
    about = flow.asked(family)
    student = make.signed_in_student(family.student)
    clock.forward(days=1)
    assert as_user(family).get(start(about)).status_code == 404
    client = as_user(student)
    page = opened(client, about)
    assert page.heading == "Vous avez 18 ans : c’est à vous de signer"
    after = Page(page.submit(client, "Recevoir ma charte"))
    assert "se prépare" in after.text("main")
    states = {one.guardian_id is None: one.state for one in make.every(CharterSignature, loan_id=about.loan.id)}
    assert states == {True: SignatureState.INVITED, False: SignatureState.REVOKED}


def test_declining_says_what_follows_and_can_be_undone(parent, about):
    page = opened(parent, about).follow(parent, "Je ne souhaite pas signer")
    assert "Aucun ordinateur n’est remis" in page.text("main")
    declined = Page(page.submit(parent, "Je ne signe pas"))
    assert declined.heading == "Vous n’avez pas signé"
    assert make.fresh(about.loan).charter is CharterGate.DECLINED
    back = Page(declined.submit(parent, "Finalement, je veux signer"))
    assert back.text(".step") == "Étape 1 sur 3 : lire"
    assert make.fresh(about.loan).charter is CharterGate.TO_SIGN


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ({"state": LoanState.DRAFT}, "Envoyez d’abord la demande"),
        ({"state": LoanState.WITHDRAWN}, "Rien à signer"),
        ({"state": LoanState.SUBMITTED, "charter": CharterGate.OPPOSED}, "Le lycée doit d’abord décider"),
        ({"state": LoanState.SUBMITTED}, "Le lycée doit dire qui signe"),
    ],
)
def test_when_there_is_nothing_to_sign_the_page_says_why(app, as_user, values, heading):
    family = make.family()
    loan = make.loan(student=family.student, **values)
    assert Page(as_user(family).get(f"/charte/{loan.public_id}")).heading == heading


def test_just_after_the_request_the_page_waits_for_the_invitation(app, as_user, clock):
    family = make.family()
    loan = make.loan(student=family.student, state=LoanState.SUBMITTED, submitted_at=clock.now())
    client = as_user(family)
    assert Page(client.get(f"/charte/{loan.public_id}")).heading == "La charte arrive"
    assert not Page(client.get(f"/charte/{loan.public_id}", htmx=True)).whole


# --- cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lire", "signer", "ne-pas-signer", "signee", "charte.pdf"])
def test_a_page_costs_four_statements_at_most(parent, about, count_statements, name):
    if name == "signer":
        to_the_form(parent, about)
    address = step(about, name)
    with count_statements() as sql:
        assert parent.get(address).status_code in {200, 302}
    assert sql.count <= 4, sql


def test_who_signs_costs_four_statements_at_most(as_user, count_statements):
    family = make.family()
    about = flow.signed(family)
    client = as_user(make.family(family.student))
    with count_statements() as sql:
        assert client.get(start(about)).status_code == 200
    assert sql.count <= 4, sql
