"""What follows from a request, an invitation, a signature. The worker runs these; the web never prints nor seals."""

from flask import current_app

from portal.charter import queries, services
from portal.charter.events import CharterPublished, CharterSigned, PreviewAsked, SignatureInvited
from portal.charter.states import Resign, SignatureState
from portal.extensions import db
from portal.loans.events import LoanSubmitted, LoanWithdrawn
from portal.platform import files
from portal.platform.outbox import on

PRESENTED, SEALED, PREVIEWED = "charte-presentee", "charte-signee", "charte-apercu"


@on(LoanSubmitted)
def invite(event: LoanSubmitted, key: str) -> None:
    """Those who may sign are asked to."""
    services.invite(event.loan_id)


@on(LoanWithdrawn)
def close(event: LoanWithdrawn, key: str) -> None:
    """Nothing waits for a signature any more."""
    services.close(event.loan_id)


@on(SignatureInvited, network=True)
def present(event: SignatureInvited, key: str) -> None:
    """Print the exact file that will be signed. Repeated, the first one stays."""
    printed = services.print_charter(event.signature_id)
    db.session.rollback()  # printing read the database; keeping the file must not hold it
    if printed:
        stored = files.keep(printed.pdf, kind=PRESENTED)
        digest = files.digest_of(printed.pdf)
        services.note_presented(
            event.signature_id,
            key=stored,
            sha256=digest,
            box=printed.box,
            blanks=printed.blanks,
            again=event.again,
        )


@on(CharterPublished)
def ask_again(event: CharterPublished, key: str) -> None:
    """A new text: some loans at a time, each once."""
    services.renew_some(event.version_id, resign=Resign(event.resign), after=event.after)


@on(PreviewAsked, network=True)
def preview(event: PreviewAsked, key: str) -> None:
    """Print the draft as families will see it."""
    printed = services.print_preview(event.campaign_id, edition=event.edition)
    db.session.rollback()  # printing read the database; keeping the file must not hold it
    if printed:
        services.note_preview(event.campaign_id, edition=event.edition, key=files.keep(printed, kind=PREVIEWED))


@on(CharterSigned, network=True)
def seal(event: CharterSigned, key: str) -> None:
    """Seal the bytes that were shown, with the evidence. Repeated, the first sealed file stays."""
    file = queries.file_of(event.signature_id)
    if file.signature.state is not SignatureState.SIGNED:
        return
    sealing_key = services.seal_key(current_app.config["SETTINGS"])
    presented = files.read(str(file.signature.presented_key))
    sealed = services.seal_charter(file, presented=presented, key=sealing_key)
    db.session.rollback()
    services.note_sealed(event.signature_id, key=files.keep(sealed, kind=SEALED))
