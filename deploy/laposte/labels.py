"""What the service prints: labels and bordereaux, as PDF written by hand, or ZPL. Their codes can be scanned."""

from collections.abc import Sequence

MM = 72 / 25.4
_WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
    "2331112",
]
"""Code 128 (ISO/IEC 15417, table 1)."""
_START_B, _STOP, _MODULUS = 104, 106, 103
_THIN = 0.33 * MM
_THINNER = 0.25 * MM


def label(order: str, number: str, route: str, asked: dict[str, object], *, printing: str) -> bytes:
    """A label as `outputPrintingType` asks for it."""
    if printing.startswith("ZPL"):
        return _zpl(number, route, asked).encode()
    width, height = (595.0, 842.0) if "A4" in printing else (100 * MM, 150 * MM)
    page = _Page(width, height)
    top = height - 12 * MM
    lines = [*_address(asked.get("sender")), "", *_address(asked.get("addressee"))]
    page.text(8 * MM, top, 14, "COLISSIMO (local)")
    for rank, line in enumerate(lines):
        page.text(8 * MM, top - (8 + 5 * rank) * MM, 10, line)
    page.text(8 * MM, 62 * MM, 8, f"{order}   {asked.get('weight', '')} kg   {asked.get('product', '')}")
    page.code(8 * MM, 38 * MM, 18 * MM, number, _THIN)
    page.text(8 * MM, 33 * MM, 12, f"{number[:2]} {number[2:7]} {number[7:12]} {number[12:]}")
    page.code(8 * MM, 14 * MM, 14 * MM, route, _THINNER)
    page.text(8 * MM, 9 * MM, 8, route)
    return pdf([page])


def bordereau(number: str, parcels: Sequence[str]) -> bytes:
    """The paper that the driver signs."""
    page = _Page(595.0, 842.0)
    page.text(20 * MM, 270 * MM, 16, f"Bordereau de depot {number} (local)")
    page.text(20 * MM, 260 * MM, 10, f"{len(parcels)} colis")
    for rank, parcel in enumerate(parcels):
        page.text((20 + 60 * (rank // 40)) * MM, (250 - 5.5 * (rank % 40)) * MM, 9, parcel)
    page.text(20 * MM, 18 * MM, 10, "Signature du client                         Signature de La Poste")
    return pdf([page])


def _address(party: object) -> list[str]:
    if not isinstance(party, dict):
        return []
    names = ("companyName", "firstName", "lastName", "line0", "line1", "line2", "line3")
    who = " ".join(str(party[name]) for name in names[:3] if party.get(name))
    lines = [str(party[name]) for name in names[3:] if party.get(name)]
    return [who, *lines, f"{party.get('zipCode', '')} {party.get('city', '')}"]


def _zpl(number: str, route: str, asked: dict[str, object]) -> str:
    lines = "".join(
        f"^FO40,{60 + 40 * rank}^A0N,30^FD{line}^FS" for rank, line in enumerate(_address(asked.get("addressee")))
    )
    return f"^XA^CI28{lines}^FO40,500^BY2^BCN,140,Y,N,N^FD{number}^FS^FO40,760^BCN,100,Y,N,N^FD{route}^FS^XZ\n"


class _Page:
    """One page, drawn from its lower left corner, in points."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.drawn: list[str] = []

    def text(self, x: float, y: float, size: float, words: str) -> None:
        safe = words.encode("cp1252", "replace").decode("cp1252")
        for sign in "\\()":
            safe = safe.replace(sign, f"\\{sign}")
        self.drawn.append(f"BT /F1 {size} Tf {x:.2f} {y:.2f} Td ({safe}) Tj ET")

    def code(self, x: float, y: float, height: float, text: str, module: float) -> None:
        """Code 128, set B."""
        values = [_START_B, *(ord(sign) - 32 for sign in text)]
        check = (values[0] + sum(rank * value for rank, value in enumerate(values[1:], 1))) % _MODULUS
        at = x + 10 * module
        for value in (*values, check, _STOP):
            for rank, width in enumerate(map(int, _WIDTHS[value])):
                if rank % 2 == 0:
                    self.drawn.append(f"{at:.3f} {y:.2f} {width * module:.3f} {height:.2f} re f")
                at += width * module


def pdf(pages: Sequence[_Page]) -> bytes:
    """PDF 1.4, as small as it can be."""
    kids = " ".join(f"{4 + 2 * rank} 0 R" for rank in range(len(pages)))
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(), font]
    for rank, page in enumerate(pages):
        drawn = "\n".join(page.drawn).encode("cp1252")
        box = f"[0 0 {page.width:.2f} {page.height:.2f}]"
        own = f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Contents {5 + 2 * rank} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        objects += [own.encode(), b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn)]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for rank, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (rank, content)
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, rows, size, start,
    )  # fmt: skip
    return bytes(out)
