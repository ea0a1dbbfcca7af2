"""One cell of a roster, read: what is wrong with it is said in the remarks of its line, and nothing is guessed silently."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.values.emails import parse_email
from portal.kernel.values.folding import one_line
from portal.kernel.values.ine import is_stand_in, looks_like_ine, tidy_ine
from portal.kernel.values.phones import is_mobile, parse_phone
from portal.kernel.values.territories import territory
from portal.roster.reading.remarks import Remarks

LONGEST_NAME: Final = 80
LONGEST_FULL_NAME: Final = 120
LONGEST_KEY: Final = 40
LONGEST_CLASS: Final = 30
LONGEST_LEVEL: Final = 40
"""What the tables hold, in characters."""

_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?:[ T].*)?")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T].*)?")
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}")
_BETWEEN_EMAILS = re.compile(r"[;,\s]+")
_BETWEEN_PHONES = re.compile(r"[;,|\n]|\s/\s|\bou\b|\bet\b", re.IGNORECASE)
_PLAIN_PHONE = re.compile(r"0[1-9](?:[ .-]?[0-9]{2}){4}")
_NOT_A_DIGIT = str.maketrans("", "", " .-")
_OLDEST = date(1900, 1, 1)


class UnreadableDay(DomainError):
    """What was written is not one day; the message says why."""

    message = "Nous ne reconnaissons pas cette date. Écrivez-la ainsi\u00a0: 14/03/2010."


def parse_day(text: str) -> date:
    """A day written 14/03/2010 or 2010-03-14, with or without an hour after it; raises `UnreadableDay`."""
    line = one_line(text)
    if found := _FRENCH_DAY.fullmatch(line):
        year, month, day = found[3], found[2], found[1]
    elif found := _ISO_DAY.fullmatch(line):
        year, month, day = found[1], found[2], found[3]
    elif _TWO_DIGIT_YEAR.fullmatch(line):
        raise UnreadableDay("L’année n’a que deux chiffres. Écrivez-la en entier\u00a0: 14/03/2010.")
    else:
        raise UnreadableDay
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise UnreadableDay("Ce jour n’existe pas dans le calendrier. Corrigez la date.") from None


def required_name(text: str, remarks: Remarks, *, field: str) -> str:
    """A name exactly as it is written, on one line; without one the record is left out."""
    line = one_line(text)
    if not line:
        remarks.fail(field, "", f"{field}\u00a0: il manque. Complétez-le dans le logiciel de l’établissement.")
    return _checked_name(line, remarks, field=field)


def optional_name(text: str, remarks: Remarks, *, field: str) -> str | None:
    """The same, for a name that not everybody has."""
    return _checked_name(one_line(text), remarks, field=field) or None


def full_name(text: str, remarks: Remarks) -> str:
    """A guardian's whole name; without one the record is left out."""
    line = one_line(text)
    if not line:
        remarks.fail(
            "Responsable", "", "Le nom du responsable manque. Complétez-le dans le logiciel de l’établissement."
        )
    return _checked_name(line, remarks, field="Responsable", longest=LONGEST_FULL_NAME)


def composed_name(names: Iterable[str | None], remarks: Remarks) -> str:
    """A whole name made of names that were checked one by one."""
    name = " ".join(filter(None, names))
    if len(name) > LONGEST_FULL_NAME:
        remarks.fail("Responsable", name, f"Son nom entier dépasse {LONGEST_FULL_NAME} caractères. Corrigez-le.")
    return name


def birth_date(text: str, remarks: Remarks) -> date | None:
    """A birth date; without a readable one, in the past, the record is left out."""
    field = "Date de naissance"
    if not text.strip():
        remarks.fail(field, "", "La date de naissance manque. Complétez-la dans le logiciel de l’établissement.")
        return None
    try:
        day = parse_day(text)
    except UnreadableDay as refusal:
        remarks.fail(field, text, refusal.message)
        return None
    if not _OLDEST <= day <= clock.today():
        remarks.fail(field, text, "Cette date de naissance n’est pas possible. Corrigez-la.")
        return None
    return day


def exit_date(text: str, remarks: Remarks) -> date | None:
    """The day on which a student left or will leave; an unreadable one is only a warning."""
    if not text.strip():
        return None
    try:
        return parse_day(text)
    except UnreadableDay as refusal:
        remarks.warn("Date de sortie", text, refusal.message)
        return None


def ine(text: str, remarks: Remarks) -> str | None:
    """The INE, or None; a strange one is kept when it is the CNED's, and never a refusal."""
    found = tidy_ine(text)
    if not found:
        remarks.warn("INE", "", "L’INE manque. L’élève est importé\u00a0; l’INE viendra avec un prochain fichier.")
        return None
    if looks_like_ine(found):
        return found
    if is_stand_in(found):
        remarks.warn("INE", text, "C’est un numéro provisoire du CNED, pas un INE. Vérifiez-le.")
        return found
    remarks.warn("INE", text, "Ce numéro n’a pas la forme d’un INE\u00a0: il n’est pas gardé. Vérifiez-le.")
    return None


def email(text: str, remarks: Remarks) -> str | None:
    """The e-mail address; the first of several, with a warning; None, with a warning, when none is readable."""
    if not text.strip():
        return None
    pieces = [piece for piece in _BETWEEN_EMAILS.split(text) if "@" in piece]
    several = len(pieces) > 1
    for piece in pieces if several else [text]:
        try:
            found = parse_email(piece)
        except DomainError as refusal:
            reason = refusal.message
            continue
        if several:
            remarks.warn(
                "Adresse électronique", text, f"Il y a plusieurs adresses. Nous gardons la première\u00a0: {found}."
            )
        return found
    remarks.warn("Adresse électronique", text, f"Cette adresse n’est pas gardée. {reason}")
    return None


def mobile(texts: Sequence[str], remarks: Remarks, *, postcode: str | None) -> str | None:
    """The first number that receives text messages, in E.164; what cannot serve is said.

    The first text is the mobile's own cell, and the only one of which a landline is worth a warning. `postcode` tells
    overseas numbers from mainland ones.
    """
    for rank, text in enumerate(texts):
        number = _phone(text, remarks, postcode) if text.strip() else None
        if number and is_mobile(number):
            return number
        if number and rank == 0:
            remarks.warn("Téléphone portable", text, "Ce numéro n’est pas un portable\u00a0: il ne reçoit pas de SMS.")
    return None


def class_name(text: str, remarks: Remarks) -> str | None:
    """The class, cut when it is too long for labels."""
    return _cut(text, remarks, field="Classe", longest=LONGEST_CLASS)


def level(text: str, remarks: Remarks) -> str | None:
    """The level (the label of the MEF), cut when it is too long for lists."""
    return _cut(text, remarks, field="Niveau", longest=LONGEST_LEVEL)


def short_level(label: str) -> str:
    """A label of a MEF as a student has it."""
    return _ended(one_line(label), LONGEST_LEVEL)


def source_key(text: str, remarks: Remarks, *, field: str) -> str:
    """The key that the source gives a person; without one the record is left out."""
    key = one_line(text)
    if not key:
        remarks.fail(field, "", f"{field}\u00a0: il manque. Exportez le fichier de nouveau.")
    elif len(key) > LONGEST_KEY:
        remarks.fail(field, key, f"{field}\u00a0: il dépasse {LONGEST_KEY} caractères. Exportez le fichier de nouveau.")
    return key


def _checked_name(line: str, remarks: Remarks, *, field: str, longest: int = LONGEST_NAME) -> str:
    if len(line) > longest:
        remarks.fail(field, line, f"{field}\u00a0: plus de {longest} caractères. Corrigez-le.")
    if "?" in line or "\ufffd" in line:
        remarks.warn(field, line, "Ce nom est abîmé à la source. Corrigez-le dans la fiche\u00a0: l’import le gardera.")
    return line


def _phone(text: str, remarks: Remarks, postcode: str | None) -> str | None:
    if _PLAIN_PHONE.fullmatch(text) and territory(postcode or "") == "FR":
        return f"+33{text.translate(_NOT_A_DIGIT)[1:]}"  # as `parse_phone` answers, at a fraction of the cost
    pieces = [piece for piece in _BETWEEN_PHONES.split(text) if any(sign.isdigit() for sign in piece)]
    several = len(pieces) > 1
    for piece in pieces if several else [text]:
        try:
            number = parse_phone(piece, postcode)
        except DomainError as refusal:
            reason = refusal.message
            continue
        if several:
            remarks.warn("Téléphone", text, "Il y a plusieurs numéros. Nous gardons le premier qui est lisible.")
        return number
    remarks.warn("Téléphone", text, f"Ce numéro n’est pas gardé. {reason}")
    return None


def _cut(text: str, remarks: Remarks, *, field: str, longest: int) -> str | None:
    line = one_line(text)
    if len(line) <= longest:
        return line or None
    cut = _ended(line, longest)
    remarks.warn(field, line, f"{field}\u00a0: plus de {longest} caractères. Nous écrivons «\u00a0{cut}\u00a0».")
    return cut


def _ended(line: str, longest: int) -> str:
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
