"""`flask slips print`, `flask tracking sync`: what the pages and the worker do, from a terminal."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.platform import scope
from portal.schools import queries as schools
from portal.shipping import queries, sheets, sync
from portal.shipping.rules import Paper

group = AppGroup("slips", help="Delivery slips.")
tracking = AppGroup("tracking", help="Where parcels are.")
groups = (group, tracking)


@group.command("print")
@click.option("--school", "uai", required=True, help="UAI of the lycée, as 0570054Z.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="PDF to write.")
def print_slips(uai: str, out: Path) -> None:
    """Write the slips of every parcel still at the lycée, in shelf order, into one PDF. Changes nothing."""
    school_id = queries.school_of_uai(uai.upper())
    if school_id is None:
        raise click.ClickException(f"no lycée of the portal has the UAI {uai}")
    with scope.schools(school_id):
        lines = queries.to_print(())
        ready = [line for line in lines if not line.address_obstacle]
        if not ready:
            raise click.ClickException("no parcel is ready to be printed")
        base_url = current_app.config["SETTINGS"].base_url
        out.write_bytes(
            sheets.print_batch(
                Paper.SLIPS, ready, base_url=base_url, offset_mm=schools.one(school_id).printers.slips, progress=None
            )
        )
    for line in lines:
        if line.address_obstacle:
            click.echo(f"left out: {line.code} ({line.address_obstacle})", err=True)
    click.echo(f"{len(ready)} slips written to {out}")


@tracking.command("sync")
@click.option("--limit", default=sync.MOST_IN_A_RUN, show_default=True, help="Parcels to ask about, at most.")
def sync_tracking(limit: int) -> None:
    """Ask La Poste about every parcel whose turn it is, at five calls a second. The last line is JSON: counts."""
    counts = sync.run(limit=limit)
    if counts.stopped:
        click.echo("La Poste refuses the tracking key: correct it on the page of the contracts", err=True)
    click.echo(json.dumps(asdict(counts)))
