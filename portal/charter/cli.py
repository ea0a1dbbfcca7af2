"""Commands for whoever must prove a charter years later."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.charter import services
from portal.kernel.clock import PARIS

group = AppGroup("evidence", help="Prove a sealed charter.")


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Check the seal of FILE, the bytes shown to the family, and the chain of its evidence.

    Ends with 0 when everything holds; with 1 and the first thing that does not.
    """
    judged = services.judge(file.read_bytes(), key=services.seal_key(current_app.config["SETTINGS"]))
    verdict = judged.verification
    if judged.fault:
        click.echo(f"refusé\u00a0: {judged.fault}", err=True)
        sys.exit(1)
    click.echo(f"authentique\u00a0: cachet de {verdict.organisation}")
    if verdict.signed_at:
        click.echo(f"scellé le\u00a0: {verdict.signed_at.astimezone(PARIS).isoformat(timespec='seconds')}")
    click.echo(f"texte signé\u00a0: SHA-256 {verdict.presented_sha256}")
