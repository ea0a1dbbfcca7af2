"""A lycée joins: the region opens it and invites who runs it, in one step."""

from portal.kernel.errors import DomainError
from portal.kernel.values.address import PostalAddress
from portal.platform.work import use_case
from portal.policy import Role
from portal.schools import queries as school_queries
from portal.schools import services as schools
from portal.team.services.roles import Invitation, invite


class UnusableAddress(DomainError):
    """No letter would reach the lycée; the sentence says what to write."""


@use_case
def open_school(uai: str, *, head: Invitation, manager: Invitation | None, street: str, phone: str) -> str:
    """Let a lycée of the directory take part, and invite its head and, if known, its manager. Returns its public id.

    Raises `NotOpened` when it takes part already or is another region's, `UnusableAddress`, or `NoResultFound`.
    """
    known = school_queries.entry(uai)
    address = PostalAddress(recipient=known.name, street=street, postcode=known.postcode, city=known.city)
    if problems := address.problems():
        raise UnusableAddress(problems[0].message)
    email = known.email or (manager or head).email
    new = schools.NewSchool(uai=uai, name=known.name, head_name=head.name, contact_phone=phone, contact_email=email)
    school = schools.open_school(new, address=address)
    for colleague in filter(None, (head, manager)):
        invite(colleague, school_id=school.id, by=Role.REGION)
    return school.public_id
