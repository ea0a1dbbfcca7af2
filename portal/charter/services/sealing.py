"""The seal of a signed charter: the very bytes that were shown, the evidence, and the region's seal over both."""

from hashlib import sha256

from portal.charter import queries, rules
from portal.charter.chain import moment
from portal.charter.events import CharterSealed, StampAsked
from portal.charter.evidence import Observed, preuve
from portal.charter.keys import SealKey, SealKeyError, create_demo_key, fingerprint, load_key, organisation
from portal.charter.queries import SignatoryFile, attending, journals
from portal.charter.seal import FieldBox, Json, SealError, canonical_json, seal, verify
from portal.charter.services.presenting import read_box
from portal.charter.states import SignatureState, SigningRoute
from portal.charter.text import CharterText
from portal.config import Settings
from portal.kernel import clock
from portal.platform.i18n import format_moment, reading
from portal.platform.pdf import html_to_pdf
from portal.platform.work import emit, use_case

DEMO_FOLDER = "sceau"
SIGNED = {
    SigningRoute.ONLINE: "Signée en ligne par",
    SigningRoute.LETTER: "Signée en ligne par",
    SigningRoute.DESK: "Signée au guichet du lycée par",
    SigningRoute.PAPER: "Signée sur papier par",
}
DEMO_ORGANISATION = "Fin prêt, démonstration"
TRIAL = '<html lang="fr"><head><meta charset="utf-8"><title>Essai</title></head><body><h1>Essai</h1></body></html>'
TRIAL_BOX = FieldBox(page=0, rect=(57, 57, 400, 120))


def seal_key(settings: Settings) -> SealKey:
    """The key of this installation: the region's, or the demo's own, made the first time.

    :raises SealKeyError: in production without a key: no charter is ever sealed by an unknown organisation.
    """
    location = settings.seal_pkcs11 or (f"pkcs12:{settings.seal_pkcs12}" if settings.seal_pkcs12 else "")
    if location:
        return load_key(location, passphrase=settings.seal_passphrase or None)
    if settings.production:
        raise SealKeyError("Clé du cachet : donnez celle de la région (FIN_PRET_SEAL_PKCS12 ou FIN_PRET_SEAL_PKCS11).")
    return create_demo_key(settings.home / DEMO_FOLDER, DEMO_ORGANISATION)


def try_key(settings: Settings) -> SealKey:
    """Seal a page with the key of this installation, and judge it: for whoever installs it.

    :raises SealKeyError: there is no key, or it cannot be opened.
    :raises SealError: it does not seal.
    """
    key = seal_key(settings)
    sealed = seal(
        html_to_pdf(TRIAL, variant="pdf/a-3a"),
        evidence=canonical_json({"schema": "essai"}),
        key=key,
        reason="Essai",
        place="",
        field_box=TRIAL_BOX,
        stamp_lines=["Essai du cachet"],
    )
    verdict = verify(sealed, trust=key.trust)
    if not verdict.ok:
        raise SealError(verdict.reasons[0])
    return key


def seal_charter(file: SignatoryFile, *, presented: bytes, key: SealKey) -> bytes:
    """Seal what a signatory signed; the presented bytes come first, unchanged."""
    reference = file.loan.reference
    with reading("fr"):
        return seal(
            presented,
            evidence=preuve(observed(file, key=key)),
            key=key,
            reason=f"Charte signée par {file.signature.name_on_record}, dossier {reference}",
            place=file.school.name,
            field_box=read_box(file.signature),
            stamp_lines=stamp_lines(file, key=key),
        )


def stamp_lines(file: SignatoryFile, *, key: SealKey) -> list[str]:
    """What the seal says on the page: who signed, when, how they were recognised, and whose seal it is."""
    one = file.signature
    return [
        f"{SIGNED[one.route or SigningRoute.ONLINE]} {one.name_on_record}",
        f"{rules.quality(one.legal_title).capitalize()}, le {format_moment(one.signed_at)} (heure de Paris)",
        _recognised(file),
        f"Cachet électronique : {organisation(key.certificate)}",
        f"Dossier {file.loan.reference}, version {file.version.number}, empreinte {(one.presented_sha256 or '')[:16]}",
    ]


def _recognised(file: SignatoryFile) -> str:
    """How the signatory was recognised."""
    one = file.signature
    if one.route is SigningRoute.LETTER:
        return "Reconnu par le code de la lettre envoyée par le lycée"
    if one.route in {SigningRoute.DESK, SigningRoute.PAPER}:
        return f"En présence de l’agent n°\u00a0{_attendance(file)['agent_account']} du lycée"
    way = "SMS" if one.code_channel == rules.SMS else "courriel"
    return f"Reconnu par un code reçu par {way} : {rules.masked(one.code_channel or rules.EMAIL, one.code_to or '')}"


def _attendance(file: SignatoryFile) -> dict[str, Json]:
    """Who of the school was present, and what they saw; empty when somebody signed alone."""
    one = file.signature
    if one.route is SigningRoute.DESK:
        desk = attending.signed_desk(one.id)
        return {
            "agent_role": desk.agent_role,
            "agent_account": desk.agent_id,
            "identity_document_seen": desk.identity_seen,
            "session_started_at": moment(desk.started_at),
            "tablet_opened_at": moment(desk.claimed_at or desk.started_at),
        }
    if one.route is SigningRoute.PAPER and (paper := attending.live_paper(one.id)):
        return {
            "agent_role": paper.agent_role,
            "agent_account": paper.agent_id,
            "identity_document_seen": paper.identity_seen,
            "name_on_paper": paper.name_on_paper,
            "signed_on": paper.signed_on.isoformat(),
            "recorded_at": moment(paper.recorded_at),
            "pages": paper.pages,
            "sha256_scan": paper.scan_sha256,
            "sha256_pdf_printed": paper.blank_sha256,
        }
    return {}


def observed(file: SignatoryFile, *, key: SealKey) -> Observed:
    """What is known of a signature, for the evidence: what was written down when it happened, nothing deduced."""
    one, version = file.signature, file.version
    plain = CharterText.parse(version.source).plain(one.blanks or {})
    return Observed(
        reference=file.loan.reference,
        version=version.number,
        title=version.title,
        presented_sha256=one.presented_sha256 or "",
        source_sha256=version.sha256,
        text_sha256=sha256(plain.encode()).hexdigest(),
        legal_title=one.legal_title,
        adult_student=one.guardian_id is None,
        name_on_record=one.name_on_record,
        name_typed=one.name_typed,
        consent=rules.CONSENT,
        consent_sha256=one.consent_sha256,
        language_shown=one.language_shown,
        code_channel=one.code_channel,
        code_masked=rules.masked(one.code_channel, one.code_to) if one.code_channel and one.code_to else None,
        route=(one.route or SigningRoute.ONLINE).value,
        attended=_attendance(file),
        code_hmac=one.code_hash,
        code_tries=one.code_tries,
        invited_at=one.invited_at,
        displayed_at=one.displayed_at,
        code_asked_at=one.code_asked_at,
        code_drawn_at=one.code_sent_at,
        verified_at=one.verified_at,
        signed_at=one.signed_at,
        seal_certificate_sha256=fingerprint(key.certificate).hex(),
        signer_ref=f"guardian:{one.guardian_id}" if one.guardian_id else f"student:{one.student_id}",
        version_id=version.id,
        device_model=(one.blanks or {}).get("materiel", ""),
        contact_source=one.contact_source,
        code_accepted_at=one.code_accepted_at,
        journal=journals.of_signature(one.id),
    )


@use_case
def note_sealed(signature_id: int, *, key: str, presented_sha256: str | None = None) -> None:
    """Keep the sealed file, once; its signatory is told.

    :param presented_sha256: what was sealed; nothing is kept if a revoked paper has put another file in its place.
    """
    signature = queries.lock(signature_id)
    other = presented_sha256 not in {None, signature.presented_sha256}
    if other or signature.state is not SignatureState.SIGNED:
        return
    signature.move("seal")
    signature.sealed_key, signature.sealed_at = key, clock.now()
    signature.stamp_due_at = signature.sealed_at
    about = {"school_id": signature.school_id, "signature_id": signature_id, "loan_id": signature.loan_id}
    emit(CharterSealed(**about))
    emit(StampAsked(**about))
