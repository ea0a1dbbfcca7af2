"""The same INE on two students: both are kept, both are flagged, and neither is merged."""

from collections.abc import Iterator

from portal.roster.reading.records import Finding
from portal.roster.reading.remarks import Remarks


class RepeatedInes:
    """Which INE were seen, and on which line."""

    def __init__(self) -> None:
        self._first: dict[str, Remarks | None] = {}

    def noted(self, ine: str | None, remarks: Remarks) -> Iterator[Finding]:
        """Warn of an INE that is already somebody's: in this student's remarks, and once about the first student."""
        if ine is None:
            return
        if ine not in self._first:
            self._first[ine] = Remarks(remarks.place, about=remarks.about, subject=remarks.subject)
            return
        remarks.warn("INE", ine, "Un autre élève du fichier a le même INE. Vérifiez les deux fiches.")
        if first := self._first[ine]:
            first.warn("INE", ine, "Un autre élève du fichier a le même INE. Vérifiez les deux fiches.")
            self._first[ine] = None
            yield from first.findings
