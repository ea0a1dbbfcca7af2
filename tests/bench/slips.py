"""300 delivery slips and 300 labels, as the worker prints them, against the bare typesetter on pages of text."""

import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Event, Thread
from typing import Any

from portal.kernel.values.address import PostalAddress
from portal.kernel.values.references import new_opaque_code, new_reference
from portal.shipping.documents import (
    AddressLabel,
    DeliverySlip,
    ReturnSlip,
    label_sheets_pdf,
    labels_pdf,
    returns_pdf,
    slips_pdf,
)
from tests.bench.measure import Line, say
from tests.bench.world import Digits
from tests.factories import people

PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
LINES = 28
"""Lines of text on a bare page: about what a slip says."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many slips and labels."""

    count: int = 300


def run(effort: Effort) -> list[Line]:
    """Milliseconds of processor a page, whoever else uses the machine; the seconds of the whole batch beside them.

    The baseline lays out each page; the portal lays out each shape of paper once, then writes names and codes into it.
    """
    say(f"{effort.count} bare pages, slips, labels")
    began = _cpu()
    _bare(effort.count)
    bare = (_cpu() - began) * 1000 / effort.count
    slips = [_slip(number) for number in range(effort.count)]
    labels = [_label(number) for number in range(effort.count)]
    backs = [_back(number) for number in range(effort.count)]
    return [
        _printed(f"{effort.count} delivery slips", lambda: slips_pdf(slips), effort.count, bare),
        _printed(f"{effort.count} address labels", lambda: labels_pdf(labels), effort.count, bare),
        _printed(f"{effort.count} labels, four a sheet", lambda: label_sheets_pdf(labels), effort.count, bare),
        _printed(f"{effort.count} return slips", lambda: returns_pdf(backs), effort.count, bare),
    ]


def _printed(name: str, act: Callable[[], bytes], count: int, bare: float) -> Line:
    with watched() as children:
        processor, began = _cpu(), time.perf_counter()
        size = len(act())
        seconds, cost = time.perf_counter() - began, (_cpu() - processor) * 1000 / count
    note = (
        f"{seconds:.1f} s in all, {seconds * 1000 / count:.0f} ms a page; "
        f"{children.peak_kb / 1000:.0f} MB at most in {children.most} children; {size / 1000:.0f} kB"
    )
    return Line(f"{name}, processor a page", [cost], [bare], "the typesetter, text only;", None, note)


def _cpu() -> float:
    """Seconds of processor of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _bare(count: int) -> bytes:
    """Pages of text only: no table, no picture, no template, no tag."""
    from weasyprint import HTML

    words = "<br>".join(["Comparez le contenu avec la liste ci-dessus, puis gardez le carton."] * LINES)
    page = f'<p style="break-after: page">{words}</p>'
    made: bytes = HTML(string=f"<html lang=fr><title>Texte</title>{page * count}").write_pdf()
    return made


def _address(number: int) -> PostalAddress:
    return PostalAddress(**people.address(number, f"Famille {people.family_name(number)}"))


def _slip(number: int) -> DeliverySlip:
    return DeliverySlip(
        parcel_code=new_opaque_code("P", Digits(number)),
        loan_reference=new_reference(Digits(number)),
        receipt_url=f"https://pret.example.org/r/k3Jd92hfQzL0{number:03d}",
        sender=_address(0),
        sender_phone="03 39 98 00 12",
        recipient=_address(number),
        contents=("1 équipement scolaire", "1 alimentation", "1 housse"),
        weight_grams=2350,
        prepared_on=date(2026, 9, 2),
    )


def _label(number: int) -> AddressLabel:
    return AddressLabel(
        parcel_code=new_opaque_code("P", Digits(number)), sender=_address(0), recipient=_address(number)
    )


def _back(number: int) -> ReturnSlip:
    return ReturnSlip(
        parcel_code=new_opaque_code("P", Digits(number)),
        loan_reference=new_reference(Digits(number)),
        school=_address(0),
        phone="03 39 98 00 12",
        kit=(f"HP ProBook 445 G11 n° GE-{number:06d}", "chargeur 65 W", "housse", "clé USB 128 Go"),
    )


@dataclass
class Children:
    """The processes that this one started, as Linux counts their memory; elsewhere nothing is seen."""

    peak_kb: int = 0
    most: int = 0
    stop: Event = field(default_factory=Event)

    def watch(self) -> None:
        while not self.stop.wait(0.1):
            sizes = [size for size in map(_resident_kb, _children_of(os.getpid())) if size]
            self.peak_kb, self.most = max(self.peak_kb, sum(sizes)), max(self.most, len(sizes))


@contextmanager
def watched() -> Any:
    """Inside, the memory of the children is looked at ten times a second."""
    children = Children()
    thread = Thread(target=children.watch)
    thread.start()
    try:
        yield children
    finally:
        children.stop.set()
        thread.join()


def _children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def _resident_kb(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KB
    except (OSError, IndexError):
        return 0
