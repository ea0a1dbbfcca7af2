"""Short ways to upload something and look at what comes out."""

from pathlib import Path

from portal.roster.reading import Upload, open_upload
from portal.roster.reading.records import Finding, Reading, Severity

Members = dict[str, bytes]


def uploads(folder: Path, members: Members) -> list[Upload]:
    """Files waiting under names that say nothing, as a web server keeps them."""
    found = []
    for rank, (name, data) in enumerate(members.items()):
        path = folder / f"upload-{rank}-{len(list(folder.iterdir()))}"
        path.write_bytes(data)
        found.append(Upload(name, path))
    return found


class Read:
    """What a reading gave, sorted by kind."""

    def __init__(self, reading: Reading) -> None:
        self.header, self.kinds = reading.header, reading.kinds
        self.records = list(reading.records)

    def of(self, kind: type) -> list:
        return [record for record in self.records if isinstance(record, kind)]

    @property
    def people(self) -> list:
        """The records alone; where they stand does not count when they are compared."""
        return [record for record in self.records if not isinstance(record, Finding)]

    def findings(self, severity: Severity | None = None) -> list[Finding]:
        return [found for found in self.of(Finding) if severity in (None, found.severity)]

    def said(self, subject: str) -> list[str]:
        """The sentences about somebody."""
        return [found.sentence for found in self.findings() if subject in found.subject]


def read(folder: Path, members: Members, **options: object) -> Read:
    """Upload files and read them to the end."""
    reading = open_upload(uploads(folder, members), **options)
    assert isinstance(reading, Reading), reading
    return Read(reading)
