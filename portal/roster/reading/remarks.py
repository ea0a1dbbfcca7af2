"""What there is to say of one line while it is read."""

from portal.kernel.values.folding import one_line
from portal.roster.reading.records import Finding, Place, Severity

_LONGEST = 120


class Remarks:
    """Collects the findings of one record; `failed` once one of them leaves the record out."""

    def __init__(self, place: Place, *, about: type | None, subject: str, key: str | None = None) -> None:
        self.place, self.about, self.subject, self.key = place, about, subject, key
        self.findings: list[Finding] = []
        self.failed = False

    def warn(self, field: str, value: str, sentence: str) -> None:
        """Say it, and let the record in."""
        self._add(Severity.WARNING, field, value, sentence)

    def fail(self, field: str, value: str, sentence: str) -> None:
        """Say it, and leave the record out."""
        self.failed = True
        self._add(Severity.ERROR, field, value, sentence)

    def _add(self, severity: Severity, field: str, value: str, sentence: str) -> None:
        self.findings.append(
            Finding(
                severity=severity,
                place=self.place,
                subject=shortened(self.subject),
                field=field,
                value=shortened(value),
                sentence=sentence,
                about=self.about,
                key=self.key if severity is Severity.ERROR else None,
            )
        )


def shortened(text: str) -> str:
    """On one line, and short enough for a report."""
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
