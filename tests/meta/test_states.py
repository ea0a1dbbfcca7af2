"""The tables of states have neither islands nor dead ends, and the database knows every state."""

import gc
import re
from collections import deque
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from sqlalchemy import Enum

import portal
from portal.commands import LIFE_CYCLES, diagrams
from portal.extensions import Base
from portal.kernel.states import LifeCycle

ROOT = Path(portal.__file__).parent
README = ROOT.parent / "README.md"


def every_life_cycle():
    for module in walk_packages(portal.__path__, "portal."):
        if re.search(r"\.(states|models|jobs|outbox)$", module.name):
            import_module(module.name)
    return sorted((thing for thing in gc.get_objects() if type(thing) is LifeCycle), key=lambda cycle: cycle.title)


CYCLES = every_life_cycle()


@pytest.fixture(params=CYCLES, ids=lambda cycle: cycle.title)
def cycle(request):
    return request.param


def reached_from(cycle, start):
    seen, ways = {start}, deque([start])
    while ways:
        here = ways.popleft()
        for move in cycle.transitions.values():
            if here in move.sources and move.target not in seen:
                seen.add(move.target)
                ways.append(move.target)
    return seen


def test_every_state_is_reached(cycle):
    assert set(cycle.states) - reached_from(cycle, cycle.initial) == set()


def test_every_state_leads_to_an_end_or_back(cycle):
    assert cycle.initial not in cycle.ends
    for state in cycle.states:
        reached = reached_from(cycle, state)
        assert reached & cycle.ends or not cycle.ends or cycle.initial in reached, f"{state} is a dead end"


def test_every_move_has_a_name_of_its_own(cycle):
    assert all(re.fullmatch(r"[a-z_]+", name) for name in cycle.transitions)
    assert all(move.sources and len(set(move.sources)) == len(move.sources) for move in cycle.transitions.values())


def test_the_printed_cycles_are_those_of_the_features():
    printed = {cycle.title for cycle in LIFE_CYCLES}
    assert printed <= {cycle.title for cycle in CYCLES}
    assert {"Dossier de prêt", "Matériel", "Colis", "Signature de la charte"} <= printed


def test_the_readme_shows_the_tables(app):
    shown = app.test_cli_runner().invoke(args=["states"]).output
    assert shown.strip() == diagrams().strip()
    readme = README.read_text(encoding="utf-8")
    for cycle in LIFE_CYCLES:
        assert cycle.mermaid() in readme, f"README: « {cycle.title} » is out of date, see `flask --app app states`"


def test_the_database_refuses_an_unknown_state(db):
    """Each closed list of values stands in a CHECK of the database, with exactly the values of the code."""
    from sqlalchemy import inspect

    checks = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        known = " ".join(str(check["sqltext"]) for check in checks.get_check_constraints(table.name))
        for column in table.columns:
            if isinstance(column.type, Enum):
                for value in column.type.enums:
                    assert f"'{value}'" in known, f"{table.name}.{column.name}: {value} is in no check"


def test_the_ends_written_by_hand_are_those_of_the_tables():
    from portal.loans.states import ENDED as LOANS
    from portal.loans.states import LOAN, LoanState
    from portal.shipping.states import ENDED as PARCELS
    from portal.shipping.states import PARCEL

    assert set(PARCELS) == PARCEL.ends
    # a refusal can be taken back for some minutes, a return until something else happens to the device
    assert set(LOANS) - {LoanState.REFUSED, LoanState.CLOSED} == LOAN.ends
