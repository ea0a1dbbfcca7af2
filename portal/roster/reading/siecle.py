"""SIECLE's exports as records: students, then guardians, then who answers for whom.

The ministry publishes no specification: tags and codes are those of programs that read these files for a living
(tbelliard/gepi `lib/global.inc.php` and `init_xml2`, 1024pix/pix). Old and new tags are both read, and the new one wins.
Nationality, birth place, profession, options and previous schools are never read.
"""

from collections.abc import Iterator, Mapping, Sequence

from portal.kernel.values.uai import department_code
from portal.platform.reading.parts import Part
from portal.roster.reading import kinship, markup, postal, values
from portal.roster.reading.duplicates import RepeatedInes
from portal.roster.reading.markup import fields_of
from portal.roster.reading.records import (
    GuardianRecord,
    LinkRecord,
    Place,
    Reading,
    Record,
    StudentRecord,
)
from portal.roster.reading.remarks import Remarks
from portal.roster.reading.siecle_survey import GUARDIANS, STUDENTS, Survey, survey

_STUDENT = ("Cet élève", "de l’élève")
_GUARDIAN = ("Ce responsable", "du responsable")

_MAY_SIGN = {"1": True, "2": False, "3": False}
"""NIVEAU_RESPONSABILITE: legal guardian, in charge of the student, to be called."""

_MAY_SIGN_BEFORE = {"1": True, "2": True, "0": False}
"""RESP_LEGAL, its elder: first and second legal guardian, contact only."""


def open_siecle(parts: Sequence[Part], *, labels: Mapping[str, str]) -> Reading:
    """One reading of all the files together; raises `Refused` before the first record, and never after.

    `labels` names the MEF that this upload's nomenclature does not.
    """
    found = survey(parts, known_levels=labels)
    kinds: set[type] = {StudentRecord} if STUDENTS in found.files else set()
    if GUARDIANS in found.files:
        kinds |= {GuardianRecord, LinkRecord}
    return Reading(
        header=found.header,
        kinds=frozenset(kinds),
        records=_records(found),
        labels={mef: values.short_level(label) for mef, label in found.levels.items() if mef and label},
        unnamed=found.courses(),
    )


def _records(found: Survey) -> Iterator[Record]:
    students = guardians = None
    if part := found.files.get(STUDENTS):
        students = set[str]()
        yield from _students(part, found, read=students)
    if part := found.files.get(GUARDIANS):
        guardians = set[str]()
        yield from _guardians(part, found, read=guardians)
        yield from _links(part, found, students=students, guardians=guardians)


def _students(part: Part, found: Survey, *, read: set[str]) -> Iterator[Record]:
    ines, lines = RepeatedInes(), dict[str, int]()
    for _, node in markup.records(part, "ELEVES"):
        given = fields_of(node)
        remarks = _remarks(part, node.sourceline, given, about=StudentRecord, key=given.get("ELEVE_ID"))
        record = _student(given, found, remarks)
        _refuse_repeat(record.source_id if record else "", lines, remarks)
        if record and not remarks.failed:
            read.add(record.source_id)
            yield record
            yield from ines.noted(record.ine, remarks)
        yield from remarks.findings


def _student(given: dict[str, str], found: Survey, remarks: Remarks) -> StudentRecord | None:
    key = values.source_key(given.get("ELEVE_ID", ""), remarks, field="Identifiant de l’élève")
    family = values.required_name(_family_name(given), remarks, field="Nom de famille")
    first = values.required_name(given.get("PRENOM", ""), remarks, field="Prénom")
    usage = values.optional_name(given.get("NOM_USAGE", ""), remarks, field="Nom d’usage")
    born = values.birth_date(given.get("DATE_NAISS", ""), remarks)
    if born is None or remarks.failed:
        return None
    if key in found.also_in:
        remarks.warn("Classe", found.also_in[key], f"Deux classes\u00a0: nous gardons {found.divisions[key]}.")
    return StudentRecord(
        source_id=key,
        family_name=family,
        given_name=first,
        birth_date=born,
        usage_name=usage,
        ine=values.ine(given.get("ID_NATIONAL") or given.get("INE_RNIE") or given.get("INE_BEA", ""), remarks),
        class_name=values.class_name(found.divisions.get(key, ""), remarks),
        level=values.level(found.level(given.get("CODE_MEF", "")), remarks),
        email=values.email(given.get("MEL", ""), remarks),
        mobile=values.mobile(_phones(given), remarks, postcode=_school_postcode(found)),
        left_on=values.exit_date(given.get("DATE_SORTIE", ""), remarks),
        place=remarks.place,
    )


def _guardians(part: Part, found: Survey, *, read: set[str]) -> Iterator[Record]:
    emails, lines = dict[str, str](), dict[str, int]()
    for _, node in markup.records(part, "PERSONNES"):
        given = fields_of(node)
        remarks = _remarks(part, node.sourceline, given, about=GuardianRecord, key=given.get("PERSONNE_ID"))
        record = _guardian(given, found, remarks)
        _refuse_repeat(record.source_id, lines, remarks)
        if not remarks.failed:
            read.add(record.source_id)
            _warn_of_shared_email(record, emails, remarks)
            yield record
        yield from remarks.findings


def _guardian(given: dict[str, str], found: Survey, remarks: Remarks) -> GuardianRecord:
    key = values.source_key(given.get("PERSONNE_ID", ""), remarks, field="Identifiant du responsable")
    family = values.required_name(_family_name(given), remarks, field="Nom de famille")
    usage = values.optional_name(given.get("NOM_USAGE", ""), remarks, field="Nom d’usage")
    first = values.optional_name(given.get("PRENOM", ""), remarks, field="Prénom")
    if not first and key not in found.services:
        remarks.warn("Prénom", "", "Le prénom manque. Complétez-le dans SIECLE.")
    name = values.composed_name((first, usage or family), remarks)
    written = _address(given, found, remarks)
    address, abroad = postal.read_address(written, recipient=name, remarks=remarks)
    return GuardianRecord(
        source_id=key,
        name=name,
        email=values.email(given.get("MEL", ""), remarks),
        mobile=values.mobile(_phones(given), remarks, postcode=written.postcode or _school_postcode(found)),
        address=address,
        abroad=abroad,
        place=remarks.place,
    )


def _links(part: Part, found: Survey, *, students: set[str] | None, guardians: set[str]) -> Iterator[Record]:
    """`students` and `guardians` are the keys read just before; None when this upload holds no student."""
    lines = dict[str, int]()
    for _, node in markup.records(part, "RESPONSABLES"):
        given = fields_of(node)
        student, guardian = given.get("ELEVE_ID", ""), given.get("PERSONNE_ID", "")
        subject = f"Élève {student}, responsable {guardian}"
        remarks = Remarks(Place(part.name, node.sourceline), about=LinkRecord, subject=subject)
        _check_end(student, None if students is None else found.students, students, _STUDENT, remarks)
        _check_end(guardian, found.people, guardians, _GUARDIAN, remarks)
        _refuse_repeat(f"{student} {guardian}", lines, remarks)
        if not remarks.failed:
            yield _link(student, guardian, given, remarks)
        yield from remarks.findings


def _link(student: str, guardian: str, given: dict[str, str], remarks: Remarks) -> LinkRecord:
    code = given.get("CODE_PARENTE", "")
    return LinkRecord(
        student=student,
        guardian=guardian,
        kinship=kinship.by_code(code, remarks),
        may_sign=False if code == kinship.OWN_GUARDIAN else _may_sign(given, remarks),
        place=remarks.place,
    )


def _may_sign(given: dict[str, str], remarks: Remarks) -> bool | None:
    """The new level wins over the old one. An adult student signs as the student, never as their own guardian."""
    if level := given.get("NIVEAU_RESPONSABILITE"):
        answer = _MAY_SIGN.get(level)
    else:
        level = given.get("RESP_LEGAL", "")
        answer = _MAY_SIGN_BEFORE.get(level)
    if answer is None:
        remarks.warn("Responsabilité", level, "Le fichier ne dit pas si cette personne peut signer. Précisez-le.")
    return answer


def _check_end(
    key: str, known: set[str] | None, read: set[str] | None, words: tuple[str, str], remarks: Remarks
) -> None:
    """One end of a link must be a person of the file, and one that could be read."""
    this, of = words
    field = this.split()[1].capitalize()
    if not key:
        remarks.fail(field, "", f"Ce lien ne dit pas le numéro {of}. Exportez le fichier de nouveau.")
    elif known is not None and key not in known:
        remarks.fail(field, key, f"{this} n’est pas dans le fichier. Vérifiez le lien dans SIECLE.")
    elif read is not None and key not in read:
        remarks.fail(field, key, f"Ce lien attend que la fiche {of} soit corrigée.")


def _remarks(part: Part, line: int, given: dict[str, str], *, about: type, key: str | None) -> Remarks:
    subject = " ".join(filter(None, (given.get("PRENOM"), given.get("NOM_USAGE") or _family_name(given))))
    return Remarks(Place(part.name, line), about=about, subject=subject or key or f"ligne {line}", key=key)


def _refuse_repeat(key: str, lines: dict[str, int], remarks: Remarks) -> None:
    """The same key twice in a file: the first one is kept."""
    if not key or remarks.failed:
        return
    if key in lines:
        remarks.key = None  # whoever has this key is not left out
        remarks.fail(
            "Identifiant", key, f"Cet identifiant est déjà ligne {lines[key]}. Nous gardons la première fiche."
        )
    else:
        lines[key] = remarks.place.line


def _warn_of_shared_email(record: GuardianRecord, emails: dict[str, str], remarks: Remarks) -> None:
    if record.email and (other := emails.setdefault(record.email.lower(), record.source_id)) != record.source_id:
        remarks.warn("Adresse électronique", record.email, f"Cette adresse est aussi celle du responsable {other}.")


def _family_name(given: dict[str, str]) -> str:
    return given.get("NOM_DE_FAMILLE") or given.get("NOM", "")


def _phones(given: dict[str, str]) -> tuple[str, str]:
    """The mobile's cell first; the home's, where families write a mobile too. A number at work is nobody's mobile."""
    return given.get("TEL_PORTABLE", ""), given.get("TEL_PERSONNEL", "")


def _address(given: dict[str, str], found: Survey, remarks: Remarks) -> postal.Written:
    key = given.get("ADRESSE_ID", "")
    if key and key not in found.addresses:
        remarks.warn(
            "Adresse",
            key,
            "Cette adresse n’est pas dans le fichier. Exportez les responsables «\u00a0avec adresses\u00a0».",
        )
    fields = found.addresses.get(key, {})
    return postal.Written(
        lines=[fields.get(f"LIGNE{rank}_ADRESSE", "") for rank in range(1, 5)],
        postcode=fields.get("CODE_POSTAL", ""),
        town=fields.get("LIBELLE_POSTAL", ""),
        country=fields.get("LL_PAYS", ""),
        foreign_town=fields.get("COMMUNE_ETRANGERE", ""),
    )


def _school_postcode(found: Survey) -> str | None:
    """Enough of a postcode to tell the territory from which a school's families dial."""
    department = department_code(found.header.uai or "")
    return f"{department}00" if department and len(department) == len("974") else None
