"""What the menu shows: few entries in a row, the rest folded, and where one is always in sight."""

import pytest

from tests import factories as make
from tests.pages import Page


@pytest.fixture
def menu(as_user):
    def read(person, address):
        page = Page(as_user(person).get(address))
        return page.texts(".nav__list > li > a"), page.texts("#more a"), page.texts(".nav [aria-current]")

    return read


def test_a_head_has_few_entries_in_a_row_and_the_rest_under_one_word(app, menu):
    row, folded, current = menu(make.head(), "/demandes")
    assert current == ["Demandes"]
    assert len(row) <= 5
    assert {"Équipe", "Établissement", "Mon compte"} <= set(folded)


def test_the_page_where_one_is_never_hides(app, menu):
    row, folded, current = menu(make.head(), "/equipe")
    assert current == ["Équipe"]
    assert "Équipe" in row
    assert "Équipe" not in folded


def test_a_family_sees_its_few_entries_at_once(app, menu):
    row, folded, _ = menu(make.family(), "/mes-dossiers")
    assert "Mes données" in row
    assert folded == []


def test_a_page_under_an_entry_shows_where_it_belongs(app, menu):
    row, _, current = menu(make.manager(), "/eleves/import")
    assert current == ["Élèves"]
    assert "Élèves" in row
    assert menu(make.manager(), "/familles/lettres")[2] == ["Accès des familles"]
