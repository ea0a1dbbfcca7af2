"""The region's models: described once, corrected, with a kit whose pieces are counted."""

import pytest

from portal.stock import kits
from portal.stock.models import DeviceModel
from tests import factories as make
from tests.pages import Page


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chargeur\n\n 2 ×  housse \n", ["chargeur", "housse", "housse"]),
        ("3x câble USB", ["câble USB"] * 3),
        ("12 × câble", ["12 × câble"]),
        ("", []),
    ],
)
def test_a_kit_names_each_of_its_pieces(text, found):
    assert kits.pieces(text) == found
    assert kits.pieces("\n".join(kits.lines(found))) == found


def test_the_region_adds_a_model_and_corrects_it(app, as_user, count_statements):
    make.device_model(name="Ancien modèle")
    region = as_user(make.region_agent())
    page = Page(region.get("/modeles"))
    assert Page(page.submit(region, "Enregistrer le modèle", poids="x"), status=422).errors()[:2] == [
        "Indiquez le nom du modèle.", "Écrivez un poids de 100 à 30 000 g.",
    ]  # fmt: skip
    values = {"nom": "HP 14", "poids": "2600", "batterie": "56", "prix": "350", "garantie": "3"}
    page = Page(page.submit(region, "Enregistrer le modèle", **values, accessoires="chargeur\n2 × housse"))
    taken = Page(Page(region.get("/modeles")).submit(region, "Enregistrer le modèle", **values), status=422)
    assert taken.errors() == ["Un autre modèle porte déjà ce nom. Choisissez un nom différent."]
    row = next(row for row in page.rows("Modèles de la région") if row["Modèle"] == "HP 14")
    assert (row["Prix"], row["Garantie"], row["Kit"]) == ("350 €", "3 ans", "chargeur, 2 × housse")
    model = next(one for one in make.every(DeviceModel) if one.name == "HP 14")
    with count_statements() as sql:
        page = Page(region.get(f"/modeles?modele={model.id}"))
    assert sql.count <= 4, sql
    page.submit(region, "Enregistrer le modèle", garantie="4")
    assert (make.fresh(model).warranty_years, make.fresh(model).accessories) == (4, ["chargeur", "housse", "housse"])
