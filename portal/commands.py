"""Commands of the whole product: set it up, open its region, print its life cycles."""

from importlib import import_module
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from portal.access.states import DOUBT, LETTER
from portal.charter import services as charter
from portal.charter.states import DESK, SIGNATURE
from portal.distribution.states import ATTENDANCE, SESSION
from portal.kernel.errors import DomainError
from portal.kernel.states import LifeCycle
from portal.kernel.values.emails import parse_email
from portal.loans.states import LOAN
from portal.platform import scope
from portal.platform.work import unit_of_work
from portal.policy import Role
from portal.schools import services as schools
from portal.schools.directory import read_directory
from portal.schools.profile import profiles, read_profile
from portal.schools.queries import directory_is_empty
from portal.shipping.states import ATTEMPT, PARCEL
from portal.stock.states import DEVICE, LOT, REQUEST, STOCKTAKE, TRANSFER
from portal.team import services as team

LIFE_CYCLES: tuple[LifeCycle[Any], ...] = (
    LOAN,
    DEVICE,
    LOT,
    TRANSFER,
    STOCKTAKE,
    REQUEST,
    PARCEL,
    ATTEMPT,
    SIGNATURE,
    DESK,
    LETTER,
    DOUBT,
    SESSION,
    ATTENDANCE,
)


def register(app: Flask) -> None:
    """Add them to the `flask` command."""
    app.cli.add_command(setup)
    app.cli.add_command(states)
    app.cli.add_command(region)


@click.command()
def setup() -> None:
    """Bring the database up to date, load the directory of lycées and, in demo mode, the demo region."""
    upgrade()
    if directory_is_empty():
        report = read_directory()
        count = schools.load_directory(report)
        click.echo(f"directory: {count} lycées; repairs: {report.counts()}")
    if current_app.config["SETTINGS"].demo:
        seed = import_module("portal.demo.seed").seed  # the demo is not even imported in production
        click.echo(f"demo: {seed()}")


region = AppGroup("region", help="The region that this portal serves.")


@region.command("open")
@click.option("--profile", "name", type=click.Choice(profiles()), required=True, help="What it lends, and how.")
@click.option("--agent", required=True, help="First name and name of its first agent.")
@click.option("--email", required=True, help="Where that agent is invited.")
def open_region(name: str, agent: str, email: str) -> None:
    """Open the region of a profile with its campaign, its models and its charter, and invite its first agent by e-mail."""
    try:
        with scope.every_school(reason="region open"), unit_of_work():
            profile = read_profile(name)
            charter.open_region(profile)
            first = team.Invitation(name=agent, email=parse_email(email), role=Role.REGION)
            team.invite(first, school_id=None, by=Role.REGION)
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"open: {profile.name}, campaign {profile.campaign_name}, {profile.charter_title}")


@click.command()
def states() -> None:
    """Print the life cycles as Mermaid diagrams, as the README shows them."""
    click.echo(diagrams())


def diagrams() -> str:
    """Every life cycle, under its title."""
    return "\n\n".join(f"### {cycle.title}\n\n```mermaid\n{cycle.mermaid()}\n```" for cycle in LIFE_CYCLES)
