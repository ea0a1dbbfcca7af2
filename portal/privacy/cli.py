"""`flask purge` and `flask erasures replay`: what the worker does every night, by hand."""

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from portal.privacy.services.purging import purge
from portal.privacy.services.replaying import replay


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Count what would go, and write nothing.")
def group(*, dry_run: bool) -> None:
    """Remove what is older than its period (portal/privacy/data-map.yml); prints the counts of each rule as JSON."""
    click.echo(json.dumps(purge(dry_run=dry_run), ensure_ascii=False))


erasures = AppGroup("erasures", help="People who asked to be forgotten.")
groups = (group, erasures)


@erasures.command("replay")
def replay_erasures() -> None:
    """Erase again whoever a restored backup brought back; prints the counts as JSON.

    « refused » are files with a loan that is open in the backup: close the loan, then answer the request again.
    """
    done = replay()
    click.echo(json.dumps(asdict(done)))
    if done.refused:
        raise SystemExit(1)
