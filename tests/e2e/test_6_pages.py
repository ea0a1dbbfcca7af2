"""Every page that a role can reach from its menu, on a telephone and at a desk, by day and by night."""

import pytest

from tests.e2e.ways import BENCH, HOME, QUEUE, as_one_of_the_cast

ANY = ""
PUBLIC = {
    "/": "L’ordinateur du lycée",
    "/entrer": "Entrer dans Fin prêt",
    "/accessibilite": ANY,
    "/donnees-personnelles": ANY,
    "/mentions-legales": ANY,
    "/demo": "Qui voulez-vous être ?",
    "/demo/boite": "Boîte de réception",
    "/rien-ici": ANY,
}
DOORS = {
    "parent": ("Nadia Benali", HOME),
    "student": ("Inès Lefèvre", HOME),
    "head": ("Claire Vasseur", QUEUE),
    "manager": ("Thomas Klein", BENCH),
    "technician": ("Sonia Da Costa", "Matériel"),
    "region": ("Paul Schmitt", "Lycées"),
}
FIRST_OF_A_LIST = "main tbody th a, main .request__open, main .child__more a"
PAGES = {
    "parent": ["/mes-dossiers", "/mes-dossiers/demande", "/preparation"],
    "student": ["/mes-dossiers"],
    "head": ["/demandes", "/demandes?motif=perte", "/demandes?classe=aucune", "/demandes/decisions"],
    "manager": [
        *(f"/preparation?voie={lane}" for lane in ("a-preparer", "prets", "retrait", "remis")),
        "/preparation/liste",
        "/preparation/remise",
        "/preparation/remises",
        "/distribution",
        "/distribution/nouvelle",
        "/materiel",
    ],
    "technician": ["/materiel", "/materiel?etat=lent"],
    "region": [
        "/lycees",
        "/annuaire",
        "/annuaire?recherche=metz",
        "/annuaire?recherche=zzzz",
        "/annuaire/0540042C/ouverture",
        "/region/campagnes",
        "/region/campagnes/suivante/preparation",
    ],
}


@pytest.fixture(params=[(320, False), (1280, True)], ids=["telephone by day", "desk by night"])
def screen(request):
    return dict(zip(("width", "dark"), request.param, strict=True))


def test_the_pages_of_everybody(walk, watch, screen):
    watch.forgive("404")
    here = walk(**screen)
    for address, heading in PUBLIC.items():
        here.open(address, heading)


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role(walk, watch, town, screen, role):
    watch.forgive("403")
    here = walk(**screen)
    name, first = DOORS[role]
    as_one_of_the_cast(here, name, then=first)
    for address in PAGES[role]:
        here.open(address, ANY)
        behind = here.page.locator(FIRST_OF_A_LIST)
        if behind.count():
            here.use(behind.first, then=ANY)
