"""A parent comes in by an OpenID Connect provider, and another by the ENT: real servers, real sign-in pages."""

from playwright.sync_api import expect

from tests.e2e.town import PLACE
from tests.e2e.ways import CODE, DOOR, HOME, say_who
from tests.federation.rig import PASSWORD

LINKS = "Mes connexions"


def at_the_provider(here, login):
    """Its page is not ours: only filled in."""
    here.page.get_by_label("Identifiant").fill(login)
    here.page.get_by_role("button", name="Se connecter").click()


def press_on(here):
    """The page after the provider presses its own button where scripts run."""
    if not here.js:
        here.arrive("Il ne reste qu’un bouton")
        here.page.get_by_role("button", name="Entrer", exact=True).click()


def test_a_parent_links_educonnect_once_and_then_enters_by_it(doors, live, town, walk, js):
    parent = town["oidc js" if js else "oidc no-js"].parent
    given, family = parent.name.split(" ", 1)
    doors.idp.control(people={parent.email: {"given_name": given, "family_name": family.upper()}})
    here = walk(js=js, site=doors.site)

    here.open("/entrer", DOOR)
    here.page.get_by_role("link", name="Entrer avec ÉduConnect").click()
    at_the_provider(here, parent.email)
    press_on(here)
    here.arrive("C’est la première fois avec ÉduConnect")
    here.follow("Entrer comme d’habitude", then=DOOR)
    letter = say_who(here, live, parent.email)
    code = CODE.search(letter.text.partition("restée ouverte")[2])
    assert code
    here.write("code", code[1])
    here.press("Entrer avec ce code", then=LINKS)
    here.read(f"ÉduConnect nous dit que vous êtes {given} {family.upper()}.")
    here.press("Relier mon compte", then=LINKS)
    here.read("ÉduConnect est relié à votre compte.", at=".flashed")

    here.press("Se déconnecter", then="Votre session Fin prêt est fermée")
    here.page.get_by_role("link", name="Fermer aussi cette session").click()
    here.page.get_by_role("button", name="Oui").click()
    here.arrive("L’ordinateur du lycée, prêté à votre enfant")
    here.open("/entrer", DOOR)
    here.page.get_by_role("link", name="Entrer avec ÉduConnect").click()
    at_the_provider(here, parent.email)
    press_on(here)
    here.arrive(HOME)
    expect(here.page.locator(".who__name")).to_have_text(parent.name)


def test_a_parent_enters_by_the_ent_without_any_letter(doors, town, walk, js):
    family = town["cas js" if js else "cas no-js"]
    given, name = family.parent.name.split(" ", 1)
    user = "claire" if js else "marc"
    doors.ent.people(**{user: {"FrEduVecteur": [f"2|{name.upper()}|{given}|{family.child.email}|{PLACE.uai}"]}})
    here = walk(js=js, site=doors.site)

    here.open("/entrer", DOOR)
    here.page.get_by_role("link", name="Entrer avec Mon Bureau Numérique").click()
    here.page.locator("input[name=username]").fill(user)
    here.page.locator("input[name=password]").fill(PASSWORD)
    here.page.locator("form button, form input[type=submit]").first.click()
    press_on(here)
    here.arrive(HOME)
    here.read(family.child.name)
    here.open("/connexion", LINKS)
    here.read("Mon Bureau Numérique")
    here.press("Se déconnecter", then="Votre session Fin prêt est fermée")
    here.page.get_by_role("link", name="Fermer aussi cette session").click()
    here.arrive("L’ordinateur du lycée, prêté à votre enfant")
    here.read("Votre session Mon Bureau Numérique est fermée aussi.", at=".flashed")
