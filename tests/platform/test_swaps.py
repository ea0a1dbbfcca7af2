"""The replay of htmx's swaps, on a page made for it: it must see a swap that differs from a reload."""

from types import SimpleNamespace

import pytest
from flask import Flask, request

from tests.swaps import assert_swap_equals_reload
from tests.visitor import Visitor

PAGE = """<!doctype html><html lang="fr" dir="ltr"><head><title>Compteur de l’essai — Fin prêt</title></head><body><main>
<h1>Compteur</h1><p id="total">{total}</p>
<form method="post" action="/plus" data-hx-post="/plus" data-hx-target="{target}" data-hx-swap="outerHTML" id="plus">
<input type="hidden" name="csrf_token" value="{token}"><button type="submit">Ajouter</button></form>
<ul id="list">{items}</ul></main></body></html>"""


def list_of(number: int) -> str:
    return "".join(f"<li>{item}</li>" for item in range(number))


@pytest.fixture
def counter(app):
    """A tiny portal: a list and its total, and answers as the test wants them."""
    state = SimpleNamespace(number=1, target="#list", answer="", headers={})
    tiny = Flask("tiny")
    tiny.secret_key = "tiny"

    @tiny.get("/")
    def show():
        return PAGE.format(total=state.number, items=list_of(state.number), token=state.number, target=state.target)

    @tiny.post("/plus")
    def add():
        state.number += 1
        assert request.headers["HX-Request"]
        return state.answer.format(total=state.number, items=list_of(state.number)), state.headers

    tiny.test_client_class = Visitor
    state.client = tiny.test_client()
    return state


LIST = '<ul id="list">{items}</ul>'
TOTAL = '<p id="total" data-hx-swap-oob="true">{total}</p>'


def test_a_swap_that_equals_a_reload_passes(counter):
    counter.answer = LIST + TOTAL
    assert_swap_equals_reload(counter.client, "/", "Ajouter")


def test_a_forgotten_out_of_band_part_is_seen(counter):
    counter.answer = LIST
    with pytest.raises(AssertionError, match=r"another page than a reload[\s\S]*-1\n.*\+2"):
        assert_swap_equals_reload(counter.client, "/", "Ajouter")


def test_a_wrong_target_is_seen(counter):
    counter.answer, counter.target = LIST + TOTAL, "this"
    with pytest.raises(AssertionError, match="another page than a reload"):
        assert_swap_equals_reload(counter.client, "/", "#plus")


def test_an_answer_may_aim_elsewhere(counter):
    counter.answer, counter.target = LIST + TOTAL, "this"
    counter.headers = {"HX-Retarget": "#list", "HX-Reswap": "outerHTML"}
    assert_swap_equals_reload(counter.client, "/", "Ajouter")


def test_an_out_of_band_part_without_a_place_is_seen(counter):
    counter.answer = LIST + '<p id="nowhere" data-hx-swap-oob="true">1</p>'
    with pytest.raises(AssertionError, match="#nowhere"):
        assert_swap_equals_reload(counter.client, "/", "Ajouter")


def test_an_answer_that_moves_leads_to_a_page_that_opens(counter):
    counter.answer, counter.headers = " ", {"HX-Redirect": "/"}
    assert_swap_equals_reload(counter.client, "/", "Ajouter")
    counter.headers = {"HX-Redirect": "/nulle-part"}
    with pytest.raises(AssertionError, match="404"):
        assert_swap_equals_reload(counter.client, "/", "Ajouter")
