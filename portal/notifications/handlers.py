"""Which event tells whom: one message per person, once. The worker runs these."""

from portal.access.events import ContactClaimed
from portal.accounts.events import SignInAsked
from portal.charter.events import (
    CharterCompleted,
    CharterPresented,
    CharterSealed,
    CodeAsked,
    HeadPublished,
    ReminderDue,
    SignatoryDecided,
    SignatureEvent,
)
from portal.charter.states import Decided
from portal.credentials.events import (
    FactorAdded,
    FactorRemoved,
    FactorsReset,
    PasswordChosen,
    PasswordRemoved,
    RecoveryCodesDrawn,
    RecoveryCodeUsed,
)
from portal.distribution.events import ConditionNoted, LaptopHandedOver
from portal.loans import services as loans
from portal.loans.events import (
    LoanApproved,
    LoanEvent,
    LoanReceived,
    LoanRefused,
    LoanSent,
    LoanSetAside,
    LoanSubmitted,
    LoanWaitlisted,
)
from portal.notifications import queries, sending, services
from portal.notifications.events import HeadWarned, MessageQueued
from portal.notifications.rules import Person, only_by, recipients
from portal.platform.outbox import on
from portal.recalls import queries as recalls
from portal.recalls.events import ReturnMoved, ReturnReminded
from portal.shipping.events import ParcelAtPickup, ParcelDelivered, ParcelEvent, ParcelReturning
from portal.team.events import ColleagueInvited, HeadDelegated


@on(LoanSubmitted)
def acknowledge(event: LoanSubmitted, key: str) -> None:
    """Whoever sent the request holds its reference at once (REL-15)."""
    asking = queries.requester(queries.loan(event.loan_id))
    _queue(event, key, "loan_submitted", [asking] if asking else [])


@on(LoanApproved)
def tell_approval(event: LoanApproved, key: str) -> None:
    """Runs once the head can no longer undo."""
    _tell_decision(event, key, "loan_approved")


@on(LoanRefused)
def tell_refusal(event: LoanRefused, key: str) -> None:
    """The reason is on the page, not in the message."""
    _tell_decision(event, key, "loan_refused")


@on(LoanWaitlisted)
def tell_waiting(event: LoanWaitlisted, key: str) -> None:
    """The family keeps its place."""
    _tell_decision(event, key, "loan_waitlisted")


@on(LoanSetAside)
def tell_set_aside(event: LoanSetAside, key: str) -> None:
    """The kit waits at the school."""
    _tell_family(event, key, "loan_set_aside")


@on(LoanSent)
def tell_sent(event: LoanSent, key: str) -> None:
    """The parcel has left; with its number when it is known."""
    _tell_family(event, key, "loan_sent")


@on(LoanReceived)
def tell_received(event: LoanReceived, key: str) -> None:
    """A proof for the family, and a way to protest if it is wrong."""
    _tell_family(event, key, "loan_received")


@on(LaptopHandedOver)
def tell_handed_over(event: LaptopHandedOver, key: str) -> None:
    """The receipt of what was handed over on distribution day; nothing when it was a slip of the scanner."""
    loan = queries.loan(event.loan_id)
    if loan.received_at is not None:
        _queue(event, key, sending.HANDED_OVER, queries.family(loan))


@on(ConditionNoted)
def tell_condition(event: ConditionNoted, key: str) -> None:
    """The receipt once more, if it had left without the condition; what corrects one is on the page."""
    loan = queries.loan(event.loan_id)
    if not event.corrected and loan.received_at is not None and queries.told(loan.id, sending.HANDED_OVER):
        _queue(event, key, sending.HANDED_OVER, queries.family(loan))


@on(ReturnReminded)
def remind_return(event: ReturnReminded, key: str) -> None:
    """Nobody is reminded of what was given back, or may be kept, since."""
    if recalls.is_expected(event.loan_id):
        _tell_family(event, key, sending.RETURN_LATE if event.late else sending.RETURN_SOON)


@on(ReturnMoved)
def tell_return(event: ReturnMoved, key: str) -> None:
    """The new day; or that the loan lasts as any other."""
    _tell_family(event, key, sending.RETURN_MOVED if recalls.day_of(event.loan_id) else sending.RETURN_FREE)


@on(ParcelAtPickup)
def tell_pickup(event: ParcelAtPickup, key: str) -> None:
    """Where, and until when, is on the page."""
    _tell_parcel(event, key, "parcel_at_pickup")


@on(ParcelDelivered)
def tell_delivered(event: ParcelDelivered, key: str) -> None:
    """La Poste says so: the family confirms, or protests; one that has confirmed already knows."""
    if queries.loan(event.loan_id).received_at is None:
        _tell_parcel(event, key, "parcel_delivered")


@on(ParcelReturning)
def tell_returning(event: ParcelReturning, key: str) -> None:
    """The lycée will call."""
    _tell_parcel(event, key, "parcel_returning")


@on(CharterPresented)
def ask_to_sign(event: CharterPresented, key: str) -> None:
    """The charter is ready for this person; or its new text is."""
    _tell_signatory(event, key, "charter_changed" if event.again else "charter_to_sign")


@on(CharterCompleted)
def inform_other_parent(event: CharterCompleted, key: str) -> None:
    """The other holders of parental authority are told, once, and can object (Code civil, article 372-2)."""
    _queue(event, key, "charter_other_signed", queries.other_holders(event.signature_id))


@on(SignatoryDecided)
def warn_of_opposition(event: SignatoryDecided, key: str) -> None:
    """The loans stop until the head decides."""
    if event.kind == Decided.OPPOSED:
        services.warn_heads(school_id=event.school_id or 0, by=queries.decided_by(event.decision_id))


@on(HeadWarned, network=True)
def send_warning(event: HeadWarned, key: str) -> None:
    """What was said, and about whom, is on the page."""
    sending.send_about_account(event.account_id, "opposition_recorded", identity=key, page=sending.OPPOSITIONS_PAGE)


@on(CharterSealed)
def give_copy(event: CharterSealed, key: str) -> None:
    """Each signatory keeps a copy (Code civil, article 1375)."""
    _tell_signatory(event, key, "charter_sealed")


@on(ReminderDue)
def remind_to_sign(event: ReminderDue, key: str) -> None:
    """One message for all that this person has to sign; none if they have signed or declined since."""
    person = queries.signatory(event.signature_id) if queries.still_awaited(event.signature_ids) else None
    _queue(event, key, "charter_reminder", [only_by(person, event.channel)] if person else [])


@on(MessageQueued, network=True)
def send(event: MessageQueued, key: str) -> None:
    """The message's own id is its idempotency key: it stays the same when it is queued again."""
    sending.send_message(event.message_id)


@on(SignInAsked, network=True)
def send_way_in(event: SignInAsked, key: str) -> None:
    """A link and a code, drawn here and kept nowhere."""
    sending.send_way_in(event.link_id)


@on(ContactClaimed, network=True)
def send_address_code(event: ContactClaimed, key: str) -> None:
    """A code for an address to come in by, drawn here and kept nowhere."""
    sending.send_address_code(event.claim_id)


@on(PasswordChosen, network=True)
def tell_password(event: PasswordChosen, key: str) -> None:
    """Whoever did not do it must know at once."""
    sending.send_about_account(event.account_id, "security_password", identity=key)


@on(PasswordRemoved, network=True)
def tell_password_removed(event: PasswordRemoved, key: str) -> None:
    """From now on, links only."""
    sending.send_about_account(event.account_id, "security_password_removed", identity=key)


@on(FactorAdded, network=True)
def tell_factor_added(event: FactorAdded, key: str) -> None:
    """A new way in."""
    sending.send_about_account(event.account_id, "security_factor_added", identity=key)


@on(FactorRemoved, network=True)
def tell_factor_removed(event: FactorRemoved, key: str) -> None:
    """One way less."""
    sending.send_about_account(event.account_id, "security_factor_removed", identity=key)


@on(RecoveryCodesDrawn, network=True)
def tell_new_codes(event: RecoveryCodesDrawn, key: str) -> None:
    """The codes on the old paper are worth nothing; the first ones follow the first factor, which was told."""
    if event.again:
        sending.send_about_account(event.account_id, "security_codes", identity=key)


@on(RecoveryCodeUsed, network=True)
def tell_code_used(event: RecoveryCodeUsed, key: str) -> None:
    """Somebody came in with the paper."""
    sending.send_about_account(event.account_id, "security_code_used", identity=key)


@on(FactorsReset, network=True)
def tell_reset(event: FactorsReset, key: str) -> None:
    """The head, or the region, has opened the way to begin again."""
    sending.send_about_account(event.account_id, "security_reset", identity=key, page=sending.DOOR_PAGE)


@on(ColleagueInvited, network=True)
def tell_role(event: ColleagueInvited, key: str) -> None:
    """How to come in for the first time."""
    sending.send_about_account(event.account_id, "role_given", identity=key, page=sending.DOOR_PAGE)


@on(HeadDelegated, network=True)
def tell_delegation(event: HeadDelegated, key: str) -> None:
    """The deputy finds the role and its dates in the choice of role."""
    sending.send_about_account(event.account_id, "role_delegated", identity=key, page=sending.ROLE_PAGE)


@on(CodeAsked, network=True)
def send_code(event: CodeAsked, key: str) -> None:
    """A code for signing, drawn here and kept nowhere."""
    sending.send_code(event.signature_id)


@on(HeadPublished, network=True)
def send_head(event: HeadPublished, key: str) -> None:
    """Out of the database, every day."""
    sending.send_head(event.head_id)


def _tell_decision(event: LoanEvent, key: str, template: str) -> None:
    """From now on the decision stands."""
    _tell_family(event, key, template)
    loans.note_told(event.loan_id)


def _tell_family(event: LoanEvent, key: str, template: str) -> None:
    _queue(event, key, template, queries.family(queries.loan(event.loan_id)))


def _tell_parcel(event: ParcelEvent, key: str, template: str) -> None:
    _queue(event, key, template, queries.family(queries.loan(event.loan_id)))


def _tell_signatory(event: SignatureEvent, key: str, template: str) -> None:
    person = queries.signatory(event.signature_id)
    _queue(event, key, template, [person] if person else [])


def _queue(event: ConditionNoted | LaptopHandedOver | LoanEvent, key: str, template: str, people: list[Person]) -> None:
    services.queue(
        key=key,
        template=template,
        loan_id=event.loan_id,
        school_id=event.school_id or 0,
        recipients=recipients(people),
    )
