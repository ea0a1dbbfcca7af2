"""Use-cases of the charter's text."""

from sqlalchemy import func, select

from portal.charter.models import CharterVersion
from portal.charter.text import CharterText, sha256
from portal.extensions import db
from portal.kernel import clock
from portal.platform.work import use_case


@use_case
def publish(*, campaign_id: int, title: str, source: str, summary: str) -> CharterVersion:
    """Publish a text for a campaign, under the next number; requests already invited keep the text they have.

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
