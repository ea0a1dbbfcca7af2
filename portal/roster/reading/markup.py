"""SIECLE's XML, streamed with flat memory: no DTD, no entity, no network, and a clear sentence when a file is cut.

A first reading of every file meets all of its faults, so that what follows never stops half-way.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from portal.platform.reading.parts import Part
from portal.platform.reading.refusals import Refused

HEADER: Final = "PARAMETRES"
_DATA = "DONNEES"
_RECORD_DEPTH = 3  # root, DONNEES, container
_MOST_NODES = 5_000
"""Nodes between two ends of records: a student has about sixty; a file with more is made to fill the memory."""

_ENTITIES = re.compile(r"entit", re.IGNORECASE)
_ENCODING = re.compile(r"encoding|proper UTF-8|invalid bytes", re.IGNORECASE)


def root_of(part: Part) -> str:
    """The name of the root element; raises `Refused` when there is none, or a DOCTYPE before it."""
    _, root = next(_events(part))
    return str(root.tag)


def records(part: Part, *containers: str) -> Iterator[tuple[str, Any]]:
    """Each child of these containers of DONNEES, with the container's name; and the header, when HEADER is asked for.

    An element is emptied once the next one is asked for.
    """
    path: list[str] = []
    nodes = 0
    for event, node in _events(part):
        if event == "start":
            path.append(node.tag)
            nodes += 1
            if nodes > _MOST_NODES:
                raise Refused(f"«\u00a0{part.name}\u00a0» n’est pas un export de SIECLE. Exportez-le de nouveau.")
            continue
        path.pop()
        if len(path) == 1 and node.tag == HEADER and HEADER in containers:
            yield HEADER, node
        elif len(path) == _RECORD_DEPTH and path[1] == _DATA and path[2] in containers:
            yield path[2], node
        if len(path) <= _RECORD_DEPTH and path[1:] != [HEADER]:  # the header's children wait for its end
            nodes = 0
            _discard(node)


def fields_of(node: Any) -> dict[str, str]:
    """The attributes and the childless children of an element, without the empty ones; a child wins."""
    values = {str(name): str(value).strip() for name, value in node.attrib.items()}
    values |= {child.tag: child.text.strip() for child in node if len(child) == 0 and child.text}
    return {name: value for name, value in values.items() if value}


def _events(part: Part) -> Iterator[tuple[str, Any]]:
    with part.opened() as stream:
        try:
            for event, node in etree.iterparse(
                stream,
                events=("start", "end"),
                remove_comments=True,
                remove_pis=True,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            ):
                if event == "start" and node.getparent() is None:
                    _refuse_doctype(node, part)
                yield event, node
        except etree.XMLSyntaxError as error:
            raise _refusal(error, part) from None


def _refuse_doctype(root: Any, part: Part) -> None:
    """SIECLE never writes a DOCTYPE; bombs and thefts of files begin with one (OWASP ASVS 1.5.1)."""
    document = root.getroottree().docinfo
    if document.internalDTD is not None or document.externalDTD is not None:
        raise _forbidden(part)


def _forbidden(part: Part) -> Refused:
    return Refused(
        f"«\u00a0{part.name}\u00a0» contient un DOCTYPE, que SIECLE n’écrit jamais. Exportez de nouveau le fichier depuis SIECLE."
    )


def _refusal(error: etree.XMLSyntaxError, part: Part) -> Refused:
    line, column = error.position
    place = f"ligne {line}, colonne {column}"
    if _ENTITIES.search(str(error)):
        return _forbidden(part)
    if _ENCODING.search(str(error)):
        return Refused(
            f"L’encodage annoncé par «\u00a0{part.name}\u00a0» n’est pas le sien ({place}). "
            "SIECLE écrit en ISO-8859-15\u00a0: téléchargez le fichier de nouveau, sans l’ouvrir."
        )
    return Refused(f"«\u00a0{part.name}\u00a0» est coupé ou abîmé ({place}). Téléchargez-le de nouveau depuis SIECLE.")


def _discard(node: Any) -> None:
    """Forget an element and what came before it beside it."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]
