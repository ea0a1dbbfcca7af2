"""Rosters from the command line: the same reading, the same comparison, the same thresholds as in the pages."""

import json
from hashlib import file_digest
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import NoResultFound

from portal.kernel.errors import DomainError
from portal.kernel.values.uai import parse_uai
from portal.platform import scope
from portal.roster import services, uploads
from portal.roster.models import RosterImport
from portal.roster.queries import imports as queries
from portal.roster.reading import Upload
from portal.roster.services import Uploaded
from portal.roster.states import ImportState
from portal.schools import queries as schools

group = AppGroup("roster", help="Students and guardians of a school.")

COUNTS = ("created", "changed", "unchanged", "absent", "left", "errors", "warnings")
KINDS = ("students", "guardians", "links")


@group.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@click.option("--school", "uai", required=True, help="UAI of the school, as 0540001H.")
@click.option("--year", type=int, help="First year of the school year; that of the campaign by default.")
@click.option("--apply", "applied", is_flag=True, help="Apply what was compared; without it nothing changes.")
@click.option("--confirm", default="", help="The UAI again, when too many students are absent or change class.")
def import_files(files: tuple[Path, ...], uai: str, year: int | None, applied: bool, confirm: str) -> None:
    """Compare FILES with what a school knows, and apply them with --apply. The last line is JSON.

    Without --apply, or when somebody must decide, the comparison waits in the pages of the school.
    """
    school_id = _school(uai)
    with scope.schools(school_id):
        found = [Upload(path.name, path) for path in files]
        asked = services.receive(school_id=school_id, uploads=[_noted(one) for one in found], by_worker=False)
        uploads.compare_at_once(asked.id, found, school_id=school_id, year=year)
        sentence = _sentence(queries.by_id(asked.id))
        if applied and not sentence:
            sentence = _apply(asked.public_id, confirm)
        _tell(queries.by_id(asked.id), sentence)


def _school(uai: str) -> int:
    try:
        with scope.every_school(reason="a command names its school"):
            return schools.by_uai(parse_uai(uai)).id
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None
    except NoResultFound:
        raise click.ClickException(f"Le lycée {uai} n’utilise pas ce portail.") from None


def _noted(upload: Upload) -> Uploaded:
    with upload.path.open("rb") as stream:
        return Uploaded(name=upload.name, sha256=file_digest(stream, "sha256").hexdigest())


def _sentence(asked: RosterImport) -> str:
    """Why a comparison cannot go on by itself; empty when it can."""
    if asked.state is ImportState.TO_MAP:
        return "Nommez d’abord les colonnes de ce tableau, dans la page « Importer » du lycée."
    return asked.sentence or ""


def _apply(public_id: str, confirm: str) -> str:
    try:
        services.apply(public_id, typed=confirm)
    except DomainError as refusal:
        return refusal.message
    return ""


def _tell(asked: RosterImport, sentence: str) -> None:
    counts: dict[str, Any] = asked.counts or {}
    told = {kind: {word: counts.get(kind, {}).get(word, 0) for word in COUNTS} for kind in KINDS}
    matches = sum(counts.get(kind, {}).get("matches", 0) for kind in KINDS)
    if sentence:
        click.echo(sentence, err=True)
    about = {"import": asked.number, "state": asked.state.value, "matches": matches, "refusal": sentence or None}
    click.echo(json.dumps({**told, **about}, ensure_ascii=False))
    if sentence:
        raise SystemExit(1)
