"""Look at a PDF as a reader, a scanner or a ruler would; and synthetic people to print."""

import re
import subprocess
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import zxingcpp
from PIL import Image

from portal.kernel.values.address import PostalAddress
from portal.shipping.documents import AddressLabel, DeliverySlip, DepositRow, DepositSlip

MM = 72 / 25.4
"""Points in a millimetre."""

SCHOOL = PostalAddress(
    recipient="Lycée Marguerite-Yourcenar",
    line2="Intendance",
    street="12 rue des Frères-Lumière",
    postcode="67000",
    city="Strasbourg",
)
VIETNAMESE = PostalAddress(
    recipient="Mme Nguyễn Thị Hồng Phượng",
    line2="Appartement 12",
    line3="Bâtiment C",
    street="18 bis rue de la République",
    postcode="67200",
    city="Strasbourg",
)
WIDE = PostalAddress(
    recipient="MME WWWWWWWWWWWW MWMWMWMWMWMWMWMWMWMWMW",
    line2="Chez M. Kılıç Yıldırımoğlu, porte 1207",
    line3="Résidence des Tilleuls, entrée du parc",
    street="128 AVENUE DU MWMWMWMWMWMWMWMWMWMWMWMW",
    locality="LIEU DIT LE GRAND WITTENHEIM AUX MARAIS"[:38],
    postcode="67190",
    city="MOLLKIRCH WWWWW WWWWWWWWWWWWWWWW",
)
PEOPLE = (
    VIETNAMESE,
    WIDE,
    PostalAddress(recipient="M. Łukasz Żółkiewski", street="4 rue du Moulin", postcode="68130", city="Altkirch"),
)


@dataclass(frozen=True)
class Word:
    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float


def code(number: int) -> str:
    return f"P7K3M2Q9T{number:03d}"


def url(number: int) -> str:
    return f"https://finpret.example.org/r/k3Jd92hfQzL0{number:03d}"


def slip(number: int = 0, **changes) -> DeliverySlip:
    facts = {
        "parcel_code": code(number),
        "loan_reference": "FP-7K3M-2Q9T",
        "receipt_url": url(number),
        "sender": SCHOOL,
        "sender_phone": "03 39 98 00 12",
        "recipient": PEOPLE[number % len(PEOPLE)],
        "contents": ("1 équipement scolaire", "1 alimentation", "1 housse"),
        "weight_grams": 2350,
        "prepared_on": date(2026, 9, 2),
    }
    return DeliverySlip(**{**facts, **changes})


def label(number: int = 0, **changes) -> AddressLabel:
    facts = {"parcel_code": code(number), "sender": SCHOOL, "recipient": PEOPLE[number % len(PEOPLE)]}
    return AddressLabel(**{**facts, **changes})


def deposit(rows: int) -> DepositSlip:
    tracked = {0: "6A15984040331"}
    return DepositSlip(
        number="BD-2026-0042",
        day=date(2026, 9, 2),
        site="Strasbourg Centre, 5 avenue de la Marseillaise",
        school=SCHOOL,
        rows=tuple(
            DepositRow(code(row), 2100 + row, "67200", "Strasbourg", tracked.get(row, "")) for row in range(rows)
        ),
    )


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    boxes = [[float(edge) for edge in page.mediabox] for page in opened(pdf).pages]
    return [((right - left) / MM, (top - bottom) / MM) for left, bottom, right, top in boxes]


def text(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def words(pdf: bytes) -> list[Word]:
    found = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    pages = count()
    page, result = -1, []
    for line in found.splitlines():
        if "<page " in line:
            page = next(pages)
        if match := re.search(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*)</word>', line):
            left, top, right, bottom = (float(edge) for edge in match.groups()[:4])
            result.append(Word(page, match[5], left, top, right, bottom))
    return result


def pictures(pdf: bytes, *, dpi: int = 203, options: tuple[str, ...] = ()) -> list[Image.Image]:
    """The pages as a printer would draw them; `-mono` for one that knows black and white only."""
    with TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", str(dpi), *options, "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, capture_output=True, check=True)
        return [Image.open(BytesIO(path.read_bytes())).convert("L") for path in sorted(Path(folder).iterdir())]


def scanned(picture: Image.Image) -> dict[str, str]:
    return dict(everything_on(picture))


def everything_on(picture: Image.Image) -> list[tuple[str, str]]:
    """Every code of a page: its kind, and what it says."""
    return [(str(found.format), found.text) for found in symbols(picture)]


def symbols(picture: Image.Image, **options: Any) -> list[Any]:
    """Every code of a page, read at its own size: in a picture that it shrinks, zxing now and then sees one more."""
    return list(zxingcpp.read_barcodes(picture, try_downscale=False, **options))
