"""What follows from a request, an invitation, a signature. The worker runs these; the web never prints nor seals."""

from flask import current_app

from portal.charter import queries, services
from portal.charter.events import (
    BlanksAsked,
    CharterPublished,
    CharterSigned,
    PreviewAsked,
    ResendAsked,
    SignatureInvited,
    StampAsked,
)
from portal.charter.queries import stamps
from portal.charter.states import Resign, SignatureState
from portal.extensions import db
from portal.kernel import clock
from portal.loans.events import LoanSubmitted, LoanWithdrawn
from portal.platform import files, health, jobs, scope
from portal.platform.outbox import on

PRESENTED, PREVIEWED = "charte-presentee", "charte-apercu"


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


@on(BlanksAsked, network=True)
def join_blanks(event: BlanksAsked, key: str) -> None:
    """Put a class's charters in one file, telling now and then how many are read."""
    if not jobs.start(event.job_id):
        return
    with jobs.told_in_words(event.job_id):
        jobs.finish(event.job_id, file_key=files.keep(services.join_blanks(event), kind=services.BLANKS))


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
    services.note_sealed(event.signature_id, key=files.keep(sealed, kind=services.SEALED), presented_sha256=digest)


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


@on(StampAsked, network=True)
def add_stamp(event: StampAsked, key: str) -> None:
    """Ask the authority once; when it is silent the schedule asks again, so that no row waits for it here."""
    services.add_stamp(event.signature_id, settings=current_app.config["SETTINGS"])


@health.part("time_stamps")
def stamps_waiting() -> object:
    """Whether charters wait for their time stamp, and whether for too long."""
    settings = current_app.config["SETTINGS"]
    with scope.every_school(reason="health"):
        count, oldest = stamps.waiting() if settings.tsa_url else (0, None)
    return {
        "authority": "configured" if settings.tsa_url else "none",
        "waiting": count,
        "late": oldest is not None and clock.now() - oldest > services.LATE_AFTER,
    }
