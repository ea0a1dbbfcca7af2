"""What Colissimo is asked, as JSON: exactly these fields and no other (PRV-6). SLS 2.0, `generateLabel`.

Nothing says what is inside; no telephone, no e-mail, no class; the student's name only where the parcel is theirs.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from portal.kernel.clock import today
from portal.kernel.values.address import COLISSIMO_WIDTH, PostalAddress
from portal.kernel.values.dates import public_holidays
from portal.kernel.values.folding import one_line, without_accents
from portal.kernel.values.territories import territory
from portal.shipping.carriers.base import LabelFormat, Refused, Shipment, Who
from portal.shipping.carriers.refusals import refusal
from portal.shipping.carriers.territories import product

SUNDAY: Final = 6
LIGHTEST, HEAVIEST = 10, 30_000
LONGEST_FIRST, LONGEST_LAST = 29, 35
_TITLES: Final = frozenset({"M", "M.", "MR", "MME", "MLLE", "MME.", "MONSIEUR", "MADAME", "DR"})
_LINES: Final = ("line0", "line1", "line2", "line3")
"""Lines 2 to 5 of NF Z10-011."""


def obstacle(shipment: Shipment) -> Refused | None:
    """What Colissimo would refuse, said before it is asked; None when nothing is seen from here."""
    for address, about in ((shipment.sender, "sender"), (shipment.recipient, "addressee")):
        if problems := address.problems(width=COLISSIMO_WIDTH):
            who = Who.SCHOOL if about == "sender" else Who.FAMILY
            return Refused(code="adresse", field=f"{about}.{problems[0].field}", sentence=problems[0].message, who=who)
    if product(shipment.sender.postcode, shipment.recipient.postcode, signature=shipment.signature) is None:
        return refusal("30213", field="addressee.zipCode")
    if not LIGHTEST <= shipment.weight_grams <= HEAVIEST:
        return refusal("30301", field="weight")
    return None


def body(shipment: Shipment, *, label: LabelFormat, credentials: Mapping[str, str]) -> dict[str, Any]:
    """The whole request; `credentials` is empty when the key travels in a header."""
    return {
        **credentials,
        "outputFormat": {"x": 0, "y": 0, "outputPrintingType": label.value},
        "letter": {
            "service": {
                "productCode": product(
                    shipment.sender.postcode, shipment.recipient.postcode, signature=shipment.signature
                ),
                "depositDate": _deposit(shipment.deposit_on).isoformat(),
                "orderNumber": shipment.order,
                "commercialName": _plain(shipment.sender.recipient)[:LONGEST_LAST],
            },
            "parcel": {"weight": round(shipment.weight_grams / 1000 + 0.0049, 2)},
            "sender": {"senderParcelRef": shipment.reference[:17], "address": _company(shipment.sender)},
            "addressee": {"address": _person(shipment.recipient)},
        },
    }


def _deposit(day: date) -> date:
    """Never in the past (refusal 30002), nor on a Sunday or a holiday, when no counter is open."""
    day = max(day, today())
    while day.weekday() == SUNDAY or day in public_holidays(day.year):
        day += timedelta(days=1)
    return day


def _company(address: PostalAddress) -> dict[str, str]:
    return {"companyName": _plain(address.rows(width=COLISSIMO_WIDTH)[0]), **_place(address)}


def _person(address: PostalAddress) -> dict[str, str]:
    first, last = names(address.rows(width=COLISSIMO_WIDTH)[0])
    return {"lastName": last[:LONGEST_LAST], "firstName": first[:LONGEST_FIRST], **_place(address)}


def names(recipient: str) -> tuple[str, str]:
    """First name and last name, both mandatory; the title stands in for a first name that nobody gave."""
    given = _plain(recipient).split()
    title, kept = (given[:1], given[1:]) if given and given[0].upper() in _TITLES else ([], given)
    if len(kept) > 1:
        return kept[0], " ".join(kept[1:])
    return " ".join(title) or "Famille", " ".join(kept)


def _place(address: PostalAddress) -> dict[str, str]:
    """Optional lines are left out rather than sent empty."""
    rows = dict(zip(_LINES, address.rows(width=COLISSIMO_WIDTH)[1:5], strict=True))
    if not rows["line2"]:  # a hamlet without streets: the service wants something there
        rows["line2"], rows["line3"] = rows["line3"], ""
    where = {"zipCode": one_line(address.postcode), "city": _plain(address.city).upper()[:COLISSIMO_WIDTH]}
    lines = {name: _plain(text) for name, text in rows.items() if text}
    return {**lines, **where, "countryCode": territory(address.postcode)}


def _plain(text: str) -> str:
    """In letters that the service takes (its code 30600 refuses the others): Latin-1, without what forms leave behind."""
    return "".join(_latin(sign) for sign in one_line(text.replace("’", "'")))


def _latin(sign: str) -> str:
    if ord(sign) < 256:  # noqa: PLR2004 (Latin-1 ends there)
        return sign
    return without_accents(sign).encode("latin-1", "ignore").decode("latin-1")
