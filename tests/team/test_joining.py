"""A lycée joins: opened once from the directory, by the region alone, and its head is invited; both engines."""

import pytest

from portal.accounts.models import Account, RoleGrant
from portal.platform import scope
from portal.policy import Role
from portal.schools.models import DirectoryEntry, School
from portal.schools.rules import NotOpened
from portal.team import services
from portal.team.services import Invitation, UnusableAddress
from tests import factories as make
from tests.pages import Page

HEAD = Invitation(name="Odile Ferrand", email="odile.ferrand@example.org", role=Role.HEAD)
MANAGER = Invitation(name="Karim Weber", email="karim.weber@example.org", role=Role.MANAGER)
ANSWERS = {
    "head_name": HEAD.name,
    "head_email": HEAD.email,
    "street": "12 rue Saint-Vincent",
    "phone": "03 63 99 00 12",
}


@pytest.fixture
def entry(app):
    make.region()
    return make.directory_entry(uai="0540042C", name="Lycée Henri Loritz", city="Nancy", postcode="54000")


@pytest.fixture
def region(entry, as_user):
    return as_user(make.region_agent())


def opened(uai, *, manager=None, street="12 rue Saint-Vincent"):
    with scope.every_school(reason="test"):
        return services.open_school(uai, head=HEAD, manager=manager, street=street, phone="+33363990012")


def grants():
    names = {account.id: account.name for account in make.every(Account)}
    return {(names[grant.account_id], grant.role, grant.at_school_id) for grant in make.every(RoleGrant)}


@pytest.mark.both
def test_a_lycee_opens_with_its_address_its_head_and_its_manager(entry):
    public_id = opened(entry.uai, manager=MANAGER)
    (school,) = make.every(School)
    assert (school.public_id, school.name, school.head_name) == (public_id, "Lycée Henri Loritz", HEAD.name)
    assert school.address.lines()[1:] == ["12 RUE SAINT VINCENT", "54000 NANCY"]
    assert school.contact_email == MANAGER.email
    assert grants() == {(HEAD.name, Role.HEAD, school.id), (MANAGER.name, Role.MANAGER, school.id)}
    assert make.trail(f"school:{school.id}") == ["SchoolOpened"]
    assert [row.kind for row in make.outbox()].count("ColleagueInvited") == 2


@pytest.mark.both
def test_eight_hands_open_it_once(entry, together):
    def press():
        try:
            return opened(entry.uai)
        except NotOpened as refusal:
            return str(refusal)

    said = together(press)
    (school,) = make.every(School)
    assert sorted(said) == sorted([school.public_id, *["Ce lycée participe déjà au programme."] * 7])
    assert len(make.every(RoleGrant)) == 1


@pytest.mark.both
def test_another_regions_lycee_and_an_address_without_a_street_change_nothing(entry):
    elsewhere = make.directory_entry(region_code="11")
    with pytest.raises(NotOpened, match="autre région"):
        opened(elsewhere.uai)
    with pytest.raises(UnusableAddress, match="rue"):
        opened(entry.uai, street="")
    assert make.every(School) == make.every(Account) == []


def test_the_region_opens_a_lycee_that_it_found(region, count_statements):
    page = Page(region.get("/annuaire?recherche=loritz"))
    with count_statements() as sql:
        page = page.follow(region, "Ouvrir ce lycée : Lycée Henri Loritz")
    assert sql.count <= 4, sql
    assert "54000 Nancy" in page.text("main")
    wrong = {**ANSWERS, "head_email": "odile", "street": "", "phone": "12", "manager_name": "Karim Weber"}
    refused = Page(page.submit(region, "Ouvrir ce lycée", **wrong), status=422)
    assert len(refused.errors()) == 4
    same = {"manager_name": "Karim Weber", "manager_email": HEAD.email.upper()}
    refused = Page(page.submit(region, "Ouvrir ce lycée", **ANSWERS, **same), status=422)
    assert refused.errors() == ["Cette adresse est celle du proviseur. Indiquez celle du gestionnaire."]
    team = Page(page.submit(region, "Ouvrir ce lycée", **ANSWERS))
    assert [(row["Nom"], row["Rôle"]) for row in team.rows("Qui travaille ici")] == [(HEAD.name, "Proviseur")]
    again = Page(page.submit(region, "Ouvrir ce lycée", **ANSWERS), status=409)
    assert again.text(".notice") == "Ce lycée participe déjà au programme."
    assert again.follow(region, "Voir son équipe").rows("Qui travaille ici")
    (row,) = Page(region.get("/annuaire?recherche=loritz")).rows("Lycées trouvés")
    assert row["Programme"] == "Participe"


def test_what_the_directory_knows_is_already_written(region):
    known = {"street": "3 rue de Phalsbourg", "phone": "+33363990024"}
    make.change(make.every(DirectoryEntry)[0], **known)
    form = Page(region.get("/annuaire/0540042C/ouverture")).form("Ouvrir ce lycée")
    assert [form.select_one(f"#{name}")["value"] for name in known] == ["3 rue de Phalsbourg", "03 63 99 00 24"]


def test_another_regions_lycee_says_whose_it_is_and_an_unknown_one_is_missing(region):
    make.directory_entry(uai="0750001A", name="Lycée d’ailleurs", region_code="11")
    page = Page(region.get("/annuaire?recherche=ailleurs"))
    assert "Ouvrir ce lycée" not in page.text("main")
    page = Page(region.get("/annuaire/0750001A/ouverture"))
    assert "autre région" in page.text(".notice")
    assert page.buttons() == []
    assert region.get("/annuaire/0540001A/ouverture").status_code == 404
    assert region.post("/annuaire/0540001A/ouverture", data=ANSWERS).status_code == 404


def test_a_head_opens_nothing(entry, as_user):
    head = as_user(make.head(make.school()))
    assert head.get(f"/annuaire/{entry.uai}/ouverture").status_code == 403
    assert head.post(f"/annuaire/{entry.uai}/ouverture", data=ANSWERS).status_code == 403


def test_the_command_opens_the_same_way(app, entry):
    def command(uai, *options):
        asked = ["schools", "open", uai, "--head", HEAD.name, "--email", HEAD.email, *options]
        return app.test_cli_runner().invoke(args=asked)

    assert "téléphone" in command("054 0042 c").stderr
    given = ("--street", "12 rue Saint-Vincent", "--phone", "03 63 99 00 12")
    assert command("0540042c", *given).stdout == "open: 0540042C, Lycée Henri Loritz, Nancy\n"
    assert "participe déjà" in command("0540042C", *given).stderr
    assert "not in the directory" in command("0570054Z", *given).stderr
    assert "la lettre devrait être" in command("0540042D", *given).stderr
    (school,) = make.every(School)
    assert grants() == {(HEAD.name, Role.HEAD, school.id)}
