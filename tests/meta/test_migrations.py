"""Migrations: one line of numbered files, both ways, on both engines, with data; and the models are what they make."""

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, table

from portal.extensions import Base
from portal.extensions import db as database
from portal.loans.states import LoanState
from portal.schools.emergency import EmergencyRules
from portal.schools.models import Campaign
from portal.shipping.states import ParcelState
from portal.stock.models import Device, DeviceMovement
from portal.stock.states import Condition
from tests import factories as make
from tests.databases import ENGINES, migrate, portal_on, settings

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "migrations" / "versions").glob("*.py"))
SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))


@pytest.fixture(params=ENGINES)
def empty(request, databases, tmp_path, clock):
    """A portal on a database without any table."""
    app = portal_on(settings(tmp_path, databases.new(request.param)))
    with app.app_context():
        yield app
        database.session.remove()
        database.engine.dispose()


def tables():
    return set(inspect(database.engine).get_table_names())


def counts():
    """How many rows each table holds, as the database says."""
    with database.engine.connect() as link:
        return {
            name: link.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in sorted(tables() - {"alembic_version"})
        }


def everything():
    """At least one row in each table that the factories know."""
    make.campaign(emergency=POOLS)
    make.parcel(state=ParcelState.READY)
    make.parcel(state=ParcelState.DELIVERED)
    asked = make.signature()
    make.desk(asked), make.paper(asked)
    make.loan(state=LoanState.REFUSED)
    make.manager()
    person = make.account()
    make.password(person), make.phone(person), make.passkey(person), make.recovery_code(person)
    make.helper_pass()
    make.identity(account_id=make.account().id)
    make.waiting_identity()
    make.letter(make.guardian())
    make.level_label(make.school(), code="20010018110", label="Seconde")
    make.doubt(make.guardian(), make.guardian())
    make.claim(make.family())
    sent = make.parcel(state=ParcelState.IN_TRANSIT)
    make.contract(), make.journey(sent), make.attempt(sent)
    make.delivery()
    make.transfer(make.school(), make.school())
    make.stocktake(make.school())
    make.recall(make.loan(state=LoanState.LENT))
    day = make.session()
    make.session_class(day)
    make.scan(make.station(day), of=make.attendance(day))
    lent = make.loan(state=LoanState.LENT)
    make.movement(make.device_of(lent), "lend")
    make.condition_report(lent, condition=Condition.GOOD)


POOLS = EmergencyRules(share=7, days=12)
"""What the region's profile said, before campaigns did."""


def test_they_are_numbered_in_one_line():
    assert [file.name[:4] for file in FILES] == [f"{number:04d}" for number in range(1, len(FILES) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", file.name) for file in FILES)
    assert len(SCRIPTS.get_heads()) == 1
    assert [script.revision for script in SCRIPTS.walk_revisions()] == [file.name[:4] for file in reversed(FILES)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_they_stand_alone(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"^(from|import) portal", text, re.MULTILINE), "a migration outlives the code of today"
    assert "def downgrade() -> None:" in text


def test_the_models_are_what_the_migrations_make(empty):
    migrate(empty)
    with database.engine.connect() as link:
        context = MigrationContext.configure(link, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_constraints_of_the_models_are_in_the_database(empty):
    migrate(empty)
    seen = inspect(database.engine)
    for model in Base.metadata.sorted_tables:
        wanted = {str(one.name) for one in model.constraints if type(one).__name__ == "CheckConstraint"}
        assert wanted == {str(one["name"]) for one in seen.get_check_constraints(model.name)}, model.name
        partial = {index.name for index in model.indexes if index.dialect_options["sqlite"]["where"] is not None}
        made = {
            one["name"]
            for one in seen.get_indexes(model.name)
            if any("where" in key for key in one.get("dialect_options", {}))
        }
        assert partial <= made, model.name


def test_up_down_and_up_again_leaves_nothing_and_forgets_nothing(empty):
    migrate(empty)
    made = tables()
    flask_migrate.downgrade(revision="base")
    assert tables() <= {"alembic_version"}
    migrate(empty)
    assert tables() == made


def test_each_step_keeps_the_rows_it_finds(empty):
    """From the last step back to the first one and up again: what both schemas know is still there."""
    migrate(empty)
    everything()
    flask_migrate.downgrade(revision="0020")
    migrate(empty)
    assert make.every(Device, condition=Condition.GOOD), "0021 takes it from the report of the hand-over"
    assert len(make.every(DeviceMovement, transition="noted_good")) == 1, "and into the history"
    before = counts()
    assert sum(before.values()) > 20
    for script in list(SCRIPTS.walk_revisions())[:-1]:
        flask_migrate.downgrade(revision=str(script.down_revision))
        kept = counts()
        assert {name: before[name] for name in kept} == kept, script.revision
    migrate(empty)
    after = counts()
    assert {name: number for name, number in before.items() if after.get(name)} == {
        name: number for name, number in after.items() if number
    }
    assert make.every(Campaign)[0].emergency == POOLS
