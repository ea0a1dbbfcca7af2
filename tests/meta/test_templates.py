"""Templates: they parse, they are used, and they hold no code, no inline style, no raw output."""

import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import meta, nodes

from portal.platform.pdf import environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
NAMES = sorted(file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.html"))
PAPER = re.compile(r"/pdf/|^layout/document|^layout/email|/email/")
FORBIDDEN = {
    "raw output": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "htmx without data-": re.compile(r"(?<!data-)\bhx-[a-z-]+="),
}
INLINE = {
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
}
INLINE_STYLE = {
    "inline style sheet": re.compile(r"<style"),
    "inline style": re.compile(r"<[^>]*\sstyle\s*="),
}
"""Read in the markup without Jinja. A PDF or a mail program has no other place for some lengths: paper may have styles."""

QUOTED = re.compile(r"""["']([\w./-]+\.(?:html|txt|css))["']""")


CODE = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "portal").rglob("*.py")))
ANSWERED = set(QUOTED.findall(CODE))
FRAGMENTS = [name for name in NAMES if name.rpartition("/")[2].startswith("_") and name in ANSWERED]
"""What views answer to htmx; a part that is only included in others may be anything."""


@cache
def source(name):
    return (TEMPLATES / name).read_text(encoding="utf-8")


def bare(text):
    """The markup, without Jinja: what is printed becomes « x », blocks vanish."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "x", text, flags=re.DOTALL)


@pytest.fixture
def trees(app):
    """Each template as Jinja reads it."""
    return {name: app.jinja_env.parse(source(name)) for name in NAMES}


def test_they_compile_and_name_templates_that_exist(make_app, app, trees):
    demo = make_app(demo=True, base_url="http://127.0.0.1:8000").jinja_env
    lost = []
    for name, tree in trees.items():
        printed = PAPER.search(name) and "email" not in name
        known = environment() if printed else demo if name.startswith("demo/") else app.jinja_env
        known.get_template(name)
        named = [other for other in meta.find_referenced_templates(tree) if other]
        lost += [f"{name}: {other}" for other in named if not (TEMPLATES / other).exists()]
    assert lost == []


def test_what_they_import_they_use(trees):
    idle = []
    for name, tree in trees.items():
        imported = {
            pair[1] if isinstance(pair, tuple) else pair
            for node in tree.find_all(nodes.FromImport)
            for pair in node.names
        } | {node.target for node in tree.find_all(nodes.Import)}
        used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        idle += [f"{name}: {one}" for one in sorted(imported - used)]
    assert idle == []


def test_they_hold_no_code_and_trust_nothing():
    faults = []
    for name in NAMES:
        found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source(name))]
        markup = bare(source(name))
        found += [what for what, pattern in INLINE.items() if pattern.search(markup)]
        if not PAPER.search(name):
            found += [what for what, pattern in INLINE_STYLE.items() if pattern.search(markup)]
        faults += [f"{name}: {what}" for what in found]
    assert faults == []


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("{{ word | safe }}", {"raw output"}),
        ('<p hx-get="/">', {"htmx without data-"}),
        ('<p data-hx-get="/" class="on">', set()),
        ('<a href="{{ url }}" onclick="go()">', {"inline handler"}),
        ("<script>go()</script>", {"inline script"}),
        ('<script src="/js"></script>', set()),
        ("<style>p {}</style>", {"inline style sheet"}),
        ('<p style="color: {{ colour }}">', {"inline style"}),
    ],
)
def test_what_is_forbidden_is_found(markup, found):
    every = {**FORBIDDEN, **INLINE, **INLINE_STYLE}
    assert {
        what for what, pattern in every.items() if pattern.search(bare(markup) if what in INLINE else markup)
    } == found


def test_a_fragment_has_one_root_with_an_id(trees):
    """And it prints `data-hx-swap-oob` when `oob`. One that is a component alone leaves both to it."""
    faults = []
    for name in FRAGMENTS:
        if any(isinstance(node, nodes.Extends) for node in trees[name].body):
            continue
        text = bare(re.sub(r"\{%-?\s*macro.*?endmacro\s*-?%\}", "", source(name), flags=re.DOTALL))
        roots = [element for element in BeautifulSoup(text, "html.parser").contents if str(element).strip()]
        if text.strip() != "x" and ([bool(root.get("id")) for root in roots] != [True] or "oob" not in source(name)):
            faults.append(name)
    assert faults == []


def test_every_template_is_used():
    """Named by a view, a handler, a test of components, or another template; names made with an f-string count by folder."""
    texts = [CODE, *map(source, NAMES)]
    named = {name for text in texts for name in QUOTED.findall(text)}
    formed = [re.compile(pattern) for text in texts for pattern in made_up(text)]
    unused = {name for name in NAMES if name not in named and not any(pattern.fullmatch(name) for pattern in formed)}
    assert unused == set()


def made_up(text):
    """Patterns of names made of parts: f"errors/{code}.html", "…/" ~ kind ~ ".html"."""
    for found in re.findall(r"""f["']([\w./{}\[\]()! ]*\{[^"']*\}[\w./{}]*\.html)["']""", text):
        yield "".join(r".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{.*?\})", found))
    for before, after in re.findall(r"""["']([\w./-]+/)["']\s*~[^~]+~\s*["']([\w.-]*\.html)["']""", text):
        yield re.escape(before) + r"[^/]+" + re.escape(after)
