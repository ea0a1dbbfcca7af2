"""Commands for whoever must prove a charter years later."""

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from portal.charter import services
from portal.charter.keys import SealKeyError, organisation
from portal.charter.queries import journals
from portal.charter.seal import SealError
from portal.kernel.clock import PARIS
from portal.platform import files, scope

group = AppGroup("evidence", help="Prove sealed charters, and the journals of their signatures.")


@group.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path | None) -> None:
    """Check the seal of FILE, the bytes shown to the family, its time stamps and the chain of its evidence.

    Without FILE, check the journals in the database against themselves and against the published heads. Ends with 0 when
    everything holds; with 1 and the first thing that does not.
    """
    if file is None:
        _verify_database()
    else:
        _verify_file(file)


def _verify_file(file: Path) -> None:
    judged = services.judge(file.read_bytes(), trust=services.trust(current_app.config["SETTINGS"]))
    verdict = judged.verification
    if judged.fault:
        _refuse(judged.fault)
    click.echo(f"authentique\u00a0: cachet de {verdict.organisation}")
    if verdict.signed_at:
        click.echo(f"scellé le\u00a0: {verdict.signed_at.astimezone(PARIS).isoformat(timespec='seconds')}")
    if verdict.stamped_at:
        at = verdict.stamped_at.astimezone(PARIS).isoformat(timespec="seconds")
        click.echo(f"horodaté le\u00a0: {at} par {verdict.stamped_by}")
    else:
        click.echo("horodatage\u00a0: aucun, l’heure est celle du serveur")
    if verdict.archived_at:
        click.echo(f"archivé le\u00a0: {verdict.archived_at.astimezone(PARIS).isoformat(timespec='seconds')}")
    click.echo(f"texte signé\u00a0: SHA-256 {verdict.presented_sha256}")


def _verify_database() -> None:
    with scope.every_school(reason="evidence verify"):
        proof = services.prove(services.trust(current_app.config["SETTINGS"]))
    if proof.fault:
        _refuse(proof.fault)
    click.echo(f"intacts\u00a0: {proof.journals} journaux, {proof.events} événements, {proof.heads} têtes publiées")
    if proof.erased:
        click.echo(f"effacés depuis leur publication\u00a0: {proof.erased} (voir les preuves d’effacement)")


def _refuse(fault: str) -> NoReturn:
    click.echo(f"refusé\u00a0: {fault}", err=True)
    sys.exit(1)


@group.command()
def key() -> None:
    """Try the key of the settings: seal a page with it, and judge that page. Ends with 1 and the reason when it cannot."""
    settings = current_app.config["SETTINGS"]
    try:
        certificate = services.try_key(settings).certificate
    except (SealKeyError, SealError) as trouble:
        _refuse(str(trouble))
    click.echo(f"prête\u00a0: cachet de {organisation(certificate)}, jusqu’au {certificate.not_valid_after_utc.date()}")


@group.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Also write each file there.")
def heads(folder: Path | None) -> None:
    """List the chain heads published each day: the day, the number of journals, the hash."""
    for head in journals.heads():
        stamped = "horodatée" if head.stamped_at else "heure du serveur"
        click.echo(f"{head.day.isoformat()}  {head.journals:>7}  {head.sha256}  {stamped}")
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"tete-{head.day.isoformat()}.pdf").write_bytes(files.read(head.file_key))


@group.command()
def publish() -> None:
    """Publish the chain head of the days before today now, instead of tonight."""
    with scope.every_school(reason="evidence publish"):
        done = services.publish_heads(current_app.config["SETTINGS"])
    click.echo("publiée" if done else "rien à publier")
