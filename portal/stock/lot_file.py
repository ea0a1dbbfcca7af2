"""A supplier's file as records, one a device: its columns found by their titles, its rows read as a stream.

Suppliers name their columns as they like; the titles below are those of the files seen (« N° de série », « Serial
number », « UAI livré »…). A file without one of the four that are needed is refused whole, and the sentence says which.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from portal.kernel.values.folding import fold
from portal.platform.reading.parts import LARGEST_UPLOAD, Content, Upload, parts_of, unknown
from portal.platform.reading.refusals import Refused
from portal.platform.reading.sheets import header_of, open_table

TITLES: Final[Mapping[str, str]] = {
    "serial": "NUMERO DE SERIE|N DE SERIE|NO DE SERIE|NUMERO SERIE|N SERIE|SERIE|SERIAL NUMBER|SERIAL|S N|SN",
    "asset_tag": "ETIQUETTE|NUMERO D INVENTAIRE|N INVENTAIRE|INVENTAIRE|CODE BARRE|CODE BARRES|ASSET TAG|TAG|IMMOBILISATION",
    "model_name": "MODELE|DESIGNATION|REFERENCE MODELE|PRODUIT|ARTICLE|MODEL",
    "uai": "UAI|CODE UAI|UAI LIVRE|RNE|CODE RNE|UAI LYCEE|UAI ETABLISSEMENT|ETABLISSEMENT",
    "box": "CARTON|COLIS|NUMERO DE CARTON|N CARTON|N COLIS|BOX|PALETTE",
}
"""The titles that each column may have, folded; the box is the only column that may be missing."""

NAMES: Final = {
    "serial": "le numéro de série",
    "asset_tag": "l’étiquette",
    "model_name": "le modèle",
    "uai": "le code UAI du lycée",
}
_LENGTHS = {"serial": 40, "asset_tag": 20, "model_name": 80, "uai": 12, "box": 40}


@dataclass(frozen=True, slots=True)
class LotRecord:
    """One line of the file, as it is written there; a text that is too long ends with its overflow mark, `…`."""

    line: int
    serial: str
    asset_tag: str
    model_name: str
    uai: str
    box: str


def read_lot(name: str, path: Path) -> Iterator[LotRecord]:
    """The records of a CSV or a workbook; raises `Refused`, before the first record, when it cannot be read at all."""
    parts = parts_of([Upload(name, path)], largest=LARGEST_UPLOAD)
    if len(parts) > 1 or parts[0].content not in {Content.TEXT, Content.WORKBOOK}:
        raise unknown(name)
    again, _others = open_table(parts[0])
    above, header = header_of(parts[0], again())
    columns = columns_of(header)
    return (_record(row.line, row.cells, columns) for row in islice(again(), above, None))


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """The rank of each column that was found; raises `Refused` when one is missing that is needed."""
    titles = [fold(cell) for cell in header]
    found = {
        field: titles.index(title)
        for field, known in TITLES.items()
        for title in reversed(known.split("|"))  # the first title of the list wins
        if title in titles
    }
    missing = [words for field, words in NAMES.items() if field not in found]
    if missing:
        raise Refused(
            f"Il manque une colonne pour {', '.join(missing)}. "
            "Nommez les colonnes\u00a0: Numéro de série, Étiquette, Modèle, UAI, Carton."
        )
    return found


def _record(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> LotRecord:
    said = {field: cells[rank] if rank < len(cells) else "" for field, rank in columns.items()}
    texts = {field: _bounded(said.get(field, ""), most) for field, most in _LENGTHS.items()}
    return LotRecord(line=line, **texts)


def _bounded(text: str, most: int) -> str:
    """As long as its column, so that a fault can be kept and shown; what was cut is marked, and refused later."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
