"""What is said of each line of a supplier's file: announced, known already, or at fault and why. No database here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.kernel.errors import DomainError
from portal.kernel.values.folding import fold
from portal.kernel.values.references import new_public_id
from portal.kernel.values.uai import parse_uai
from portal.stock.lot_file import LotRecord
from portal.stock.rules import read_code, read_tag
from portal.stock.states import Verdict


@dataclass(slots=True)
class LotChecker:
    """Judges lines one after the other. `schools` are numbers by UAI, `models` numbers by folded name."""

    schools: Mapping[str, int]
    models: Mapping[str, int]
    serials: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)

    def judge(self, records: Iterable[LotRecord], known: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """The rows to keep of some records. `known` gives, of the devices that exist, the tag by serial and back."""
        for record in records:
            row = {name: getattr(record, name) for name in ("line", "model_name", "box")}
            row |= {"serial": _tidy(record.serial), "asset_tag": _tidy(record.asset_tag), "uai": record.uai.upper()}
            try:
                yield {**EMPTY, **row, **self._verdict(record, row, known)}
            except _Fault as fault:
                yield {**EMPTY, **row, "verdict": Verdict.ERROR, "sentence": str(fault)}

    def _verdict(self, record: LotRecord, row: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
        serial, tag = _serial(row["serial"]), _tag(row["asset_tag"])
        destination, model = self._school(record.uai), self._model(record.model_name)
        if known.get(serial) == tag:
            return {"verdict": Verdict.KNOWN}
        if other := known.get(serial):
            raise _Fault(f"Ce numéro de série est déjà celui de l’appareil {other}. Vérifiez l’étiquette.")
        if other := known.get(tag):
            raise _Fault(f"Cette étiquette est déjà celle de l’appareil de série {other}. Donnez-en une autre.")
        if serial in self.serials or tag in self.tags:
            raise _Fault("Cet appareil est déjà plus haut dans le fichier. Gardez une seule ligne.")
        self.serials.add(serial)
        self.tags.add(tag)
        found = {"destination_id": destination, "model_id": model, "public_id": new_public_id()}
        return {"verdict": Verdict.NEW, "serial": serial, "asset_tag": tag, **found}

    def _school(self, uai: str) -> int:
        try:
            read = parse_uai(uai)
        except DomainError as refusal:
            raise _Fault(refusal.message) from None
        if read not in self.schools:
            raise _Fault(f"Le lycée {read} ne participe pas. Ouvrez-le d’abord, ou corrigez le code.")
        return self.schools[read]

    def _model(self, name: str) -> int:
        found = self.models.get(fold(name))
        if found is None:
            raise _Fault("Ce modèle n’est pas au catalogue de la région. Ajoutez-le, ou corrigez son nom.")
        return found


EMPTY = {"public_id": None, "destination_id": None, "model_id": None, "sentence": None}
"""What only a complete line has; every row of a batch has the same keys."""


class _Fault(Exception):
    """Why a line is left out; the sentence says what to do."""


def _tidy(text: str) -> str:
    return text.strip().upper()


def _serial(text: str) -> str:
    found = read_code(text)
    if found is None:
        raise _Fault("Le numéro de série compte de 4 à 40 lettres, chiffres, tirets ou points. Corrigez-le.")
    return found


def _tag(text: str) -> str:
    found = read_tag(text)
    if found is None:
        raise _Fault("L’étiquette compte de 4 à 20 lettres, chiffres ou tirets. Corrigez-la.")
    return found
