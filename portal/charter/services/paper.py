"""The paper: signed by hand, seen by an agent, scanned, and sealed with its page of evidence (SIG-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from portal.charter import queries, rules
from portal.charter.document import SEAL_BOX, PaperDocument, paper_pdf
from portal.charter.events import CharterPresented, PaperRecorded, PaperRevoked
from portal.charter.models import CharterPaper, CharterSignature
from portal.charter.queries import Held, SignatoryFile, attending
from portal.charter.seal import FieldBox
from portal.charter.services.invitation import who_signs
from portal.charter.services.presenting import write_box
from portal.charter.services.reading import NOT_READY
from portal.charter.services.signing import conclude, standing
from portal.charter.states import SignatureState, SigningRoute
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import PARIS
from portal.loans import services as loans
from portal.loans.states import ENDED, OUT, CharterGate
from portal.platform import files
from portal.platform.i18n import format_day, reading
from portal.platform.work import emit, use_case
from portal.policy import ROLE_LABELS, Role

PAPER_BOX = FieldBox(page=0, rect=SEAL_BOX.rect)
GONE = "Le matériel est déjà sorti\u00a0: ce papier ne peut plus être annulé ici."
NOT_YOURS = "Seule la personne qui a enregistré ce papier, ou le chef d’établissement, peut l’annuler."


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What an agent says of a paper: the name and the date on it, who they are, and what they saw."""

    name: str
    signed_on: date
    agent_id: int
    agent_role: str
    identity_seen: bool


@dataclass(frozen=True, slots=True)
class KeptScan:
    """A cleaned scan in the store."""

    key: str
    sha256: str
    pages: int


def keep_scan(contents: Sequence[bytes]) -> KeptScan:
    """Clean one PDF or several photos, and keep them; outside any use-case. Raises `UnreadableScan` with what to do."""
    read = import_module("portal.charter.scans").read  # late: the web loads pikepdf only when a scan arrives
    pdf, pages = read(contents)
    return KeptScan(files.keep(pdf, kind="charte-papier"), files.digest_of(pdf), pages)


@use_case
def record_paper(signature_id: int, *, seen: Witnessed, scan: KeptScan) -> dict[str, str]:
    """Record a charter signed by hand; the sealing is the worker's. Returns what is refused, by field.

    :raises CannotSign: this person may not sign, or not now.
    """
    held = queries.hold(signature_id)
    entitled = standing(held)
    mine = held.mine
    paper = _witnessed(mine, seen=seen, scan=scan)
    printed_on = mine.invited_at.astimezone(PARIS).date()
    refusals = rules.paper_refusals(
        name=seen.name, on_record=mine.name_on_record, signed_on=seen.signed_on, since=printed_on, today=clock.today()
    )
    if refusals:
        return refusals
    db.session.add(paper)
    conclude(held, entitled, route=SigningRoute.PAPER, name=None)
    emit(PaperRecorded(school_id=mine.school_id, signature_id=mine.id, loan_id=mine.loan_id))
    return {}


def _witnessed(mine: CharterSignature, *, seen: Witnessed, scan: KeptScan) -> CharterPaper:
    """The paper with its witness, and the blank that was printed for it; raises `CannotSign` when none was yet."""
    if mine.presented_key is None or mine.presented_sha256 is None or mine.box is None:
        raise rules.CannotSign(NOT_READY)
    return CharterPaper(
        school_id=mine.school_id,
        student_id=mine.student_id,
        loan_id=mine.loan_id,
        signature_id=mine.id,
        scan_key=scan.key,
        scan_sha256=scan.sha256,
        pages=scan.pages,
        name_on_paper=seen.name.strip(),
        signed_on=seen.signed_on,
        agent_id=seen.agent_id,
        agent_role=seen.agent_role,
        identity_seen=seen.identity_seen,
        recorded_at=clock.now(),
        blank_key=mine.presented_key,
        blank_sha256=mine.presented_sha256,
        blank_box=mine.box,
    )


def compose(file: SignatoryFile) -> tuple[int, bytes] | None:
    """A paper's number, and its page of evidence with the scan behind it; None when it is made already. For the worker."""
    paper = attending.live_paper(file.signature.id)
    if paper is None or file.signature.presented_sha256 != paper.blank_sha256:
        return None
    with reading("fr"):
        cover = paper_pdf(_document(file, paper))
    lay = import_module("portal.charter.scans").lay  # late: the web loads pikepdf only when a scan arrives
    return paper.id, lay(cover, files.read(paper.scan_key))


def _document(file: SignatoryFile, paper: CharterPaper) -> PaperDocument:
    return PaperDocument(
        reference=file.loan.reference,
        school=file.school.name,
        student=f"{file.student.name}, classe de {file.student.class_name}",
        text=f"{file.version.title}, version {file.version.number}",
        consent=rules.CONSENT,
        facts=(
            ("Nom écrit sur le papier", paper.name_on_paper),
            ("En qualité de", rules.quality(file.signature.legal_title)),
            ("Date écrite sur le papier", format_day(paper.signed_on)),
            ("Pièce d’identité", "montrée à l’agent" if paper.identity_seen else "non montrée"),
            ("Agent témoin", f"{ROLE_LABELS[Role(paper.agent_role)]}, compte n°\u00a0{paper.agent_id}"),
            ("Enregistrée le", format_day(paper.recorded_at)),
            ("Empreinte du papier scanné", paper.scan_sha256),
            ("Empreinte de la charte imprimée", paper.blank_sha256),
        ),
        signatory=file.signature.name_on_record,
        pages=paper.pages,
    )


@use_case
def note_composed(signature_id: int, *, key: str, sha256: str, paper_id: int) -> None:
    """From now on this file is what the seal covers, unless the paper was revoked meanwhile."""
    signature, paper = queries.lock(signature_id), attending.live_paper(signature_id)
    if paper and paper.id == paper_id and signature.state is SignatureState.SIGNED:
        signature.presented_key, signature.presented_sha256, signature.box = key, sha256, write_box(PAPER_BOX)


@use_case
def revoke_paper(signature_id: int, *, reason: str, by: int, role: str) -> None:
    """The scan is another family's, or cannot be read: everything is as before it, and the family is asked again.

    :raises CannotSign: the device has left, or somebody else recorded it.
    """
    held = queries.hold(signature_id)
    loan, mine = held.loan, held.mine
    paper = attending.live_paper(signature_id)
    if paper is None:
        return
    if loan.state in {*OUT, *ENDED}:
        raise rules.CannotSign(GONE)
    if by != paper.agent_id and role != Role.HEAD:
        raise rules.CannotSign(NOT_YOURS)
    paper.revoked_at, paper.revoked_by, paper.reason = clock.now(), by, reason
    _back_to_the_blank(held, paper)
    loans.note_charter(loan.id, gate=CharterGate.TO_SIGN)
    emit(PaperRevoked(school_id=mine.school_id, signature_id=mine.id, loan_id=loan.id))
    emit(CharterPresented(school_id=mine.school_id, signature_id=mine.id, loan_id=loan.id))


def _back_to_the_blank(held: Held, paper: CharterPaper) -> None:
    """The signatory and those whom the paper had released are asked as before."""
    mine = held.mine
    mine.move("revoke_paper")
    mine.route = mine.signed_at = mine.sealed_at = mine.sealed_key = mine.consent_sha256 = None
    mine.presented_key, mine.presented_sha256, mine.box = paper.blank_key, paper.blank_sha256, paper.blank_box
    able = who_signs(held.loan).guardian_ids
    for other in held.others:
        if other.can("ask_anew") and other.guardian_id in able:
            other.move("ask_anew")
