"""Bring the catalogues of portal/translations up to date with the French sentences of the code and the templates.

    python deploy/messages.py

Run twice, it changes nothing. The catalogues hold no date, no line number and no path: a diff shows words only.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "portal" / "translations"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "later": None, "later_many": (1, 2), "entry": (1,)}
WIDTH = 120


def main() -> None:
    """Update each catalogue in place."""
    template = extracted()
    for path in sorted(FOLDER.glob("*.po")):
        path.write_bytes(updated(path, template))


def extracted() -> Catalog:
    """Every sentence that somebody may read, with the files (relative to the project) where it stands."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)  # type: ignore[no-untyped-call]  # Babel has no type for it
    found = Catalog()
    for name, line, message, comments, context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, directory_filter=_ours
    ):
        found.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return found


def updated(path: Path, template: Catalog) -> bytes:
    """A catalogue with the sentences of today, in alphabetical order; what nobody says any more is dropped."""
    language = path.stem
    with path.open("rb") as text:
        known = read_po(text, locale=language)
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    body = BytesIO()
    write_po(body, known, width=WIDTH, no_location=True, omit_header=True, sort_output=True)
    return _header(known).encode() + body.getvalue()


def _header(catalogue: Catalog) -> str:
    """What an editor of translations wants to know, and no date."""
    kept = {
        "Language": str(catalogue.locale),
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": catalogue.plural_forms,
    }
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in kept.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n'


def _ours(folder: str) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in {"portal", "templates"}


if __name__ == "__main__":
    main()
