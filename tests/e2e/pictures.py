"""`python -m tests.e2e.pictures`: the README's picture, taken of the product as it runs. Once more after each change of look.

A telephone with a parent's timeline, in front of a head's queue on a desk's screen.
"""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import CHROMIUM, FLAGS, ROOT, Live, product

PICTURE = ROOT / "docs" / "fin-pret.png"
LARGEST = 250_000
"""Bytes: a README opens quickly everywhere."""
COLOURS = 128
SCALE = 1.5
PHONE, DESK = (390, 860), (1000, 1060)
"""Sizes of the screens, in CSS pixels."""
MARGIN, OVERLAP, ROUND = 40, 30, 22
TIDY = """top => {
    document.activeElement.blur();
    document.querySelector('.ribbon').remove();
    document.documentElement.style.scrollbarGutter = 'auto';
    window.scrollTo(0, document.querySelector(top).getBoundingClientRect().top - 24);
}"""
"""What a picture does without: the focus, the demo's ribbon, the room for a scroll bar, all above the title."""
TABLE, FRAME, LINE = "#EDE6DA", "#1E2A32", "#CFC5B4"


def take(browser: Browser, site: Live, who: str, size: tuple[int, int], link: str = "") -> Image.Image:
    """One screen, as one of the cast sees it."""
    context = browser.new_context(
        viewport=dict(zip(("width", "height"), size, strict=True)),
        device_scale_factor=SCALE,
        locale="fr-FR",
        reduced_motion="reduce",
    )
    page: Page = context.new_page()
    page.goto(f"{site.url}/demo")
    page.get_by_role("button", name=who).click()
    page.wait_for_url(lambda url: "/demo" not in url)
    if link:
        page.get_by_role("link", name=link).first.click()
        page.wait_for_url(lambda url: "mes-dossiers/" in url)
    page.evaluate(TIDY, "h1" if link else "body")
    page.wait_for_load_state("networkidle")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    context.close()
    return picture


def framed(screen: Image.Image, *, radius: float, border: float, colour: str) -> Image.Image:
    """A screen with round corners in its frame, on nothing."""
    edge = round(border * SCALE)
    size = (screen.width + 2 * edge, screen.height + 2 * edge)
    made = Image.new("RGBA", size)
    ImageDraw.Draw(made).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), round(radius * SCALE) + edge, fill=colour)
    inside = Image.new("L", screen.size)
    ImageDraw.Draw(inside).rounded_rectangle(
        (0, 0, screen.width - 1, screen.height - 1), round(radius * SCALE), fill=255
    )
    made.paste(screen, (edge, edge), inside)
    return made


def composed(phone: Image.Image, desk: Image.Image) -> Image.Image:
    """The telephone lies before the screen, a little lower."""
    margin, overlap = round(MARGIN * SCALE), round(OVERLAP * SCALE)
    width = phone.width + desk.width - overlap + 2 * margin
    height = max(phone.height + overlap, desk.height) + 2 * margin
    table = Image.new("RGB", (width, height), TABLE)
    table.paste(desk, (width - margin - desk.width, margin), desk)
    table.paste(phone, (margin, height - margin - phone.height), phone)
    return table


def main() -> None:
    """Take both screens, put them together, keep the picture."""
    with tempfile.TemporaryDirectory() as home, product(Path(home)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        phone = framed(
            take(browser, site, "Nadia Benali", PHONE, "Où en est l’ordinateur ?"), radius=ROUND, border=9, colour=FRAME
        )
        desk = framed(take(browser, site, "Claire Vasseur", DESK), radius=8, border=1, colour=LINE)
        browser.close()
    PICTURE.parent.mkdir(exist_ok=True)
    composed(phone, desk).quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    assert PICTURE.stat().st_size <= LARGEST, f"{PICTURE}: {PICTURE.stat().st_size} bytes, {LARGEST} at most"


if __name__ == "__main__":
    main()
