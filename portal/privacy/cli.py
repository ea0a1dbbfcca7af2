"""`flask purge`: what the worker does every night, by hand."""

import json

import click

from portal.privacy.services.purging import purge


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Count what would go, and write nothing.")
def group(*, dry_run: bool) -> None:
    """Remove what is older than its period (portal/privacy/data-map.yml); prints the counts of each rule as JSON."""
    click.echo(json.dumps(purge(dry_run=dry_run), ensure_ascii=False))
