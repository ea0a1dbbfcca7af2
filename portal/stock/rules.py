"""What a scan at the bench may do. Plain values in, a reason out."""

import re
from dataclasses import dataclass

from portal.stock.states import DeviceState

TAG = re.compile(r"[A-Z0-9][A-Z0-9-]{3,19}")
CODE = re.compile(r"[A-Z0-9][A-Z0-9./_-]{3,39}")


def read_tag(raw: str) -> str | None:
    """What a scanner typed: it ends with CR, LF or Tab, and people add spaces. None when it cannot be a tag."""
    tag = raw.strip().upper()
    return tag if TAG.fullmatch(tag) else None


def read_code(raw: str) -> str | None:
    """The same for any label of a box: a tag, a serial number or a carton's number. None when it cannot be one."""
    code = raw.strip().upper()
    return code if CODE.fullmatch(code) else None


@dataclass(frozen=True, slots=True)
class Scanned:
    """The device under the scanner, and what the loan at the bench asks for."""

    state: DeviceState
    kind: str
    wanted_kind: str
    holder_loan: int | None
    bench_loan: int
    holder_reference: str | None
    holder_is_packed: bool


NOT_AVAILABLE = {
    DeviceState.ANNOUNCED: "Cet appareil est annoncé, pas encore reçu : scannez-le d’abord dans « Livraisons ».",
    DeviceState.LENT: "Cet appareil est déjà prêté.",
    DeviceState.IN_TRANSIT: "Cet appareil est parti vers un autre lycée : annulez d’abord son envoi.",
    DeviceState.TO_CHECK_IN: "Cet appareil revient d’un prêt : contrôlez-le d’abord.",
    DeviceState.REIMAGING: "Cet appareil est en remasterisation.",
    DeviceState.IN_REPAIR: "Cet appareil est en réparation.",
    DeviceState.GIVEN: "Cet appareil a été cédé à une famille.",
    DeviceState.STOLEN: "Cet appareil est déclaré volé : mettez-le de côté et prévenez le proviseur.",
    DeviceState.LOST: "Cet appareil est déclaré perdu : mettez-le de côté et prévenez le proviseur.",
    DeviceState.BROKEN: "Cet appareil est déclaré cassé.",
    DeviceState.RETIRED: "Cet appareil est réformé.",
}


def obstacle(scan: Scanned) -> str | None:
    """Why this device cannot go to this loan, in one sentence; None when it can."""
    if scan.state in NOT_AVAILABLE:
        return NOT_AVAILABLE[scan.state]
    if scan.kind != scan.wanted_kind:
        return "Ce n’est pas le type de matériel demandé."
    if scan.holder_loan not in {None, scan.bench_loan} and scan.holder_is_packed:
        return f"Cet appareil est déjà préparé pour le dossier {scan.holder_reference}."
    return None
