"""Invite, end, delegate: who works in a lycée, and until when."""

from dataclasses import dataclass
from datetime import date

from portal.accounts import services as accounts
from portal.credentials import services as credentials
from portal.kernel import clock
from portal.platform.actor import Actor
from portal.platform.work import emit, use_case
from portal.policy import Role
from portal.team import queries, rules
from portal.team.events import ColleagueInvited, HeadDelegated
from portal.team.queries import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody to work with."""

    name: str
    email: str
    role: Role
    starts_on: date | None = None
    ends_on: date | None = None


@use_case
def invite(who: Invitation, *, school_id: int | None, by: Role) -> int:
    """Open their account if there is none, give the role, tell them by e-mail. Returns the account.

    Without a school, the role is the region's. Raises `rules.NotYours`, `RoleHeld`, `WrongDates`.
    """
    role = who.role if school_id is not None else Role.REGION
    rules.refuse_role(role, by=by, at_school=school_id is not None)
    account_id = accounts.open_account(name=who.name, email=who.email)
    grant_id = accounts.grant_role(
        account_id=account_id, role=role, school_id=school_id, starts_on=who.starts_on, ends_on=who.ends_on
    )
    emit(ColleagueInvited(school_id=school_id, account_id=account_id, role=role, grant_id=grant_id))
    return account_id


@use_case
def end(member: Member, *, on: date | None, by: Actor) -> None:
    """End a role at once (today or no day) or after a day; raises `NotYours` or `OwnRole`.

    A delegation is ended by the head who gave it, or by the region; a deputy ends neither heads nor themselves.
    """
    if member.account_id == by.account_id and not member.delegated_by:
        raise rules.OwnRole
    own_delegation = member.delegated_by == by.account_id
    if not own_delegation and not _may_touch(member, by):
        raise rules.NotYours
    accounts.end_role(grant_id=member.grant_id, on=on)


@use_case
def reset(member: Member, *, password_too: bool, by: Actor) -> None:
    """Somebody has lost their second factor: they begin again from an e-mail. Raises `NotYours` or `OwnRole`.

    Those who also work elsewhere, or at the region, are the region's to help: a lycée does not open another one's door.
    """
    if member.account_id == by.account_id:
        raise rules.OwnRole
    if not _may_touch(member, by) or (
        by.role is Role.HEAD and queries.works_elsewhere(member.account_id, by.school_ids)
    ):
        raise rules.NotYours
    credentials.reset_factors(account_id=member.account_id, password_too=password_too, school_id=member.school_id)


@use_case
def delegate(*, deputy: int, school_id: int, first: date, last: date, by: Actor) -> int:
    """Give the head's role to a deputy from a day to another, both included; returns the period. Raises `NotDelegable`.

    The deputy acts with their own account, which the audit trail names; the head keeps the role all the while.
    """
    within = rules.bounds(
        today=clock.today(),
        campaign_ends=queries.campaign_ends(school_id),
        role_ends=queries.own_role_ends(by.grant_id),
    )
    to_self, is_delegate = deputy == by.account_id, by.delegated
    rules.refuse_delegation(first=first, last=last, within=within, to_self=to_self, is_delegate=is_delegate)
    if deputy not in queries.deputies(school_id, but=by.account_id):
        raise rules.NotYours
    grant_id = accounts.grant_role(
        account_id=deputy,
        role=Role.HEAD,
        school_id=school_id,
        starts_on=first,
        ends_on=last,
        delegated_by=by.account_id,
    )
    told = {"account_id": deputy, "grant_id": grant_id, "delegated_by": by.account_id}
    emit(HeadDelegated(school_id=school_id, role=Role.HEAD, **told))
    return grant_id


def _may_touch(member: Member, by: Actor) -> bool:
    """Whether this person gives and ends that role."""
    if by.role is Role.REGION:
        return True
    return member.role in rules.MAY_GIVE.get(by.role, ()) and member.school_id in by.school_ids
