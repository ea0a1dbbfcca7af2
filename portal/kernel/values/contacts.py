"""How somebody is reached, typed in one field: an e-mail address or a mobile number."""

from portal.kernel.errors import DomainError
from portal.kernel.values.emails import parse_email
from portal.kernel.values.phones import is_mobile, parse_phone
from portal.kernel.words import later


class NoTextMessages(DomainError):
    """A number to which no text message can be sent."""

    message = later("Ce numéro est celui d’un téléphone fixe. Écrivez un numéro de portable, ou votre e-mail.")


def parse_contact(text: str) -> str:
    """The address in lower case, or the number in E.164.

    Raises `UnreadableEmail`, `UnreadablePhone` or `NoTextMessages`, whose message says what is missing.
    """
    looks_like_a_number = sum(sign.isdigit() for sign in text) > sum(sign.isalpha() for sign in text)
    if "@" in text or not looks_like_a_number:
        return parse_email(text).lower()
    number = parse_phone(text)
    if not is_mobile(number):
        raise NoTextMessages
    return number


def is_number(contact: str) -> bool:
    """Whether a contact is a mobile number; an e-mail address otherwise."""
    return contact.startswith("+")
