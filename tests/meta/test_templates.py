"""Templates: they parse, they are used, and they hold no code, no inline style, no raw output."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import meta, nodes

from portal.platform.pdf import environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
NAMES = sorted(file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.html"))
PAPER = re.compile(r"/pdf/|^layout/document|^layout/email|/email/")
QUOTED = re.compile(r"""["']([\w./-]+\.(?:html|txt|css))["']""")


CODE = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "portal").rglob("*.py")))
FRAGMENTS = [name for name in NAMES if name.rpartition("/")[2].startswith("_") and name in QUOTED.findall(CODE)]
"""What views answer to htmx; a part that is only included in others may be anything."""


def source(name):
    return (TEMPLATES / name).read_text(encoding="utf-8")


def bare(text):
    """The markup, without Jinja: what is printed becomes « x », blocks vanish."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "x", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_it_parses_and_names_templates_that_exist(make_app, app, name):
    known = (
        environment()
        if PAPER.search(name) and "email" not in name
        else demo(make_app)
        if name.startswith("demo/")
        else app.jinja_env
    )
    tree = known.parse(source(name))
    known.get_template(name)
    for other in meta.find_referenced_templates(tree):
        assert other is None or (TEMPLATES / other).exists(), other


def demo(make_app):
    return make_app(demo=True, base_url="http://127.0.0.1:8000").jinja_env


@pytest.mark.parametrize("name", NAMES)
def test_what_it_imports_it_uses(app, name):
    tree = app.jinja_env.parse(source(name))
    imported = {
        pair[1] if isinstance(pair, tuple) else pair for node in tree.find_all(nodes.FromImport) for pair in node.names
    } | {node.target for node in tree.find_all(nodes.Import)}
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    assert imported - used == set()


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_no_code_and_trusts_nothing(name):
    text = source(name)
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", text)
    assert not re.search(r"(?<!data-)\bhx-[a-z-]+=", text), "write data-hx-*"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", bare(text)), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)", bare(text)), "inline script"
    if not PAPER.search(name):
        assert "<style" not in text, "inline style sheet"
        assert not re.search(r"\sstyle\s*=", bare(text)), "inline style"


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_has_one_root_with_an_id(app, name):
    tree = app.jinja_env.parse(source(name))
    if any(isinstance(node, nodes.Extends) for node in tree.body):
        return
    text = bare(re.sub(r"\{%-?\s*macro.*?endmacro\s*-?%\}", "", source(name), flags=re.DOTALL))
    roots = [element for element in BeautifulSoup(text, "html.parser").contents if str(element).strip()]
    if text.strip() == "x":
        return  # a component, whose root has an id of its own
    assert len(roots) == 1, f"{len(roots)} roots"
    assert roots[0].get("id"), "its root has no id"
    assert "oob" in source(name), "it does not print data-hx-swap-oob when `oob`"


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
