"""A station in a real browser, with a keyboard as the scanner."""

from base64 import b64encode

import zxingcpp
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from portal.distribution.states import AttendanceState, SessionState, Workshop
from portal.extensions import db
from portal.platform.sessions import WebSession
from tests import factories as make
from tests.browser import axe, fits
from tests.cable import CUT, Cable


def scan(page: Page, code: str, *, end: str = "Enter") -> None:
    expect(page.locator("#station-code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press(end)


def says(page: Page, word: str) -> None:
    expect(page.locator(".verdict__word")).to_have_text(word)


def test_a_scanner_is_enough_from_the_first_student_to_the_undo(gym, width):
    (one, tag), post = gym.turn(), gym.station()
    page = gym.hold(post, width=width)
    axe(page)
    scan(page, one.code)
    expect(page.locator(".verdict__text")).to_contain_text("Scannez l’appareil")
    scan(page, tag, end="Tab")
    says(page, "Remis")
    axe(page)
    fits(page)
    page.locator(".recent__undo").press("Enter")
    says(page, "Annulé")
    assert make.fresh(one).state is AttendanceState.CLEARED
    scan(page, one.code)
    scan(page, tag)
    says(page, "Remis")
    scan(page, "NADA-0000")
    says(page, "Inconnu")


def test_the_button_that_takes_the_station_unlocks_the_sound_and_each_verdict_has_its_own(gym):
    (one, _), post = gym.turn(at=AttendanceState.EXPECTED), gym.station(Workshop.SLEEVE)
    page = gym.hold(post)
    assert page.evaluate("sound.state") == "running"
    for code, word, pitches in ((one.code, "Housse", [880]), ("NADA-0000", "Inconnu", [196, 196])):
        page.evaluate("pitches.length = 0")
        scan(page, code)
        says(page, word)
        page.wait_for_function("wanted => `${pitches}` === `${wanted}`", arg=pitches)


def waits(page: Page, sentence: str) -> None:
    expect(page.locator("[data-waits]")).to_have_text(sentence)


KEPT = """async () => [
    ...(await indexedDB.databases()).map((base) => base.name), ...(await caches.keys()),
    ...((await navigator.serviceWorker.getRegistrations()).length ? ["yes"] : []),
]"""
"""What the browser keeps of a station: its memory, its page, its worker."""


def remembers(page: Page) -> None:
    """Until the station can go on alone: its memory is there, and its page is put aside."""
    page.wait_for_function(
        "async () => (await caches.match('/distribution/poste-seul')) && navigator.serviceWorker.controller"
    )


def test_two_stations_cut_off_hand_out_the_same_device_and_one_wins(gym, watch):
    for noise in (CUT, "htmx:", "ViewTransition"):  # what a cut network makes the browser write
        watch.forgive(noise)
    (one, tag), (other, _) = gym.turn(), gym.turn()
    (third, _), (fourth, last) = gym.turn(), gym.turn()
    cables = [Cable(gym.url) for _ in range(2)]
    pages = [gym.hold(gym.station(), proxy=cable.proxy) for cable in cables]
    for page, cable in zip(pages, cables, strict=True):
        remembers(page)
        cable.cut()
    for page, turn in zip(pages, (one, other), strict=True):
        scan(page, turn.code)
        expect(page.locator(".verdict__word")).to_contain_text("Quel appareil")
        scan(page, tag)
        says(page, "Noté")
        waits(page, "1 scan attend le réseau.")
    first, second = pages
    scan(first, one.code)
    says(first, "Déjà servi")
    scan(first, tag)
    says(first, "Inconnu")
    first.reload()
    waits(first, "1 scan attend le réseau.")
    scan(first, fourth.code)
    scan(first, last)
    says(first, "Noté")
    waits(first, "2 scans attendent le réseau.")
    assert make.fresh(one).state is AttendanceState.CLEARED
    second.get_by_role("button", name="Se déconnecter").click()
    expect(second.get_by_role("heading", name="Poste 2")).to_be_visible()
    waits(second, "1 scan attend le réseau.")
    for page, cable in zip(pages, cables, strict=True):
        cable.plug()
        waits(page, "Aucun scan n’attend.")
    served = {make.fresh(turn).code: make.fresh(turn).asset_tag for turn in (one, other, third, fourth)}
    assert served == {one.code: tag, other.code: None, third.code: None, fourth.code: last}
    second.get_by_role("link", name="1 scan est à trancher").click()
    axe(second)
    second.get_by_role("button").filter(has_text="a l’appareil").first.click()
    expect(second.locator(".empty__title")).to_have_text("Rien à trancher")
    served = {make.fresh(turn).code: make.fresh(turn).asset_tag for turn in (one, other)}
    assert served == {one.code: None, other.code: tag}
    assert first.evaluate(KEPT) == ["station", "station", "yes"]
    make.change(gym.day, state=SessionState.CLOSED, closed_at=gym.day.opened_at)
    first.evaluate("dispatchEvent(new Event('online'))")  # a sign of life now, and not twenty seconds after the last
    expect(first.locator("main")).to_contain_text("La séance n’est pas ouverte")
    assert first.evaluate(KEPT) == []


def test_a_scan_made_after_the_session_ran_out_waits_for_whoever_signs_in_again(gym, watch):
    watch.forgive("status of 400")
    one, tag = gym.turn()
    page = gym.hold(gym.station())
    scan(page, one.code)
    expect(page.locator(".verdict__text")).to_contain_text("Scannez l’appareil")
    with db.engine.begin() as link:
        link.execute(delete(WebSession))
    scan(page, tag)
    says(page, "Noté")
    expect(page.get_by_role("link", name="Se reconnecter")).to_be_visible()
    waits(page, "1 scan attend le réseau.")


def picture(kind: zxingcpp.BarcodeFormat, text: str) -> str:
    """A label as the browser may load it."""
    drawn = zxingcpp.create_barcode(text, kind).to_svg(scale=4)
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


def test_a_phone_reads_both_kinds_of_labels_with_the_vendored_reader(gym):
    page = gym.hold(gym.station())
    page.locator("[data-camera]").wait_for()
    read = """async ([name, size]) => {
        const button = document.querySelector("[data-camera]");
        const { detector } = await import(button.dataset.camera);
        const picture = Object.assign(new Image(), { src: name });
        await picture.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
        canvas.getContext("2d").fillStyle = "white";
        canvas.getContext("2d").fillRect(0, 0, size, size);
        canvas.getContext("2d").drawImage(picture, 20, 20);
        return (await detector(button.dataset.fallback))(canvas);
    }"""
    for kind in (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128):
        assert page.evaluate(read, [picture(kind, "E7K3M2Q9TABC"), 900]) == "E7K3M2Q9TABC"
