"""Who receives a message, and by which way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.notifications.states import Channel


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to tell, with the contacts that are known; the same person may be known twice."""

    name: str
    email: str | None
    mobile: str | None
    account_id: int | None = None
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody and the one way by which they are told."""

    channel: Channel
    to: str
    name: str
    language: str


def recipients(people: Iterable[Person]) -> list[Recipient]:
    """One message per person: by e-mail if an address is known, by SMS otherwise; nobody without either.

    Two entries are the same person when they share an account, an address or a mobile; the first entry's contacts win.
    """
    found: list[Recipient] = []
    accounts: set[int] = set()
    for person in people:
        way = _way(person)
        known = person.account_id in accounts or (way and any(way.to == other.to for other in found))
        if way and not known:
            found.append(way)
        if person.account_id is not None and way:
            accounts.add(person.account_id)
    return found


def _way(person: Person) -> Recipient | None:
    email = (person.email or "").strip().lower()
    if email:
        return Recipient(Channel.EMAIL, email, person.name, person.language)
    if person.mobile:
        return Recipient(Channel.SMS, person.mobile, person.name, person.language)
    return None


def reached_by(person: Person, *, email: str | None, mobile: str | None) -> Person:
    """The same person, with contacts for what is not known of them."""
    return replace(person, email=person.email or email, mobile=person.mobile or mobile)


def only_by(person: Person, channel: str) -> Person:
    """The same person, reached by this way alone; by any when none was chosen."""
    if channel == Channel.SMS:
        return replace(person, email=None)
    return replace(person, mobile=None) if channel == Channel.EMAIL else person
