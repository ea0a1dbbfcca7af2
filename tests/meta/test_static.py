"""What every page carries: its weight, its colours, and no code hidden in the markup."""

import gzip
import re
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from portal.platform import assets

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ZXING = "3ede94153fb0c5b67a12d7adff6decd827c2b22714fdc6faecf27a8f20937ea6"
HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
FONTS = {
    "source-code-pro-600.ttf": "2859dc9b573c7190cdc705e49831b9ad9c5e1b571897f765505ea88317ca8893",
    "source-sans-3-400.ttf": "393fb5b878ceed04aebc34b097e853ae5138c51d0c34b496ce8e2b47e0d0b94a",
    "source-sans-3-600.ttf": "bd2550fce2d295b0bf20bd8b1b7f1477da834f1066bd850aafdb4787a67a63ca",
    "source-serif-4-600.ttf": "d31cd1fb273e5399efc04691e9ac14b581eae836d783f6cf3c560225ebcf95c0",
}
"""Those of the documents, as npm has them (static/fonts/LICENSE says in which packages)."""

STATION = re.compile(r"js/station/|vendor/camera/")
"""Loaded by the pages of the scanning stations alone."""

BUDGET = 45_000
"""Bytes, gzipped, for all style sheets and scripts (design.md, section 5)."""

INK = ("ink", "muted", "accent", "accent-strong", "problem", "waiting", "done")
ON_PAGE = [(text, ground) for text, ground in product(INK, ("page", "sheet"))]
IN_TAGS = [(tone, f"{tone}-soft") for tone in ("neutral", "info", "waiting", "done", "problem")]
ON_SOFT = [("ink", f"{tone}-soft") for tone in ("info", "waiting", "done", "problem", "accent", "neutral")]
ON_BUTTONS = [
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-problem", "problem"),
    ("on-problem", "problem-strong"),
]
ELSEWHERE = [("muted", "accent-soft"), ("accent", "accent-soft"), ("accent-strong", "accent-soft")]
PAIRS = [*ON_PAGE, *IN_TAGS, *ON_SOFT, *ON_BUTTONS, *ELSEWHERE]


def colours(scheme: str) -> dict[str, str]:
    """The colour tokens of a scheme; dark replaces some of light's."""
    text = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", light))
    return found if scheme == "light" else {**found, **dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", dark))}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21, WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(name="small_app")
def _small_app() -> Flask:
    app = Flask("assets", static_folder=str(STATIC))
    assets.init_app(app)
    return app


def address(app: Flask, path: str) -> str:
    with app.test_request_context():
        return app.jinja_env.globals["asset"](path)


def test_the_vendored_htmx_is_the_published_file_of_the_version_in_its_name():
    vendored = STATIC / "vendor" / "htmx-2.0.11.min.js"
    content = vendored.read_bytes()
    assert sha256(content).hexdigest() == HTMX
    assert b'version:"2.0.11"' in content
    assert sorted((STATIC / "vendor").glob("*.js")) == [vendored]


def test_the_vendored_zxing_is_the_published_file_of_the_version_in_its_name():
    (vendored,) = (STATIC / "vendor" / "camera").glob("*.js")
    assert vendored.name == "zxing-library-0.23.0.min.js"
    assert sha256(vendored.read_bytes()).hexdigest() == ZXING


def test_the_fonts_of_the_documents_are_the_published_files():
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in (STATIC / "fonts").glob("*.ttf")}
    assert found == FONTS


def test_a_station_stays_light_and_its_camera_is_fetched_at_the_first_use_only():
    packed = {path: len(asset.packed) for path, asset in assets.published(STATIC).items() if STATION.match(path)}
    assert sum(weight for path, weight in packed.items() if path.startswith("js/")) <= 8_000, packed
    named = [path.name for path in TEMPLATES if "vendor/camera" in path.read_text(encoding="utf-8")]
    assert named == ["_station_field.html"]


def test_styles_and_scripts_stay_within_their_weight():
    kept = [(path, asset) for path, asset in assets.published(STATIC).items() if not STATION.match(path)]
    packed = [asset for path, asset in kept if path.endswith((".css", ".js"))]
    paper = len(gzip.compress((STATIC / "css" / "paper.css").read_bytes()))
    weights = {asset.name: len(asset.packed) for asset in packed}
    assert sum(weights.values()) + paper <= BUDGET, weights


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_words_can_be_read_in_light_and_in_dark(scheme: str, text: str, ground: str):
    tokens = colours(scheme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "sheet"])
def test_the_border_of_a_field_can_be_seen(scheme: str, ground: str):
    tokens = colours(scheme)
    assert contrast(tokens["line-strong"], tokens[ground]) >= 3


def test_every_icon_asked_for_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")))
    asked = {
        name for path in TEMPLATES for name in re.findall(r'\bicon\("([\w-]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert asked <= sprite


@pytest.mark.parametrize("script", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_a_behaviour_stands_alone_so_that_it_can_be_joined_to_the_others(script: Path):
    assert not re.search(r"^\s*(import|export)\b", script.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_layers_are_declared_first_and_every_rule_lies_in_one():
    sheet = assets.joined_styles(STATIC).decode()
    assert sheet.startswith("@layer reset, tokens, base, layout, components, features, print;")
    outside = [
        line
        for line in sheet.split("\n")
        if re.match(r"[.#:\w\[*]", line) and "{" in line and depth_before(sheet, line) == 0
    ]
    assert outside == []


def depth_before(sheet: str, line: str) -> int:
    before = sheet[: sheet.index(line)]
    return before.count("{") - before.count("}")


def test_no_sheet_asks_for_another():
    assert all("@import" not in path.read_text(encoding="utf-8") for path in (STATIC / "css").rglob("*.css"))


def test_an_asset_is_named_by_its_content_compressed_and_kept(small_app: Flask):
    url = address(small_app, "css/app.css")
    answer = small_app.test_client().get(url, headers={"Accept-Encoding": "gzip"})
    assert re.fullmatch(r"/assets/app\.[0-9a-f]{8}\.css", url)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content_type == "text/css; charset=utf-8"
    assert gzip.decompress(answer.data) == assets.joined_styles(STATIC)


def test_a_browser_without_gzip_gets_the_plain_bytes(small_app: Flask):
    answer = small_app.test_client().get(address(small_app, "vendor/htmx-2.0.11.min.js"))
    assert "Content-Encoding" not in answer.headers
    assert sha256(answer.data).hexdigest() == HTMX


def test_an_asset_already_held_is_not_sent_again(small_app: Flask):
    client, url = small_app.test_client(), address(small_app, "js/app.js")
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_page_opened_before_a_deployment_keeps_its_clothes(small_app: Flask):
    answer = small_app.test_client().get("/assets/app.00000000.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.data == assets.joined_styles(STATIC)


@pytest.mark.parametrize("name", ["app.00000000.txt", "secret.00000000.css", "app.css", "x"])
def test_nothing_else_is_served(small_app: Flask, name: str):
    assert small_app.test_client().get(f"/assets/{name}").status_code == 404


def test_another_static_file_is_stamped_and_kept(small_app: Flask):
    url = address(small_app, "css/paper.css")
    assert re.fullmatch(r"/static/css/paper\.css\?v=[0-9a-f]{8}", url)
    client = small_app.test_client()
    with client.get(url) as stamped, client.get("/static/css/paper.css") as bare:
        assert "immutable" in stamped.headers["Cache-Control"]
        assert "immutable" not in bare.headers["Cache-Control"]


def test_a_file_that_is_not_there_is_noticed_at_once(small_app: Flask):
    with pytest.raises(FileNotFoundError):
        address(small_app, "css/absent.css")
