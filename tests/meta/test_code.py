"""What a reviewer refuses on sight, refused by a test: read in the syntax tree, not in the text."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
FILES = sorted(PORTAL.rglob("*.py"))
LONGEST = {"portal": 400, "tests": 500}
COMMIT = "platform/work.py"
"""The only place that ends a transaction."""
CORE = ("platform/sessions.py", "platform/work.py", "platform/scope.py")
"""Where SQL may pass the scope: sessions and the audit trail belong to no school."""
DRIVER = "platform/database.py"
"""Where the driver is spoken to."""
WORKER = ("worker/", "worker.py")


def place(file):
    return file.relative_to(PORTAL).as_posix()


@cache
def nodes(file, *kinds):
    return [node for node in every_node(file) if isinstance(node, kinds)]


@cache
def every_node(file):
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@cache
def calls(file):
    return [(node, dotted(node.func)) for node in nodes(file, ast.Call)]


def outside(*allowed):
    """The files of the portal, without those whose place begins so."""
    return [file for file in FILES if not place(file).startswith(allowed)]


def where(file, node):
    return f"{place(file)}:{node.lineno}"


def test_only_the_unit_of_work_ends_a_transaction():
    ends = [
        where(file, node)
        for file in outside(COMMIT, *WORKER)
        for node, name in calls(file)
        if name == "db.session.commit"
    ]
    assert ends == []


def test_no_query_goes_around_the_scope():
    methods = {"bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", "exec_driver_sql"}
    around = []
    for file in outside(*CORE, *WORKER):
        around += [where(file, node) for node in nodes(file, ast.Attribute) if node.attr == "__table__"]
        around += [
            where(file, node)
            for node, name in calls(file)
            if name.rpartition(".")[2] in methods and place(file) != DRIVER
        ]
        raw = names_text(file) and "models" not in place(file)
        around += [where(file, node) for node, name in calls(file) if raw and name == "text"]
    assert around == []


def names_text(file):
    return any(
        alias.name == "text"
        for node in nodes(file, ast.ImportFrom)
        if node.module == "sqlalchemy"
        for alias in node.names
    )


def test_a_state_is_written_by_its_model_only():
    moved = [
        where(file, target)
        for file in outside("platform/", *WORKER)
        if "models" not in place(file)
        for node in nodes(file, ast.Assign, ast.AugAssign, ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    assert moved == [], "use move()"


def test_no_exception_is_swallowed_whole():
    swallowed = [
        where(file, handler)
        for file in outside(*WORKER)
        for handler in nodes(file, ast.ExceptHandler)
        if (handler.type is None or dotted(handler.type) in {"Exception", "BaseException"})
        and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    ]
    assert swallowed == []


def test_services_and_rules_know_nobody_who_is_signed_in():
    persons = {"current_user", "current_app", "request", "session", "g", "me", "somebody"}
    known = [
        where(file, node)
        for file in FILES
        if {"services", "rules", "queries"} & {file.stem, file.parent.name}
        for node in nodes(file, ast.ImportFrom)
        if persons & {alias.name for alias in node.names}
    ]
    assert known == []


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
