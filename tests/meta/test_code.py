"""What a reviewer refuses on sight, refused by a test: read in the syntax tree, not in the text."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
FILES = sorted(PORTAL.rglob("*.py"))
LONGEST = {"portal": 400, "tests": 500}
COMMIT = {"platform/work.py"}
"""The only place that ends a transaction."""
CORE = {"platform/sessions.py", "platform/work.py", "platform/scope.py"}
"""Where SQL may pass the scope: sessions and the audit trail belong to no school."""
WORKER = ("worker/", "worker.py")


def place(file):
    return file.relative_to(PORTAL).as_posix()


def nodes(file, *kinds):
    return [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, kinds)]


def dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def calls(file):
    return [(node, dotted(node.func)) for node in nodes(file, ast.Call)]


@pytest.mark.parametrize("file", FILES, ids=place)
def test_only_the_unit_of_work_ends_a_transaction(file):
    found = [name for _, name in calls(file) if name == "db.session.commit"]
    assert not found or place(file) in COMMIT or place(file).startswith(WORKER)


@pytest.mark.parametrize("file", FILES, ids=place)
def test_no_query_goes_around_the_scope(file):
    if place(file) in CORE or place(file).startswith(WORKER):
        return
    assert [node.lineno for node in nodes(file, ast.Attribute) if node.attr == "__table__"] == []
    around = {"bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", "exec_driver_sql"}
    sql = [node.lineno for node, name in calls(file) if name.rpartition(".")[2] in around]
    assert sql == [] or place(file) == "platform/database.py"
    for node, name in calls(file):
        if name in {"text", "sqlalchemy.text", "sa.text"} and "models" not in place(file):
            imported = "from sqlalchemy import" in file.read_text(encoding="utf-8")
            assert not imported or not names_text(file), f"line {node.lineno}: raw SQL"


def names_text(file):
    return any(
        alias.name == "text"
        for node in nodes(file, ast.ImportFrom)
        if node.module == "sqlalchemy"
        for alias in node.names
    )


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_state_is_written_by_its_model_only(file):
    if "models" in place(file) or place(file).startswith(("platform/", *WORKER)):
        return
    targets = [
        target
        for node in nodes(file, ast.Assign, ast.AugAssign, ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    moved = [target.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "state"]
    assert moved == [], f"lines {moved}: use move()"


@pytest.mark.parametrize("file", FILES, ids=place)
def test_no_exception_is_swallowed_whole(file):
    for handler in nodes(file, ast.ExceptHandler):
        broad = handler.type is None or dotted(handler.type) in {"Exception", "BaseException"}
        raises = any(isinstance(node, ast.Raise) for node in ast.walk(handler))
        assert not broad or raises or place(file).startswith(WORKER), f"line {handler.lineno}"


@pytest.mark.parametrize("file", FILES, ids=place)
def test_services_and_rules_know_nobody_who_is_signed_in(file):
    if {"services", "rules", "queries"} & {file.stem, file.parent.name}:
        named = {alias.name for node in nodes(file, ast.ImportFrom) for alias in node.names}
        assert named.isdisjoint({"current_user", "current_app", "request", "session", "g", "me", "somebody"})


def test_modules_are_short_and_say_what_they_are():
    too_long, silent, drawers = [], [], []
    for top, limit in LONGEST.items():
        for file in sorted((ROOT / top).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            too_long += [file.name] if len(text.splitlines()) > limit else []
            silent += (
                [str(file)] if top == "portal" and text.strip() and ast.get_docstring(ast.parse(text)) is None else []
            )
            drawers += [file.name] if file.stem in {"utils", "helpers", "misc", "common"} else []
    assert (too_long, silent, drawers) == ([], [], [])


def test_views_and_use_cases_are_short():
    limits = {"routes": 12, "services": 20}
    long = [
        f"{place(file)}:{function.lineno} {function.name} has {length_of(function)} lines"
        for file in FILES
        for function in nodes(file, ast.FunctionDef)
        for part, limit in limits.items()
        if part in {file.stem, file.parent.name} and function.decorator_list and length_of(function) > limit
    ]
    assert long == []


def length_of(function):
    """The lines of its body, without the sentence that describes it."""
    first = function.body[0]
    described = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    start = first.end_lineno if described else first.lineno - 1
    return function.end_lineno - start


def test_who_may_import_whom():
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_event_has_a_french_sentence_and_carries_plain_values(app):
    from dataclasses import fields

    from portal.kernel.events import Event

    def below(kind):
        return [deeper for child in kind.__subclasses__() for deeper in (child, *below(child))]

    events = [kind for kind in below(Event) if kind.__module__.startswith("portal.")]
    assert events
    for kind in events:
        assert kind.sentence[0].isupper(), kind
        assert not kind.sentence.endswith("."), kind
        assert {str(field.type) for field in fields(kind)} <= PLAIN, kind


PLAIN = {
    "<class 'bool'>",
    "<class 'float'>",
    "<class 'int'>",
    "<class 'str'>",
    "collections.abc.Sequence[int]",
    "int | None",
    "list[int]",
    "str | None",
    "tuple[int, ...]",
}
"""What the outbox keeps as JSON and gives back unchanged."""
