"""What the worker does for an upload: read it, compare it, and forget the files."""

from pathlib import Path
from tempfile import TemporaryDirectory

from portal.kernel.words import later
from portal.platform import files
from portal.platform.outbox import on
from portal.roster import services, uploads
from portal.roster.events import RosterDiscarded, RosterReceived
from portal.roster.queries import imports as queries
from portal.roster.reading import Upload
from portal.roster.states import ImportState

FAILED = later("La lecture a échoué, rien n’a été modifié. Déposez de nouveau le fichier, ou demandez de l’aide.")


@on(RosterReceived, network=True)
def read_upload(event: RosterReceived, key: str) -> None:
    """Compare the files with the school, then drop them: only their hashes are kept."""
    asked = queries.by_id(event.import_id)
    if asked.state is not ImportState.READING:
        return
    try:
        with TemporaryDirectory() as folder:
            found = [_copy(Path(folder), rank, file) for rank, file in enumerate(asked.files)]
            uploads.compare(asked.id, found, school_id=asked.school_id)
    except Exception:
        services.fail(asked.id, sentence=FAILED)
        raise
    finally:
        _forget(asked.id)


def _copy(folder: Path, rank: int, file: dict[str, str]) -> Upload:
    path = folder / str(rank)
    files.copy(file["key"], path)
    return Upload(file["name"], path)


@on(RosterDiscarded, network=True)
def forget_upload(event: RosterDiscarded, key: str) -> None:
    """An upload given up before its columns were named leaves its files."""
    _forget(event.import_id)


def _forget(import_id: int) -> None:
    """Drop the files of an import that nobody will read again."""
    asked = queries.by_id(import_id)
    if asked.state in {ImportState.READING, ImportState.TO_MAP}:
        return
    for file in asked.files:
        if file["key"]:
            files.forget_if_there(file["key"])
