"""Use-cases of the charter's text: a publication, and who signs again because of it."""

from sqlalchemy import func, select

from portal.charter import outline
from portal.charter.events import CharterPublished
from portal.charter.models import CharterVersion
from portal.charter.queries import texts
from portal.charter.services.drafting import Unfinished, WrittenMeanwhile
from portal.charter.services.invitation import renew
from portal.charter.states import Resign
from portal.charter.text import CharterText, sha256
from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import emit, use_case

AT_ONCE = 200
"""Loans asked again in one transaction: a region has a hundred thousand."""


@use_case
def publish(*, campaign_id: int, title: str, source: str, summary: str) -> CharterVersion:
    """Publish a text for a campaign, under the next number. It never changes: a change is the next version.

    :param source: the charter in Markdown, blanks included (`portal.charter.text`).
    :param summary: its one-page summary, in the same form.
    :raises CharterTextError: a text that cannot be used, with the line to put right.
    """
    for text in (source, summary):
        CharterText.parse(text)
    last = db.session.execute(
        select(func.max(CharterVersion.number)).where(CharterVersion.campaign_id == campaign_id)
    ).scalar_one()
    version = CharterVersion(
        campaign_id=campaign_id,
        number=(last or 0) + 1,
        title=title,
        source=source,
        summary=summary,
        sha256=sha256(source),
        published_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()  # so that the caller reads its id
    return version


@use_case
def publish_draft(campaign_id: int, *, edition: int, resign: Resign) -> CharterVersion:
    """Publish the draft as it was shown; those who have not signed yet read the new text, others as `resign` says.

    :raises WrittenMeanwhile: the draft is no longer the one that was shown.
    :raises Unfinished: something is missing.
    """
    draft = texts.hold_draft(campaign_id)
    if draft.edition != edition:
        raise WrittenMeanwhile
    if found := outline.faults(source=draft.source, summary=draft.summary):
        raise Unfinished(found)
    version = publish(campaign_id=campaign_id, title=draft.title, source=draft.source, summary=draft.summary)
    db.session.delete(draft)
    emit(CharterPublished(school_id=None, version_id=version.id, resign=resign.value))
    return version


@use_case
def renew_some(version_id: int, *, resign: Resign, after: int) -> int:
    """Ask again for the first loans behind number `after`, then leave the others to the next run; returns how many."""
    version = texts.version(version_id)
    loan_ids = texts.concerned(version.campaign_id, resign=resign, after=after, limit=AT_ONCE)
    for loan_id in loan_ids:
        renew(loan_id, version_id=version_id)
    if len(loan_ids) == AT_ONCE:
        emit(CharterPublished(school_id=None, version_id=version_id, resign=resign.value, after=loan_ids[-1]))
    return len(loan_ids)
