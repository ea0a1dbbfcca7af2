"""From an upload to one reading, whatever the format: recognised by content, refused whole, or asked about its columns."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from itertools import islice

from portal.platform.reading.parts import LARGEST_UPLOAD, Content, Part, Upload, parts_of
from portal.platform.reading.refusals import Refused
from portal.platform.reading.sheets import header_of, open_table
from portal.platform.reading.tables import Row
from portal.roster.reading.columns import (
    FIELDS,
    GUARDIANS,
    Mapping,
    NeedsMapping,
    fingerprint,
    is_legal,
    parent,
    proposals,
    unique_headers,
)
from portal.roster.reading.oneroster import open_oneroster
from portal.roster.reading.records import (
    GuardianRecord,
    Header,
    LinkRecord,
    Place,
    Reading,
    Record,
    Source,
    StudentRecord,
)
from portal.roster.reading.remarks import Remarks
from portal.roster.reading.siecle import open_siecle
from portal.roster.reading.table_records import Person, Table, read_rows

_PREVIEW = 20
_NAMES = ("family_name", "full_name")
"""A guardian is read when one of these has a column."""


def open_upload(
    files: Sequence[Upload],
    *,
    mapping: Mapping | None = None,
    labels: MappingOf[str, str] | None = None,
    largest: int = LARGEST_UPLOAD,
) -> Reading | NeedsMapping:
    """Recognise an upload and read it; raises `Refused`, with one sentence, when the whole of it cannot be read.

    Everything that refuses the whole is met here: iterating over the records afterwards raises nothing. A table without
    a complete `mapping` gives a `NeedsMapping`. `labels` names the MEF (code → label) when the upload has no nomenclature.
    """
    parts = parts_of(files, largest=largest)
    contents = {part.content for part in parts}
    if contents == {Content.MARKUP}:
        return open_siecle(parts, labels=labels or {})
    if len(contents) > 1:
        raise Refused("Ces fichiers ne vont pas ensemble. Déposez soit les exports de SIECLE, soit un seul tableau.")
    if len(parts) > 1:
        raise Refused("Plusieurs tableaux sont déposés. Déposez-les l’un après l’autre.")
    if contents == {Content.ONEROSTER}:
        return open_oneroster(parts[0])
    return _open_table(parts[0], mapping)


def check_header(header: Header, *, uai: str, year: int) -> None:
    """Refuse a file that says it is another lycée's, or another year's (the first of the school year)."""
    if header.uai is not None and header.uai != uai:
        raise Refused(
            f"Ce fichier est celui du lycée {header.uai}, et non du lycée {uai}. Déposez celui de votre lycée."
        )
    if header.year is not None and header.year != year:
        raise Refused(
            f"Ce fichier est celui de l’année {header.year}-{header.year + 1}. "
            f"Exportez celui de l’année {year}-{year + 1}."
        )


def _open_table(part: Part, mapping: Mapping | None) -> Reading | NeedsMapping:
    again, others = open_table(part)
    above, header = header_of(part, again())
    preview = tuple(tuple(row.cells) for row in islice(again(), above, above + _PREVIEW))
    if not preview:
        raise Refused(f"«\u00a0{part.name}\u00a0» n’a aucune ligne sous ses titres. Exportez-le de nouveau.")
    headers = unique_headers(header)
    if mapping is None or mapping.missing(headers):
        return _question(part, headers, preview, mapping)
    table = Table(part.name, len(headers), *_layout(headers, mapping))
    return Reading(
        header=Header(source=Source.TABLE),
        kinds=_kinds(table),
        records=_records(islice(again(), above, None), table, others),
    )


def _layout(headers: tuple[str, ...], mapping: Mapping) -> tuple[dict[str, int], list[Person]]:
    """The rank of each field's column, and the guardians who have a column for their name."""
    columns = {name: headers.index(mapping.columns[name]) for name in FIELDS if mapping.columns.get(name) in headers}
    guardians = []
    for guardian in GUARDIANS:
        named = [headers[columns[field]] for name in _NAMES if (field := f"{guardian}.{name}") in columns]
        if named:
            legal = True if any(map(is_legal, named)) else None
            guardians.append(Person(guardian, kinship="".join(map(parent, named[:1])), legal=legal))
    return columns, guardians


def _question(
    part: Part, headers: tuple[str, ...], preview: tuple[tuple[str, ...], ...], mapping: Mapping | None
) -> NeedsMapping:
    """What the school must confirm: its own earlier answer, or else our proposals."""
    answers = mapping or Mapping(proposals(headers))
    return NeedsMapping(
        file=part.name,
        headers=headers,
        fingerprint=fingerprint(headers),
        proposals={name: column for name, column in answers.columns.items() if name in FIELDS and column in headers},
        preview=preview,
        missing=answers.missing(headers),
    )


def _kinds(table: Table) -> frozenset[type]:
    students: frozenset[type] = frozenset({StudentRecord})
    return students | {GuardianRecord, LinkRecord} if table.guardians else students


def _records(rows: Iterator[Row], table: Table, others: tuple[str, ...]) -> Iterator[Record]:
    if others:
        remarks = Remarks(Place(table.file, 1), about=None, subject="classeur")
        text = "Seule la première feuille est lue. Déposez les autres à part si elles contiennent des élèves."
        remarks.warn("Feuilles", ", ".join(others), text)
        yield from remarks.findings
    yield from read_rows(rows, table)
