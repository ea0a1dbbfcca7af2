"""Recognise whoever a provider vouches for, link an identity to an account, undo a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.access import services as access
from portal.extensions import db
from portal.federation import queries, rules
from portal.federation.events import IdentityConfirmed, IdentityDoubted, IdentityLinked, IdentityUnlinked
from portal.federation.models import FederatedClaim, FederatedIdentity
from portal.federation.rules import Claims, Doubt, DoubtReason, Linking, NotLinked, Proof, Recognition
from portal.kernel import clock
from portal.platform import scope
from portal.platform.actor import Actor
from portal.platform.work import emit, use_case


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an identity opens: an account, or nothing (0) and why."""

    account_id: int = 0
    doubtful: bool = False
    unconfirmed: bool = False
    """Whether it is linked to an account of the staff, and nobody has confirmed it yet."""


@use_case
def recognise(claims: Claims) -> Arrival:
    """The account of whoever a provider vouches for: linked before, or told for certain by the ENT's vector.

    A doubtful match links nothing and goes to the lycée's list.
    """
    known = queries.identity_of(provider=claims.key, subject=claims.subject)
    if known is not None:
        return _opened_by(known)
    if not claims.vectors:
        return Arrival()
    with scope.every_school(reason="federated sign-in"):
        behind = queries.candidates([one.child for one in claims.vectors])
        linked = queries.identity_of(provider=claims.key, subject=claims.subject)
        if linked is not None:  # in another tab, while this one waited for these people
            return _opened_by(linked)
        return _settle(claims, rules.recognise(claims.vectors, behind))


def _opened_by(identity: FederatedIdentity) -> Arrival:
    if identity.confirmed_at is None:
        return Arrival(unconfirmed=True)
    return Arrival(account_id=identity.account_id)


@use_case
def link(*, account_id: int, claims: Claims, for_staff: bool, as_staff: bool) -> Linking:
    """Link an identity to the account of a live session, at once or once somebody has looked. Raises `NotLinked`.

    :param for_staff: whether the provider vouches for the staff.
    :param as_staff: whether the session holds a role of the staff, second factor included.
    """
    if for_staff and not as_staff:
        raise NotLinked(rules.AS_STAFF)
    known = queries.identity_of(provider=claims.key, subject=claims.subject)
    if known is None:
        if queries.is_linked(account_id, claims.key):
            raise NotLinked(rules.TWO_OF_ONE)
        return _link_new(account_id, claims, for_staff=for_staff)
    if known.account_id != account_id:
        raise NotLinked(rules.TAKEN_BY_ANOTHER)
    return Linking.DONE if known.confirmed_at else Linking.HEAD_CONFIRMS


def _link_new(account_id: int, claims: Claims, *, for_staff: bool) -> Linking:
    doubt = rules.linking_doubt(claims, account_name=queries.owner(account_id).name, for_staff=for_staff)
    if doubt is None:
        _add(account_id, provider=claims.key, subject=claims.subject, proof=Proof.SESSION, confirmed=not for_staff)
        return Linking.HEAD_CONFIRMS if for_staff else Linking.DONE
    with scope.every_school(reason="federated sign-in"):
        people = queries.people_of(account_id)
        if not people:  # no lycée has anybody to look at
            raise NotLinked(rules.UNKNOWN_PERSON)
        _tell(claims, [Doubt.about(one, doubt) for one in people])
    return Linking.SCHOOL_DECIDES


@use_case
def answer_for(public_id: str, *, by: Actor, is_theirs: bool) -> str:
    """Confirm that an identity is that of a colleague, or forget it; returns the colleague's name.

    Raises `NoResultFound` when nobody asks it of this person.
    """
    identity, name = queries.one_to_confirm(public_id, by=by)
    if is_theirs:
        identity.confirmed_at, identity.confirmed_by = clock.now(), by.account_id
        emit(IdentityConfirmed(school_id=None, account_id=identity.account_id, provider=identity.provider))
    else:
        _forget(identity)
    return name


@use_case
def unlink(*, account_id: int, public_id: str) -> None:
    """Forget one of an account's own identities; raises `NotLinked` when its person could not come in any more."""
    identity = queries.own_identity(account_id, public_id)
    if not queries.owner(account_id).reachable and len(queries.identities_of(account_id)) == 1:
        raise NotLinked(rules.ONLY_DOOR)
    _forget(identity)


def _forget(identity: FederatedIdentity) -> None:
    db.session.delete(identity)
    emit(IdentityUnlinked(school_id=None, account_id=identity.account_id, provider=identity.provider))


@use_case
def confirm(*, reference: str, account_id: int) -> None:
    """A school has said whose this identity is: link it, unless it took its word back or things changed meanwhile."""
    waiting = queries.claim(reference)
    with scope.every_school(reason="federated sign-in"):
        said = queries.school_says(reference, account_id)
    if not said or waiting is None or queries.identity_of(provider=waiting.provider, subject=waiting.subject):
        return
    if not queries.is_linked(account_id, waiting.provider):
        _add(account_id, provider=waiting.provider, subject=waiting.subject, proof=Proof.SCHOOL)


@use_case
def take_back(*, reference: str, account_id: int) -> None:
    """A school takes its word back: the identity opens nothing any more, if it is by that word that it did."""
    waiting = queries.claim(reference)
    linked = [one for one in queries.identities_of(account_id) if one.proof is Proof.SCHOOL] if waiting else []
    for identity in linked:
        if waiting and (identity.provider, identity.subject) == (waiting.provider, waiting.subject):
            _forget(identity)


@use_case
def forget_claims() -> int:
    """Delete the identities about which nobody has spoken in time; a scheduled job of the worker. Returns how many."""
    before = clock.now() - rules.CLAIM_KEPT
    unconfirmed = (FederatedIdentity.confirmed_at.is_(None), FederatedIdentity.linked_at < before)
    gone = (
        db.session.execute(delete(FederatedClaim).where(FederatedClaim.asked_at < before)),
        db.session.execute(delete(FederatedIdentity).where(*unconfirmed)),
    )
    return sum(int(getattr(some, "rowcount", 0)) for some in gone)


def _settle(claims: Claims, found: Recognition) -> Arrival:
    _tell(claims, found.doubts)
    if not found.people:
        return Arrival(doubtful=bool(found.doubts))
    account_id = found.account_id
    if account_id and queries.is_linked(account_id, claims.key):
        _tell(claims, [Doubt.about(one, DoubtReason.TAKEN) for one in found.people])
        return Arrival(doubtful=True)
    for one in found.people:
        held = access.propose(
            name=one.name,
            proof=access.Proof.SCHOOL_KEY,
            account_id=account_id,
            guardian_id=one.guardian_id,
            student_id=None if one.guardian_id else one.student_id,
        )
        account_id = account_id or held.account_id
    if account_id is None:
        return Arrival(doubtful=True)
    _add(account_id, provider=claims.key, subject=claims.subject, proof=Proof.VECTOR)
    return Arrival(account_id=account_id)


def _add(account_id: int, *, provider: str, subject: str, proof: Proof, confirmed: bool = True) -> None:
    now = clock.now()
    known = {"provider": provider, "subject": subject, "proof": proof, "linked_at": now}
    db.session.add(FederatedIdentity(account_id=account_id, confirmed_at=now if confirmed else None, **known))
    try:
        db.session.flush()  # somebody may be linking the same at this instant: the index knows
    except IntegrityError as error:
        raise NotLinked(rules.TAKEN_BY_ANOTHER) from error
    emit(IdentityLinked(school_id=None, account_id=account_id, provider=provider, proof=proof))


def _tell(claims: Claims, doubts: Sequence[Doubt]) -> None:
    """Put each doubt on the list of its lycée, where a person decides; the identity waits under a name of our own."""
    waiting = queries.claim_of(provider=claims.key, subject=claims.subject) if doubts else None
    if doubts and waiting is None:
        waiting = FederatedClaim(provider=claims.key, subject=claims.subject, asked_at=clock.now())
        db.session.add(waiting)
        db.session.flush()  # the list names it
    for doubt in doubts:
        access.propose(
            name=claims.name,
            proof=access.Proof.NAME,
            subject=waiting.public_id if waiting else "",
            guardian_id=doubt.guardian_id,
            student_id=doubt.student_id,
        )
        emit(IdentityDoubted(school_id=doubt.school_id, provider=claims.key, reason=doubt.reason))
