"""Style sheets, behaviour and pictures: named by their content, compressed once, kept for a year by browsers.

There is no build step. At start-up the small source files of `static/css` and `static/js` are joined in memory, so that
a first page costs few requests (design.md, section 5: at most 12), while each component keeps its own file.
"""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, has_request_context, request

YEAR: Final = 365 * 24 * 3600
"""Seconds that a browser may keep an asset whose address changes with its content."""

STYLES: Final = ("css/base.css", "css/tokens.css", "css/layout.css", "css/components/*.css")
"""The order of the sheet: `base.css` declares the cascade layers, so it must come first."""

LAST_STYLES: Final = ("css/features/*.css", "css/print.css")

SCRIPTS: Final = ("js/*.js",)

SERVED_AS_THEY_ARE: Final = ("vendor/*.js", "js/pages/*.js", "js/station/*.js", "vendor/camera/*.js", "img/*.svg")

STAMP: Final = re.compile(r"\.[0-9a-f]{8}(?=\.\w+$)")
"""The part of an asset's name that comes from its content."""

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """Bytes ready to leave, plain and compressed, and the name that their content gives them."""

    name: str
    content_type: str
    plain: bytes
    packed: bytes
    stamp: str

    @classmethod
    def of(cls, path: str, content: bytes) -> "Asset":
        """Compress `content` once; `path` is the name asked of `asset()`, such as `css/app.css`."""
        file = Path(path)
        stamp = stamp_of(content)
        return cls(
            name=f"{file.stem}.{stamp}{file.suffix}",
            content_type=TYPES[file.suffix],
            plain=content,
            packed=gzip.compress(content, compresslevel=9, mtime=0),
            stamp=stamp,
        )


def stamp_of(content: bytes) -> str:
    """Eight hexadecimal digits that change when the content does."""
    return sha256(content).hexdigest()[:8]


def sources(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The files of each pattern in turn, sorted inside a pattern so that two starts give the same bytes."""
    return [file for pattern in patterns for file in sorted(folder.glob(pattern))]


def joined_styles(folder: Path) -> bytes:
    """One sheet out of all: comments and indentation stay in the sources."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources(folder, (*STYLES, *LAST_STYLES)))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", text).strip().encode()


def joined_scripts(folder: Path) -> bytes:
    """One module out of all: each source imports nothing and gets its own block, hence its own names."""
    files = sources(folder, SCRIPTS)
    return "\n".join("{\n" + file.read_text(encoding="utf-8") + "}" for file in files).encode()


def published(folder: Path) -> dict[str, Asset]:
    """Everything kept in memory, by the path that templates ask for."""
    contents = {"css/app.css": joined_styles(folder), "js/app.js": joined_scripts(folder)}
    for file in sources(folder, SERVED_AS_THEY_ARE):
        contents[file.relative_to(folder).as_posix()] = file.read_bytes()
    return {path: Asset.of(path, content) for path, content in contents.items()}


class Assets:
    """The assets of one application; read again at each request while debugging, once otherwise."""

    def __init__(self, app: Flask) -> None:
        """Read `static/` of `app`; raises `OSError` when it is not there."""
        self.app = app
        self.folder = Path(app.static_folder or "")
        self.kept = published(self.folder)
        self.stamps: dict[str, str] = {}

    def all(self) -> dict[str, Asset]:
        """By the path that templates ask for."""
        if self.app.debug:
            self.kept = published(self.folder)
        return self.kept

    def url(self, path: str) -> str:
        """The address of `path` (relative to `static/`), which changes with the content of the file.

        Raises `FileNotFoundError` for a file that does not exist: better at the first test than a silent 404.
        """
        root = request.script_root if has_request_context() else ""
        if held := self.all().get(path):
            return f"{root}/assets/{held.name}"
        if self.app.debug or path not in self.stamps:
            self.stamps[path] = stamp_of((self.folder / path).read_bytes())
        return f"{root}{self.app.static_url_path}/{path}?v={self.stamps[path]}"

    def serve(self, name: str) -> Response:
        """The bytes behind an address.

        An address of the release before gets today's content, not to be kept: a page opened before a deployment
        must not lose its clothes.
        """
        held = {asset.name: asset for asset in self.all().values()}
        if exact := held.get(name):
            return answer(exact, cache=f"public, max-age={YEAR}, immutable")
        today = {STAMP.sub("", asset.name): asset for asset in held.values()}.get(STAMP.sub("", name))
        if today is None or not STAMP.search(name):
            abort(404)
        return answer(today, cache="no-cache")

    def keep_stamped(self, response: Response) -> Response:
        """A file of `static/` asked with its stamp never changes behind that address."""
        if request.endpoint == "static" and request.args.get("v") and response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response


def answer(asset: Asset, *, cache: str) -> Response:
    """The whole asset, compressed when the browser reads gzip, or 304 when it already holds it."""
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.plain, content_type=asset.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache
    response.set_etag(f"{asset.stamp}-gz" if packed else asset.stamp)
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Give templates `asset(path)` and publish `/assets/<name>`, which anyone may read."""
    assets = Assets(app)
    app.extensions["assets"] = assets
    app.add_url_rule("/assets/<name>", endpoint="assets", view_func=assets.serve)
    app.after_request(assets.keep_stamped)
    app.jinja_env.globals["asset"] = assets.url
