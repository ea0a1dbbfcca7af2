"""Who is told, and by which way."""

from portal.notifications.rules import Person, Recipient, recipients
from portal.notifications.states import Channel

JEANNE = Person("Jeanne Weber", "jeanne@example.org", "+33639980001", account_id=1, language="ar")


def test_an_address_is_preferred_to_a_mobile():
    assert recipients([JEANNE]) == [Recipient(Channel.EMAIL, "jeanne@example.org", "Jeanne Weber", "ar")]


def test_without_an_address_the_mobile_is_used():
    assert recipients([Person("Omar", None, "+33639980002")]) == [Recipient(Channel.SMS, "+33639980002", "Omar", "fr")]


def test_nobody_is_told_without_any_contact():
    assert recipients([Person("Omar", "", None)]) == []


def test_the_same_account_is_one_person_whatever_the_address():
    other = Person("J. Weber", "jeanne.travail@example.org", None, account_id=1)
    assert [way.to for way in recipients([JEANNE, other])] == ["jeanne@example.org"]


def test_the_same_address_is_one_person_whatever_its_capitals():
    other = Person("Paul Weber", "Jeanne@Example.org", None)
    assert [way.to for way in recipients([JEANNE, other])] == ["jeanne@example.org"]


def test_somebody_without_contact_does_not_hide_their_other_entry():
    unreachable = Person("Jeanne", None, None, account_id=1)
    assert [way.to for way in recipients([unreachable, JEANNE])] == ["jeanne@example.org"]


def test_two_parents_get_one_message_each():
    paul = Person("Paul", "paul@example.org", None, account_id=2)
    assert [way.to for way in recipients([JEANNE, paul])] == ["jeanne@example.org", "paul@example.org"]
