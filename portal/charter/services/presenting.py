"""The exact file that a signatory reads and signs: printed once, by the worker."""

from dataclasses import dataclass

from portal.charter import queries, rules
from portal.charter.document import SEAL_BOX, CharterDocument, Party, charter_pdf
from portal.charter.models import CharterSignature
from portal.charter.queries import Deployment, SignatoryFile
from portal.charter.seal import FieldBox
from portal.charter.text import CharterText
from portal.kernel.clock import PARIS
from portal.kernel.values.phones import display_phone
from portal.platform.i18n import format_day, reading


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed charter, the place of its seal, and the values that filled its blanks."""

    pdf: bytes
    box: str
    blanks: dict[str, str]


def print_charter(signature_id: int) -> Printed | None:
    """Print the charter of one signatory; None when it already exists or is no longer needed."""
    file = queries.file_of(signature_id)
    if file.signature.presented_key is not None or not file.signature.can("revoke"):
        return None
    deployment = queries.deployment(file.loan.campaign_id)
    with reading("fr"):  # the French text is the one that engages, whatever language the pages are read in
        blanks = fill(file, deployment)
        return Printed(charter_pdf(_document(file, deployment, blanks)), write_box(SEAL_BOX), blanks)


def fill(file: SignatoryFile, deployment: Deployment) -> dict[str, str]:
    """A value for each blank that a text may hold."""
    loan, student, school, region = file.loan, file.student, file.school, deployment.region
    models = queries.models_on_offer(region_id=region.id, kind=loan.kind)
    ends_on = rules.expected_end(student.level, ends_on=deployment.campaign.ends_on)
    return {
        "eleve": student.name,
        "classe": student.class_name,
        "signataire": file.signature.name_on_record,
        "qualite": rules.quality(file.signature.legal_title),
        "lycee": school.name,
        "chef": school.head_name,
        "titre_chef": school.head_title,
        "region": f"région {region.name}",
        "campagne": deployment.campaign.name,
        "materiel": rules.models_in_words([model.name for model in models]),
        "prix": rules.price_in_words([model.price_cents for model in models]),
        "fin": format_day(ends_on),
        "aide": f"{school.contact_name}, {display_phone(school.contact_phone)}, {school.contact_hours}",
        "dpo": str(region.profile.get("dpo") or school.contact_email),
    }


def _document(file: SignatoryFile, deployment: Deployment, blanks: dict[str, str]) -> CharterDocument:
    signature, version = file.signature, file.version
    return CharterDocument(
        region=f"Région {deployment.region.name}",
        school=file.school.name,
        title=version.title,
        campaign=deployment.campaign.name,
        reference=file.loan.reference,
        version=str(version.number),
        issued_on=signature.invited_at.astimezone(PARIS).date(),
        parties=_parties(file, blanks),
        signatory=signature.name_on_record,
        equipment=tuple(f"1 {item}" for item in deployment.campaign.kit),
        body=CharterText.parse(version.source).render(blanks),
        consent=rules.CONSENT,
    )


def _parties(file: SignatoryFile, blanks: dict[str, str]) -> tuple[Party, ...]:
    school, signature = file.school, file.signature
    head = [f"Représenté par {school.head_name}, {school.head_title}"]
    if school.deliberation:
        head.append(school.deliberation[:1].upper() + school.deliberation[1:])
    signer = Party("La personne qui signe", signature.name_on_record, (blanks["qualite"],))
    return (
        Party("L’élève", file.student.name, (f"Classe de {file.student.class_name}",)),
        signer,
        Party("Le lycée", school.name, tuple(head)),
    )


def write_box(box: FieldBox) -> str:
    """A box as it is kept: page, left, bottom, right, top."""
    return " ".join(str(number) for number in (box.page, *box.rect))


def read_box(signature: CharterSignature) -> FieldBox:
    """The place of the seal in the file that was shown."""
    page, left, bottom, right, top = (int(number) for number in str(signature.box).split())
    return FieldBox(page=page, rect=(left, bottom, right, top))
