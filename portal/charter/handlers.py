"""What follows from a request, an invitation, a signature. The worker runs these; the web never prints nor seals."""

from flask import current_app

from portal.charter import queries, services
from portal.charter.events import CharterSigned, ResendAsked, SignatureInvited
from portal.charter.states import SignatureState
from portal.extensions import db
from portal.loans.events import LoanSubmitted, LoanWithdrawn
from portal.platform import files
from portal.platform.outbox import on

PRESENTED, SEALED = "charte-presentee", "charte-signee"


@on(LoanSubmitted)
def invite(event: LoanSubmitted, key: str) -> None:
    """Those who may sign are asked to."""
    services.invite(event.loan_id)


@on(LoanWithdrawn)
def close(event: LoanWithdrawn, key: str) -> None:
    """Nothing waits for a signature any more."""
    services.close(event.loan_id)


@on(ResendAsked)
def send_again(event: ResendAsked, key: str) -> None:
    """Whoever has this contact and something to sign gets their message; nobody else learns anything."""
    services.resend(event.sealed_contact)


@on(SignatureInvited, network=True)
def present(event: SignatureInvited, key: str) -> None:
    """Print the exact file that will be signed. Repeated, the first one stays."""
    printed = services.print_charter(event.signature_id)
    db.session.rollback()  # printing read the database; keeping the file must not hold it
    if printed:
        stored = files.keep(printed.pdf, kind=PRESENTED)
        digest = files.digest_of(printed.pdf)
        services.note_presented(event.signature_id, key=stored, sha256=digest, box=printed.box, blanks=printed.blanks)


@on(CharterSigned, network=True)
def seal(event: CharterSigned, key: str) -> None:
    """Seal the bytes that were shown, with the evidence. Repeated, the first sealed file stays."""
    file = queries.file_of(event.signature_id)
    if file.signature.state is not SignatureState.SIGNED:
        return
    file = _with_its_paper(file)
    sealing_key = services.seal_key(current_app.config["SETTINGS"])
    presented = files.read(str(file.signature.presented_key))
    sealed = services.seal_charter(file, presented=presented, key=sealing_key)
    db.session.rollback()
    digest = files.digest_of(presented)
    services.note_sealed(event.signature_id, key=files.keep(sealed, kind=SEALED), presented_sha256=digest)


def _with_its_paper(file: queries.SignatoryFile) -> queries.SignatoryFile:
    """A paper gets its page of evidence first: the seal covers both."""
    signature_id, composed = file.signature.id, services.compose(file)
    if composed is None:
        return file
    db.session.rollback()
    paper_id, pdf = composed
    services.note_composed(
        signature_id, key=files.keep(pdf, kind=PRESENTED), sha256=files.digest_of(pdf), paper_id=paper_id
    )
    return queries.file_of(signature_id)
