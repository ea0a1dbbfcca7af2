"""Accounts, and the people of the staff with their role."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts.models import Account, RoleGrant
from portal.kernel import clock
from portal.platform.actor import Actor
from portal.policy import Role
from portal.schools.models import School
from tests.factories import people
from tests.factories.schools import usual_school
from tests.factories.writing import add, made


@dataclass(frozen=True)
class Staff:
    """Somebody of the staff, ready for `as_user` or for a service: one account, one role, one lycée (or none)."""

    account: Account
    grant: RoleGrant
    school: School | None

    @property
    def account_id(self) -> int:
        return self.account.id

    @property
    def grant_id(self) -> int:
        return self.grant.id

    @property
    def actor(self) -> Actor:
        return Actor(
            account_id=self.account_id,
            name=self.account.name,
            role=self.grant.role,
            grant_id=self.grant_id,
            school_ids=frozenset({self.school.id} if self.school else ()),
        )


@made
def account(**values: Any) -> Account:
    """Somebody who can enter."""
    n = people.number()
    name = values.get("name", people.full_name(n))
    return add(Account(**{"name": name, "email": people.email(name, n), "created_at": clock.now(), **values}))


@made
def staff(role: Role, school: School | None = None, *, account: Account | None = None, **values: Any) -> Staff:
    """A role, in the test's first lycée unless another is given, since the start of the school year."""
    somebody = account or _new_account()
    place = None if role is Role.REGION else school or usual_school()
    usual = {"account_id": somebody.id, "role": role, "at_school_id": place and place.id, "starts_on": date(2026, 9, 1)}
    return Staff(somebody, add(RoleGrant(**{**usual, **values})), place)


_new_account = account


def head(school: School | None = None, **values: Any) -> Staff:
    """The proviseur."""
    return staff(Role.HEAD, school, **values)


def manager(school: School | None = None, **values: Any) -> Staff:
    """The gestionnaire."""
    return staff(Role.MANAGER, school, **values)


def technician(school: School | None = None, **values: Any) -> Staff:
    """The CMI of one lycée; give the same `account=` again for the others."""
    return staff(Role.TECHNICIAN, school, **values)


def region_agent(**values: Any) -> Staff:
    """Somebody of the region."""
    return staff(Role.REGION, **values)
