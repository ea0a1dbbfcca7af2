"""The parcels that the service knows, and how they move: a list of events with their hours, read against the clock."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from laposte.numbers import looks_right, new_number, routing

HOME = ((0.5, "PC1"), (4, "ET1"), (20, "ET1"), (28, "MD2"), (32, "DI1"))
POINT = ((0.5, "PC1"), (4, "ET1"), (28, "MD2"), (30, "ND1"), (44, "AG1"), (116, "DI1"))
BACK = ((0.5, "PC1"), (4, "ET1"), (28, "MD2"), (30, "ND1"), (44, "RE1"), (92, "DI2"))
TROUBLE = ((0.5, "PC1"), (4, "ET1"), (12, "PB1"), (36, "PB2"), (52, "MD2"), (56, "DI1"))
STILL = ((0.5, "PC1"), (4, "ET1"))
WAITS = ((0.5, "PC1"), (4, "ET1"), (28, "AG1"))
SCRIPTS = {"home": HOME, "point": POINT, "back": BACK, "trouble": TROUBLE, "still": STILL, "waits": WAITS, "none": ()}
LABELS = {
    "DR1": "Votre colis est prêt à être expédié", "PC1": "Votre colis a été pris en charge", "ET1": "En acheminement",
    "MD2": "En cours de livraison", "DI1": "Votre colis est livré", "DI2": "Livré à l’expéditeur", "ND1": "Non livré",
    "AG1": "Disponible dans votre point de retrait", "RE1": "Retour à l’expéditeur", "PB1": "Problème en cours",
    "PB2": "Problème résolu",
}  # fmt: skip
STEPS = {"DR1": 1, "PC1": 2, "ET1": 3, "PB1": 3, "PB2": 3, "MD2": 4, "ND1": 4, "AG1": 4, "RE1": 4, "DI1": 5, "DI2": 5}
FINAL = ("DI1", "DI2")
HOUR = 3600


@dataclass
class Parcel:
    """One label, and its journey once it is handed over."""

    number: str
    order: str
    route: str
    asked: dict[str, object]
    made: float
    left: float | None = None
    script: str = "home"


@dataclass
class Network:
    """Everything in memory: a stand-in forgets when it stops. `pace` is how many times faster than real time it lives."""

    pace: float = 1.0
    adopt: bool = False
    parcels: dict[str, Parcel] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    bordereaux: int = 0

    def make(self, order: str, postcode: str, asked: dict[str, object]) -> Parcel:
        """A new label; asked twice, it is made twice: the real service has no memory of orders either."""
        with self.lock:
            number = new_number()
            made = Parcel(number, order, routing(number, postcode), asked, time.time(), script=usual(number))
            self.parcels[number] = made
            return made

    def announce(self, numbers: list[str]) -> str:
        """They leave: their journey begins."""
        with self.lock:
            self.bordereaux += 1
            for number in numbers:
                if number in self.parcels and self.parcels[number].left is None:
                    self.parcels[number].left = time.time()
            return f"{self.bordereaux:08d}"

    def known(self, number: str) -> Parcel | None:
        """A parcel; a stranger with a right key is adopted where that is allowed, and leaves at once."""
        with self.lock:
            if number not in self.parcels and self.adopt and looks_right(number):
                now = time.time()
                self.parcels[number] = Parcel(number, "", "", {}, now, left=now, script=usual(number))
            return self.parcels.get(number)

    def events(self, parcel: Parcel) -> list[tuple[str, datetime]]:
        """What has happened by now, oldest first, at the instants at which it was seen."""
        seen = [("DR1", parcel.made)]
        if parcel.left is not None:
            steps = ((code, parcel.left + hours * HOUR / self.pace) for hours, code in SCRIPTS[parcel.script])
            seen += [(code, at) for code, at in steps if at <= time.time()]
        return [(code, datetime.fromtimestamp(at, UTC).replace(microsecond=0)) for code, at in seen]


def usual(number: str) -> str:
    """Nine in ten come home; the tenth waits at a point."""
    return "point" if number[-2] == "9" else "home"


def told(network: Network, parcel: Parcel) -> dict[str, object]:
    """The envelope of Suivi v2 for one parcel: newest event first, as the service has it."""
    events = network.events(parcel)
    rows = [
        {"order": 100 - rank, "code": code, "label": LABELS[code], "date": at.isoformat()}
        for rank, (code, at) in enumerate(reversed(events))
    ]
    last = events[-1][0]
    shipment: dict[str, object] = {
        "idShip": parcel.number,
        "holder": 4,
        "product": "colissimo",
        "isFinal": last in FINAL,
        "entryDate": events[0][1].isoformat(),
        "estimDate": (events[0][1] + timedelta(days=2)).isoformat(),
        "timeline": _timeline(events),
        "event": rows,
        "contextData": {
            "deliveryChoice": {"deliveryChoice": 0},
            "originCountry": "FR",
            "arrivalCountry": "FR",
            **({"removalPoint": {"name": "BUREAU DE POSTE CENTRE", "type": "1"}} if last == "AG1" else {}),
        },
        "url": f"https://www.laposte.fr/outils/suivre-vos-envois?code={parcel.number}",
    }
    return {"lang": "fr_FR", "scope": "open", "returnCode": 200, "shipment": shipment, "idShip": parcel.number}


def _timeline(events: list[tuple[str, datetime]]) -> list[dict[str, object]]:
    reached = {STEPS[code]: at for code, at in events}
    return [
        {
            "id": step,
            "shortLabel": "",
            "longLabel": "",
            "date": reached[step].isoformat() if step in reached else None,
            "country": "",
            "status": step in reached,
            "type": 1,
        }
        for step in range(1, 6)
    ]
