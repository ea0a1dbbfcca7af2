"""From rows to paper: the letters of a batch, for the worker."""

from portal.access.documents import Letter, Lycee, letters_pdf
from portal.access.queries import Addressee
from portal.access.services.letters import Batch
from portal.kernel import clock
from portal.kernel.clock import PARIS
from portal.kernel.errors import DomainError
from portal.kernel.values.phones import display_phone
from portal.kernel.words import later
from portal.platform.batches import Progress
from portal.schools import queries as schools


class NobodyLeft(DomainError):
    """Everybody of the batch left, or was put into another one, between the question and the printing."""

    message = later("Plus personne n’attend ces lettres. Retournez à la liste, puis recommencez.")


def print_letters(batch: Batch, *, base_url: str, progress: Progress | None) -> bytes:
    """The PDF of a batch, in the order of classes and names. `base_url` is the portal's address, in the squares."""
    if not batch.addressees:
        raise NobodyLeft
    lycee = _sender(batch.school_id)
    today, last_day = clock.today(), batch.expires_at.astimezone(PARIS).date()
    letters = [
        Letter(
            addressee=_window(one),
            name=one.name,
            class_name=one.class_name,
            students=one.students,
            adult=one.adult,
            code=batch.codes[one.letter_id],
            door=f"{base_url}/acces",
            printed_on=today,
            last_day=last_day,
            lycee=lycee,
        )
        for one in batch.addressees
    ]
    return letters_pdf(letters, progress=progress)


def _sender(school_id: int) -> Lycee:
    school = schools.one(school_id)
    return Lycee(
        name=school.name,
        address=tuple(school.address.lines()[1:]) if school.address else (),
        contact_name=school.contact_name,
        phone=display_phone(school.contact_phone),
        hours=school.contact_hours,
        email=school.contact_email,
    )


def _window(one: Addressee) -> tuple[str, ...]:
    """The lines of the window (NF Z10-011); without an address that a postman can read, what the lycée needs to hand it over."""
    if one.address is not None and not one.address.problems():
        return tuple(one.address.lines())
    hand_to = one.name if one.adult else f"aux soins de {one.students[0]}"
    return tuple(dict.fromkeys((one.name, hand_to, f"Classe {one.class_name}", "Remise en main propre")))
