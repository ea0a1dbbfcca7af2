"""The first time, and one's own account: password, factors, codes, sessions (SEC-1, SEC-8)."""

import re

import pyotp
import pytest

from portal.credentials import services
from portal.credentials.models import AuthenticatorApp, Passkey, Password, RecoveryCode
from portal.kernel import clock as time
from portal.platform.sessions import WebSession
from tests import factories as make
from tests.credentials.test_door import SECOND, by_link, by_password, is_in, thief_of
from tests.pages import Page

NEW = "renard gris devant la mairie"


@pytest.fixture
def head(app):
    return make.head()


def shown_code(page):
    """What an application shows, once it was given the letters on the page."""
    return pyotp.TOTP(page.text(".secret__text").replace(" ", "")).at(time.now())


@pytest.mark.both
def test_the_first_time_asks_for_a_password_and_an_application_before_anything_else(app, client, head):
    by_link(client, head)
    first = Page(client.get(SECOND, follow_redirects=True))
    assert first.heading == "Choisissez un mot de passe"
    assert client.get("/demandes").location.startswith("/entrer")
    choice = Page(first.submit(client, "Continuer", new=NEW))
    assert choice.heading == "Choisissez un deuxième facteur"
    assert client.get("/demandes").location.startswith("/entrer")
    setup = Page(choice.submit(client, "Installer une application"))
    assert setup.has(".secret__square svg")
    codes = Page(setup.submit(client, "Vérifier le code", code=shown_code(setup)))
    assert codes.heading == "Vos dix codes de secours"
    listed = codes.texts(".codes__code")
    assert len(set(listed)) == 10
    assert all(re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code) for code in listed)
    assert Page(codes.submit(client, "Mes codes sont rangés, continuer")).url.endswith("/demandes")
    assert listed[0] not in client.get("/securite/codes").text
    assert len(make.every(RecoveryCode)) == 10
    assert services.use_code(account_id=head.account_id, code=listed[3])


def test_steps_of_the_first_time_cannot_be_skipped(client, head):
    by_link(client, head)
    assert client.get("/entrer/premiere-fois/deuxieme-facteur").location == SECOND
    assert client.post("/entrer/premiere-fois/application").location == SECOND
    assert make.every(AuthenticatorApp) == []


def test_a_common_password_is_refused_with_the_reason_and_keeps_the_page(client, head):
    by_link(client, head)
    page = Page(client.post("/entrer/premiere-fois", data={"new": "Motdepasse2026!"}), status=422)
    assert "plus courants" in page.errors()[0]
    page = Page(client.post("/entrer/premiere-fois", data={"new": f"{head.account.name} toujours"}), status=422)
    assert "ni votre nom" in page.errors()[0]
    place = max(head.school.name.split(), key=len)
    page = Page(client.post("/entrer/premiere-fois", data={"new": f"vive {place} ma maison"}), status=422)
    assert "nom du lycée" in page.errors()[0]
    assert make.every(Password) == []


def test_a_wrong_first_code_sets_nothing_up(client, head):
    by_link(client, head)
    client.post("/entrer/premiere-fois", data={"new": NEW})
    setup = Page(client.post("/entrer/premiere-fois/application", follow_redirects=True))
    wrong = "000000" if shown_code(setup) != "000000" else "111111"
    assert Page(setup.submit(client, "Vérifier le code", code=wrong), status=422).errors()
    assert client.get("/demandes").location.startswith("/entrer")


def test_after_a_reset_one_begins_again_with_the_link_and_ones_password(client, head):
    make.password(head.account)
    make.phone(head.account)
    services.reset_factors(account_id=head.account_id)
    by_link(client, head)
    page = Page(client.get(SECOND, follow_redirects=True))
    assert page.heading == "Votre mot de passe"
    assert Page(page.submit(client, "Continuer", password="ce n’est pas lui"), status=422).errors()
    assert Page(page.submit(client, "Continuer", password=make.PASSPHRASE)).heading == "Choisissez un deuxième facteur"


def test_another_persons_application_is_not_shown(client, head):
    other = make.phone(make.manager().account, confirmed_at=None)
    by_link(client, head)
    client.post("/entrer/premiere-fois", data={"new": NEW})
    assert client.get(f"/entrer/premiere-fois/application/{other.app.public_id}").status_code == 404


# --- one's own account --------------------------------------------------------------------------------------------------


@pytest.fixture
def entered(client, head):
    """The head, in by password and code."""
    make.password(head.account)
    phone = make.phone(head.account)
    by_password(client, head)
    client.post(SECOND, data={"code": phone.code()})
    client.raw_token = None
    return client


def test_sec_1_a_changed_password_kills_copied_cookies_and_other_sessions(app, entered, as_user, head):
    elsewhere = as_user(head)
    thief = thief_of(app, entered)
    assert is_in(thief)
    page = Page(entered.get("/securite/mot-de-passe"))
    page = Page(page.submit(entered, "Enregistrer ce mot de passe", password=make.PASSPHRASE, new=NEW))
    assert "enregistré" in page.text(".flashed")
    assert is_in(entered)
    assert not is_in(thief)
    assert not is_in(elsewhere)


def test_sec_1_a_new_factor_and_a_removed_one_kill_copied_cookies(app, entered, as_user, head):
    elsewhere, thief = as_user(head), thief_of(app, entered)
    page = Page(entered.get("/securite/ajouter"))
    setup = Page(entered.post("/securite/application", data={"name": "Téléphone du bureau"}, follow_redirects=True))
    page = Page(setup.submit(entered, "Vérifier le code", code=shown_code(setup)))
    assert "Téléphone du bureau" in page.text("main")
    assert (is_in(entered), is_in(thief), is_in(elsewhere)) == (True, False, False)
    elsewhere, thief = as_user(head), thief_of(app, entered)
    entered.raw_token = None
    (added,) = make.every(AuthenticatorApp, name="Téléphone du bureau")
    assert entered.post(f"/securite/facteurs/{added.public_id}/retirer").status_code == 303
    assert (is_in(entered), is_in(thief), is_in(elsewhere)) == (True, False, False)
    assert "FactorRemoved" in make.trail(f"account:{head.account_id}")


def test_the_last_factor_of_staff_stays(entered):
    (app,) = make.every(AuthenticatorApp)
    answer = entered.post(f"/securite/facteurs/{app.public_id}/retirer")
    assert answer.status_code == 409
    assert "Ajoutez-en un autre" in answer.text


def test_nobody_removes_what_is_somebody_elses(entered):
    other = make.passkey(make.manager().account)
    assert entered.post(f"/securite/facteurs/{other.public_id}/retirer").status_code == 404
    assert len(make.every(Passkey)) == 1


def test_sec_1_a_session_closed_from_another_device_is_dead_at_once(app, as_user, head):
    here, there = as_user(head), app.test_client()
    there.enter(head)
    page = Page(here.get("/securite"))
    assert page.text("main").count("Cet appareil") == 1
    (form,) = page.soup.select("form[action$=fermer]")
    assert here.post(form["action"]).status_code == 303
    assert not is_in(there)
    assert is_in(here)
    assert here.post(form["action"]).status_code == 404


def test_all_the_others_at_once(app, as_user, head):
    here, others = as_user(head), [app.test_client().enter(head) for _ in range(3)]
    thief = thief_of(app, here)
    page = Page(here.get("/securite"))
    page = Page(page.submit(here, "Fermer toutes les autres sessions"))
    assert "3 autres sessions" in page.text(".flashed")
    assert is_in(here)
    assert not any(is_in(browser) for browser in (*others, thief))


def test_nobody_closes_the_session_of_somebody_else(as_user, head):
    here, other = as_user(head), as_user(make.head())
    (theirs,) = [row for row in make.every(WebSession) if row.account_id != head.account_id]
    assert here.post(f"/securite/sessions/{theirs.id_hash[:24]}/fermer").status_code == 404
    assert here.post("/securite/sessions/%25/fermer").status_code == 404
    assert is_in(other)


def test_devices_are_named_in_plain_words(client, head):
    make.password(head.account)
    phone = make.phone(head.account)
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    by_password(client, head)
    client.post(SECOND, data={"code": phone.code()}, headers=agent)
    assert "Firefox sur Windows" in Page(client.get("/securite")).text("main")


def test_sensitive_changes_ask_for_the_password_again_after_a_while(entered, clock):
    clock.forward(minutes=16)
    answer = entered.get("/securite/ajouter")
    assert answer.location == "/securite/confirmer?suite=/securite/ajouter"
    page = Page(entered.get(answer.location))
    assert Page(page.submit(entered, "Continuer", password="ce n’est pas lui"), status=422).errors()
    assert Page(page.submit(entered, "Continuer", password=make.PASSPHRASE)).heading == "Ajouter un deuxième facteur"


def test_new_codes_replace_the_old_ones(entered, head):
    old = make.recovery_code(head.account)
    page = Page(entered.get("/securite/codes"))
    assert "1 code sur 10" in page.text("main")
    page = Page(page.submit(entered, "Recevoir dix nouveaux codes"))
    assert len(page.texts(".codes__code")) == 10
    assert not services.use_code(account_id=head.account_id, code=old)
    kept = [row for row in make.every(WebSession) if row.account_id == head.account_id]
    assert all(page.texts(".codes__code")[0] not in row.data for row in kept)


def test_a_wrong_old_password_changes_nothing_and_must_wait_after_five(entered):
    for status in (422, 422, 422, 422, 422, 429):
        answer = entered.post("/securite/mot-de-passe", data={"password": "ce n’est pas lui", "new": NEW})
        assert answer.status_code == status


# --- families -----------------------------------------------------------------------------------------------------------


def test_a_family_may_choose_a_password_come_in_with_it_and_give_it_up(app, client, as_user):
    family = make.family()
    browser = as_user(family)
    page = Page(browser.get("/securite"))
    assert "facultatif" in page.text("main")
    assert "Deuxième facteur" not in page.text("main")
    page = page.follow(browser, "Choisir un mot de passe")
    assert Page(page.submit(browser, "Enregistrer ce mot de passe", new="trop court"), status=422).errors()
    page = Page(page.submit(browser, "Enregistrer ce mot de passe", new="lune sur étang"))
    browser.raw_token = None
    assert by_password(client, family, "lune sur étang", url="/entrer/mot-de-passe").status_code == 303
    assert is_in(client, "/mes-dossiers")
    page = Page(page.submit(browser, "Retirer mon mot de passe"))
    assert not is_in(client, "/mes-dossiers")
    assert is_in(browser, "/mes-dossiers")
    assert by_password(app.test_client(), family, "lune sur étang").status_code == 422


def test_the_link_always_remains(client):
    family = make.family()
    make.password(family.account)
    by_link(client, family)
    assert is_in(client, "/mes-dossiers")


@pytest.mark.parametrize("path", ["/securite/ajouter", "/securite/codes"])
def test_families_have_no_second_factor_to_keep(as_user, path):
    assert as_user(make.family()).get(path).status_code == 403


def test_staff_may_not_give_their_password_up(entered):
    assert entered.post("/securite/mot-de-passe/retirer").status_code == 409


def test_pages_cost_few_statements(as_user, head, count_statements):
    make.password(head.account)
    for _ in range(4):
        make.passkey(head.account)
    browser = as_user(head)
    for path, most in (("/securite", 5), ("/securite/mot-de-passe", 4), ("/securite/codes", 4)):
        browser.get(path)
        with count_statements() as sql:
            assert browser.get(path).status_code == 200
        assert sql.count <= most, f"{path}\n{sql}"
