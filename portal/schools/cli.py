"""`flask schools load`: a region's own directory of lycées, richer than the national one."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.kernel.errors import DomainError
from portal.schools import services
from portal.schools.directory_csv import DirectoryFile, read_directory_csv
from portal.schools.services import Merge

group = AppGroup("schools", help="The directory of lycées.")
REFUSED = 1


@group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.pass_context
def load(context: click.Context, file: Path, *, dry_run: bool) -> None:
    """Load a CSV with the columns of the directory (UAI, name, town, post code; street, telephone and e-mail if there).

    The last line is a report as JSON. A file with a row that cannot be read is refused whole (exit code 1).
    """
    try:
        read = read_directory_csv(file.read_bytes())
    except DomainError as refusal:
        click.echo(
            json.dumps({"refused": True, "errors": [{"line": 1, "message": refusal.message}]}, ensure_ascii=False)
        )
        context.exit(REFUSED)
    for error in read.errors:
        click.echo(f"line {error.line}: {error.uai}: {error.message}", err=True)
    merge = services.foresee_merge(read.entries) if dry_run or read.errors else services.merge_directory(read.entries)
    click.echo(json.dumps(report(read, merge, dry_run=dry_run), ensure_ascii=False))
    context.exit(REFUSED if read.errors else 0)


def report(read: DirectoryFile, merge: Merge, *, dry_run: bool) -> dict[str, object]:
    """What was, or would be, done; when it is refused, what the good rows would have done."""
    return {
        "rows": read.rows,
        "created": len(merge.created),
        "changed": len(merge.changed),
        "unchanged": merge.unchanged,
        "errors": [{"line": one.line, "uai": one.uai, "message": str(one.message)} for one in read.errors],
        "refused": bool(read.errors),
        "written": not (dry_run or read.errors),
    }
