"""Colissimo's shipping service: generateLabel, checkGenerateLabel, getLabel, bordereau, with their refusals."""

import re
from typing import Any

from laposte import labels
from laposte.network import Network, Parcel
from laposte.replies import Cut, Reply, as_json, html, multipart

KEYS = {"cle-de-demonstration"}
ACCOUNTS = {("123456", "demonstration")}
WEIGHTS = (0.01, 30.0)
PRINTINGS = re.compile(r"PDF_A4_300dpi|(PDF|DPL|ZPL)_10x15_(203|300)dpi")
MOST = 50


def answer(network: Network, method: str, asked: dict[str, Any], *, key: str, fault: tuple[str, str]) -> Reply:
    """One call. The fault says how it goes wrong: before anything is made, or after."""
    name, number = fault
    if name == "reset_before":
        return Reply(0, "", b"", cut=Cut.NOTHING_SENT)
    if name == "html_before":
        return html(502)
    if not (key in KEYS or (asked.get("contractNumber"), asked.get("password")) in ACCOUNTS):
        return _no("30000", "Identifiant ou mot de passe incorrect", "")
    if name in {"refuse", "refuse400", "busy"}:
        refused = _no("40015" if name == "busy" else number or "30211", "Refus demandé", "zipCode")
        refused.status = 400 if name == "refuse400" else 200
        return refused
    methods = {
        "generateLabel": _label,
        "checkGenerateLabel": _check,
        "getLabel": _again,
        "generateBordereauByParcelsNumbers": _bordereau,
    }
    return _spoiled(methods[method](network, asked), name, number) if method in methods else html(404)


def _spoiled(reply: Reply, name: str, number: str) -> Reply:
    """The label exists by now, whatever becomes of the answer."""
    if name == "slow":
        reply.wait = float(number or 1)
    elif name == "cut_after":
        reply.cut = Cut.NOTHING_SENT
    elif name == "cut_middle":
        reply.cut, reply.cut_at = Cut.MIDDLE, reply.body.find(b"%PDF-") + 200
    elif name == "html_after":
        return html(500)
    elif name in {"no_label", "bad_label"}:
        start = reply.body.find(b"%PDF-")
        reply.body = reply.body[:start] + b"?" * 5 + reply.body[start + 5 :]
    elif name == "broken":
        reply.body = reply.body[: reply.body.find(b"Content-ID") + 4]
    return reply


def _no(code: str, words: str, field: str) -> Reply:
    """HTTP 200 with an error inside."""
    values = [{"field": field, "key": field, "value": "", "translatable": False}] if field else []
    message = {"id": code, "type": "ERROR", "messageContent": words, "replacementValues": values}
    return multipart({"messages": [message], "labelXmlV2Reponse": None, "labelV2Response": None}, {})


FINE = {"id": "0", "type": "INFOS", "messageContent": "La requête a été traitée avec succès", "replacementValues": []}


def _made(parcel: Parcel, printing: str) -> Reply:
    told = {
        "messages": [FINE],
        "labelXmlV2Reponse": None,
        "labelV2Response": {
            "parcelNumber": parcel.number, "parcelNumberPartner": parcel.route, "pdfUrl": None, "fields": None,
        },
    }  # fmt: skip
    content = labels.label(parcel.order, parcel.number, parcel.route, parcel.asked, printing=printing)
    return multipart(told, {"label": content})


def _label(network: Network, asked: dict[str, Any]) -> Reply:
    if refused := _refusal(asked):
        return _no(*refused)
    letter = asked["letter"]
    address = letter["addressee"]["address"]
    kept = {
        "sender": letter.get("sender", {}).get("address"),
        "addressee": address,
        "weight": letter["parcel"]["weight"],
        "product": letter["service"]["productCode"],
    }
    made = network.make(letter["service"].get("orderNumber", ""), address["zipCode"], kept)
    return _made(made, asked["outputFormat"]["outputPrintingType"])


def _check(_network: Network, asked: dict[str, Any]) -> Reply:
    return _no(*refused) if (refused := _refusal(asked)) else as_json(200, {"messages": [FINE]})


def _again(network: Network, asked: dict[str, Any]) -> Reply:
    parcel = network.parcels.get(str(asked.get("parcelNumber")))
    return _made(parcel, str(asked.get("outputPrintingType"))) if parcel else _no("30700", "Colis inconnu", "")


def _bordereau(network: Network, asked: dict[str, Any]) -> Reply:
    numbers = asked.get("generateBordereauParcelNumberList", {}).get("parcelsNumbers", [])
    unknown = [number for number in numbers if number not in network.parcels]
    if not numbers or unknown or len(numbers) > MOST:
        return _no("30701", "Liste de colis refusée", "parcelsNumbers")
    number = network.announce(numbers)
    header = {"bordereauNumber": number, "numberOfParcels": len(numbers), "clientNumber": "123456"}
    told = {"messages": [FINE], "bordereauHeader": header}
    return multipart(told, {"deliveryPaper": labels.bordereau(number, numbers)})


def _refusal(asked: dict[str, Any]) -> tuple[str, str, str] | None:
    """The checks that the documentation names, in its codes; the first one that fails."""
    letter = asked.get("letter") or {}
    service, address = letter.get("service") or {}, (letter.get("addressee") or {}).get("address") or {}
    weight = (letter.get("parcel") or {}).get("weight")
    checks = (
        (service.get("productCode"), "30014", "productCode"),
        (PRINTINGS.fullmatch((asked.get("outputFormat") or {}).get("outputPrintingType", "")), "30025", "outputFormat"),
        (service.get("depositDate"), "30010", "depositDate"),
        (address.get("lastName") or address.get("companyName"), "30200", "lastName"),
        (address.get("firstName") or address.get("companyName"), "30202", "firstName"),
        (address.get("line2"), "30204", "line2"),
        (address.get("city"), "30207", "city"),
        (address.get("zipCode"), "30210", "zipCode"),
        (re.fullmatch(r"\d{5}", address.get("zipCode") or ""), "30211", "zipCode"),
        (weight, "30300", "weight"),
        (isinstance(weight, int | float) and WEIGHTS[0] <= weight <= WEIGHTS[1], "30301", "weight"),
        (all(len(str(text)) <= 35 for text in address.values()), "30204", "line2"),  # noqa: PLR2004 (the service's width)
    )
    return next(((code, "Refusé", field) for fine, code, field in checks if not fine), None)
