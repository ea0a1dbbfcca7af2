"""Where an agent was before a signature at the desk, as at a scanning post: the pages of that signature lead back there."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from flask import session, url_for

from portal.charter.queries import follow

KEY: Final = "desk_return"


@dataclass(frozen=True, slots=True)
class Return:
    """A page of ours, and the words of the link that leads there."""

    url: str
    words: str


def begin(loan_id: str, back: Return) -> str:
    """Remember the way back for the charter of a loan (public id); returns the page where one goes on.

    That is the signature itself when one person alone has to sign, else the list of who signs. Raises `NoResultFound`.
    """
    waiting = [one.signature for one in follow.of_loan(loan_id).signers if one.pending]
    session[KEY] = {"loan": loan_id, **asdict(back)}
    if len(waiting) == 1:
        return url_for("charter.attend", public_id=waiting[0].public_id)
    return url_for("charter.follow_loan", loan_id=loan_id)


def way_back(loan_id: str | None = None) -> Return | None:
    """The way back that was remembered for this loan, or for whichever it was; None when one came by the menu."""
    kept = session.get(KEY)
    if kept is None or loan_id not in {None, kept["loan"]}:
        return None
    return Return(kept["url"], kept["words"])


def kept(lend: Callable[[], None]) -> None:
    """Lend the browser, and keep the way back: it names a page that asks who one is."""
    before = session.get(KEY)
    lend()
    if before is not None:
        session[KEY] = before
