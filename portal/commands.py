"""Commands of the whole product: set it up, print its life cycles."""

from importlib import import_module
from typing import Any

import click
from flask import Flask, current_app
from flask_migrate import upgrade

from portal.access.states import DOUBT, LETTER
from portal.charter.states import DESK, SIGNATURE
from portal.distribution.states import ATTENDANCE, SESSION
from portal.kernel.states import LifeCycle
from portal.loans.states import LOAN
from portal.schools import services as schools
from portal.schools.directory import read_directory
from portal.schools.queries import directory_is_empty
from portal.shipping.states import ATTEMPT, PARCEL
from portal.stock.states import DEVICE, LOT, REQUEST, STOCKTAKE, TRANSFER

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


@click.command()
def states() -> None:
    """Print the life cycles as Mermaid diagrams, as the README shows them."""
    click.echo(diagrams())


def diagrams() -> str:
    """Every life cycle, under its title."""
    return "\n\n".join(f"### {cycle.title}\n\n```mermaid\n{cycle.mermaid()}\n```" for cycle in LIFE_CYCLES)
