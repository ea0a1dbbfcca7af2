"""The door as a browser meets it, the family's own access, and the lycée's pages."""

import re
from datetime import date

import pytest

from portal.access import services
from portal.access.models import AccessLetter, ContactClaim, IdentityDoubt
from portal.access.rules import WRONG
from portal.access.services import contacts
from portal.access.states import DoubtState, LetterState
from portal.accounts.models import Account, SignInLink
from portal.platform.jobs import Job
from portal.schools.models import School
from tests import factories as make
from tests.factories.access import CODE
from tests.pages import Page

BORN = {"day": "14", "month": "mars", "year": "2011"}
BIRTH = date(2011, 3, 14)


@pytest.fixture
def guardian(app):
    guardian = make.guardian(email=None, mobile=None, name="Sophie Marchal")
    make.guardianship(make.student(birth_date=BIRTH, given_name="Léo", family_name="Marchal"), guardian)
    return guardian


@pytest.fixture
def letter(guardian):
    return make.letter(guardian)


def type_letter(client, **values):
    page = Page(client.get("/acces"))
    return page.submit(client, "Entrer", {"code": "abcd efgh jklm", **BORN, **values})


def test_the_whole_way_by_letter(client, letter):
    welcome = Page(client.get("/entrer"))
    door = welcome.follow(client, "J’ai reçu une lettre du lycée")
    page = Page(door.submit(client, "Entrer", {"code": "abcd efgh jklm", **BORN}))
    assert page.heading == "Mon accès"
    assert "Vous êtes entré" in page.text("main")
    home = page.follow(client, "Plus tard : voir mes dossiers")
    assert "Léo Marchal" in home.text("main")


def test_what_is_refused_keeps_what_was_typed_and_says_one_sentence(client, letter):
    page = Page(type_letter(client, day="15"), status=422)
    assert page.errors() == [str(WRONG)]
    assert [page.one(f"#{name}")["value"] for name in ("day", "month", "year")] == ["15", "mars", "2011"]


def test_a_code_that_cannot_be_one_is_no_try(client, letter):
    page = Page(type_letter(client, code="ABCD", day="", month="", year=""), status=422)
    assert len(page.errors()) == 2
    assert make.fresh(letter).tries == 0


def test_sec_10_scanners_that_get_and_head_the_letters_address_change_nothing(app, client, letter):
    for _ in range(5):
        scanner = app.test_client()
        assert scanner.get(f"/acces#{CODE}").status_code == 200
        assert scanner.head("/acces").status_code == 200
    assert (make.fresh(letter).state, make.fresh(letter).tries) == (LetterState.LIVE, 0)
    assert Page(type_letter(client)).heading == "Mon accès"


def test_the_code_is_in_no_address_that_a_server_sees(client, letter):
    page = Page(client.get("/acces"))
    form = page.form("Entrer")
    assert form["method"] == "post"
    assert CODE not in str(form["action"])


TOKEN = re.compile(r'name="csrf_token" value="[^"]*"|"X-CSRFToken": "[^"]*"|/entrer/[\w-]{22}')


def body(answer):
    return TOKEN.sub("…", answer.text)


def test_sec_11_a_letter_that_exists_and_one_that_does_not_get_the_same_answer(app, guardian):
    """Two hundred of each at the door, forty at the renewal: same status, same page. Five tries a letter, so four here."""
    letters = sorted(f"ABCDEFGH{a}{b}22" for a in "ABCDEFGHJK" for b in "ABCDE")
    for code in letters:
        make.letter(make.guardian(email=None, mobile=None), code=code)
    for address, known in (("/acces", letters * 4), ("/acces/autre", letters[:40])):
        answers, client = set(), app.test_client()
        for rank, code in enumerate([*known, *(code.replace("22", "33") for code in known)]):
            client.environ_base["REMOTE_ADDR"] = f"10.0.{rank // 250}.{rank % 250}"
            answer = client.post(address, data={"code": code, **BORN})
            if answer.status_code == 303:
                answer = client.get(answer.location)
            answers.add((answer.status_code, body(answer).replace(code, "…")))
        assert len(answers) == 1, address


def test_sec_11_the_database_works_as_much_for_a_letter_that_nobody_has(app, count_statements, letter):
    counts = []
    for code in (CODE, "2" * 12):
        with count_statements() as sql:
            app.test_client().post("/acces", data={"code": code, "day": "1", "month": "1", "year": "2010"})
        counts.append(sql.count)
    assert abs(counts[0] - counts[1]) <= 2  # the children's birth dates, and the try


def test_one_network_address_may_not_try_for_ever(client, letter):
    for _ in range(60):
        client.post("/acces", data={"code": "2" * 12, **BORN})
    refused = Page(client.post("/acces", data={"code": CODE, **BORN}), status=429)
    assert "Trop d’essais" in refused.text("main")
    assert make.fresh(letter).state is LetterState.LIVE


def test_a_used_letter_leads_to_another_way_in(app, client, letter):
    type_letter(client)
    late = app.test_client()
    page = Page(type_letter(late), status=422)
    assert "déjà servi" in page.errors()[0]
    page = page.follow(late, "Recevoir un autre accès")
    page = Page(page.submit(late, "Demander un autre accès", {"code": CODE, **BORN}))
    assert page.heading == "Regardez vos messages"
    assert [row.state for row in make.every(AccessLetter)] == [LetterState.USED, LetterState.ASKED]


def test_the_other_way_in_works_by_the_code_of_the_message(app, client, guardian, letter):
    account = make.account(name=guardian.name)
    make.change(guardian, account_id=account.id)
    type_letter(client)
    late = app.test_client()
    page = Page(late.get("/acces/autre"))
    page = Page(page.submit(late, "Demander un autre accès", {"code": CODE, **BORN}))
    from portal.accounts.services import draw_secrets

    code = draw_secrets(make.every(SignInLink)[0].id).code
    home = Page(page.submit(late, "Entrer avec ce code", code=code))
    assert "Léo Marchal" in home.text("main")


def test_a_letter_opens_no_role_of_the_staff(client, guardian, letter):
    head = make.head(account=make.account(name=guardian.name))
    make.change(guardian, account_id=head.account_id)
    type_letter(client)
    assert client.get("/demandes").status_code == 403


@pytest.fixture
def entered(client, letter):
    type_letter(client)
    client.raw_token = None
    return client


def ask_a_code(client, email):
    page = Page(client.get("/mon-acces"))
    page = Page(page.submit(client, "Recevoir un code", email=email))
    (claim,) = make.every(ContactClaim)
    return page, contacts.draw_code(claim.id)


def test_an_address_for_next_time_is_confirmed_by_its_code_and_the_school_keeps_its_own(entered, guardian):
    page, drawn = ask_a_code(entered, "Sophie@Example.org")
    assert drawn.email == "sophie@example.org"
    page = Page(page.submit(entered, "Confirmer", code=drawn.code.lower()))
    assert "C’est fait" in page.text("main")
    assert make.fresh(make.every(Account)[0]).email == "sophie@example.org"
    assert make.fresh(guardian).email is None  # SIG-1: signing codes go where the school says


def test_a_wrong_code_counts_and_the_fifth_ends_it(entered):
    page, drawn = ask_a_code(entered, "sophie@example.org")
    wrong = "000000" if drawn.code != "000000" else "111111"
    said = [Page(page.submit(entered, "Confirmer", code=wrong), status=422).errors()[0] for _ in range(6)]
    assert "Il reste un essai" in said[3]
    assert "cinq essais" in said[4]
    assert Page(page.submit(entered, "Confirmer", code=drawn.code), status=422).errors() == [said[5]]


def test_an_address_that_the_school_knows_as_somebody_elses_opens_nothing(entered, guardian):
    make.guardian(name="Karim Benali", email="famille@example.org")
    page, drawn = ask_a_code(entered, "famille@example.org")
    refused = Page(page.submit(entered, "Confirmer", code=drawn.code), status=422)
    assert "une adresse à vous seul" in refused.errors()[0]
    assert make.fresh(make.every(Account)[0]).email is None


def test_an_address_that_opens_another_access_stays_there(entered):
    make.account(email="prise@example.org")
    page, drawn = ask_a_code(entered, "prise@example.org")
    refused = Page(page.submit(entered, "Confirmer", code=drawn.code), status=422)
    assert "un autre accès" in refused.errors()[0]


def test_nobody_confirms_the_address_of_somebody_else(entered, as_user):
    _, drawn = ask_a_code(entered, "sophie@example.org")
    (claim,) = make.every(ContactClaim)
    stranger = as_user(make.family())
    assert stranger.get(f"/mon-acces/{claim.public_id}").status_code == 404
    assert stranger.post(f"/mon-acces/{claim.public_id}", data={"code": drawn.code}).status_code == 404


def test_all_my_children_after_the_other_lycees_letter(as_user):
    family = make.family()
    there = make.guardian(make.school(), name=family.guardian.name, email=None)
    child = make.student(school_id=there.school_id, birth_date=BIRTH, given_name="Lina", family_name="Benali")
    make.guardianship(child, there)
    make.letter(there)
    client = as_user(family)
    page = Page(client.get("/mon-acces")).follow(client, "Mes enfants dans un autre lycée")
    page = Page(page.submit(client, "Ajouter ces enfants", {"code": CODE, **BORN}))
    assert "vous voyez maintenant tous vos enfants" in page.text("main")
    assert "Lina Benali" in page.text("main")


# --- the lycée ------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(app):
    return make.manager()


@pytest.fixture
def desk(as_user, manager):
    return as_user(manager)


def test_the_list_says_who_comes_in_and_how(desk, guardian):
    family = make.family(make.student(class_name="1re A"), guardian=make.guardian(name="Nadia Benali"))
    make.change(family.account, came_at=make.fresh(family.account).created_at)
    make.letter(guardian)
    nobody = make.student(class_name="Tle 9", given_name="Zoé", family_name="Z")
    page = Page(desk.get("/familles/acces"))
    rows = {row["Élève"]: (row["Qui entre"], row["Comment"]) for row in page.rows("Familles")}
    assert rows["Léo Marchal"] == ("Sophie Marchal mère", "Lettre du 8 sept. 2026")
    assert rows[family.student.name][1].startswith("Déjà venu le 8 sept. 2026 E-mail")
    assert rows[nobody.name] == ("Aucun responsable dans le fichier", "Aucun accès")
    only = Page(desk.get("/familles/acces?comment=rien"))
    assert [row["Élève"] for row in only.rows("Familles")] == [nobody.name]
    assert "Personne ne correspond" in Page(desk.get("/familles/acces?classe=1re+A&comment=rien")).text("main")


@pytest.mark.parametrize("address", ["/familles/acces", "/familles/lettres", "/familles/a-verifier"])
@pytest.mark.both
def test_pages_cost_four_statements_whatever_the_size(desk, address, count_statements):
    for _ in range(12):
        make.family()
    one, two = make.guardian(), make.guardian()
    make.doubt(one, two)
    desk.get(address)
    with count_statements() as sql:
        Page(desk.get(address))
    assert sql.count <= 4, sql


def test_an_empty_lycee_says_what_will_come(desk):
    assert "Importez d’abord" in Page(desk.get("/familles/acces")).text("main")
    assert "Rien à vérifier" in Page(desk.get("/familles/a-verifier")).text("main")
    assert "Personne ne correspond" in Page(desk.get("/familles/lettres")).text("main")


def test_letters_are_asked_with_their_number_and_a_warning_for_those_that_end(desk, guardian):
    make.letter(guardian)
    page = Page(desk.get("/familles/lettres?qui=tous"))
    assert "1 lettre à imprimer" in page.text("main")
    assert "ancien code ne servira plus" in page.text("main")
    refused = Page(page.submit(desk, "Imprimer"), status=422)
    assert "Cochez la case" in refused.errors()[0]
    printing = Page(refused.submit(desk, "Imprimer", remplacer="y"))
    assert printing.heading == "Impression des lettres"
    assert "0 sur 1" in printing.text("main")


def test_one_persons_letter_from_the_list(desk, guardian):
    page = Page(desk.get("/familles/acces"))
    page = page.follow(desk, "Imprimer la lettre de Sophie Marchal")
    assert "Lettre pour : Sophie Marchal" in page.text("main")
    Page(page.submit(desk, "Imprimer"))
    assert [row.guardian_id for row in make.every(AccessLetter)] == [guardian.id]


def test_a_batch_of_another_lycee_does_not_exist(desk, as_user, guardian):
    page = Page(desk.get("/familles/lettres"))
    Page(page.submit(desk, "Imprimer"))
    (job,) = make.every(Job)
    stranger = as_user(make.head(make.school()))
    for address in (f"/familles/lettres/{job.public_id}", f"/familles/lettres/{job.public_id}/fichier"):
        assert stranger.get(address).status_code == 404
    assert desk.get(f"/familles/lettres/{job.public_id}/fichier").status_code == 302


def couple():
    child = make.student()
    for name in ("Nadia Benali", "Karim Benali"):
        make.guardianship(child, make.guardian(name=name, email="famille@example.org", mobile=None))
    services.link_school(make.every(School)[0].id)
    return make.every(IdentityDoubt)[0]


def test_two_people_are_decided_side_by_side_and_taken_back(desk):
    doubt = couple()
    page = Page(desk.get("/familles/a-verifier"))
    page = page.follow(desk, "Nadia Benali")
    assert "Karim Benali" in page.text("main")
    page = Page(page.submit(desk, "Deux personnes"))
    assert "C’est décidé" in page.text("main")
    assert make.fresh(doubt).state is DoubtState.TWO
    Page(page.submit(desk, "Annuler la réponse"))
    assert make.fresh(doubt).state is DoubtState.OPEN


def test_two_parents_of_one_child_are_never_made_one(desk):
    doubt = couple()
    page = Page(desk.get(f"/familles/a-verifier/{doubt.public_id}"))
    refused = Page(page.submit(desk, "Une seule personne"), status=409)
    assert "ne peut pas signer pour deux" in refused.text("main")
    assert make.fresh(doubt).state is DoubtState.OPEN


def test_another_lycee_sees_nothing_of_a_doubt(as_user, desk):
    doubt = couple()
    stranger = as_user(make.manager(make.school()))
    assert stranger.get(f"/familles/a-verifier/{doubt.public_id}").status_code == 404
    assert stranger.post(f"/familles/a-verifier/{doubt.public_id}", data={"reponse": "deux"}).status_code == 404
    assert "Nadia" not in stranger.get("/familles/a-verifier").text
