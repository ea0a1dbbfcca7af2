"""Use-cases of the region that writes a charter: the draft, its preview, the courtesy translations."""

from portal.charter import outline, queries
from portal.charter.document import charter_pdf
from portal.charter.events import DraftChanged, PreviewAsked, TranslationSaved
from portal.charter.examples import example
from portal.charter.models import CharterDraft, CharterTranslation
from portal.charter.outline import Fault
from portal.charter.queries import texts
from portal.charter.text import CharterText
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import DomainError
from portal.kernel.words import later
from portal.platform.i18n import reading
from portal.platform.work import emit, use_case


class Unfinished(DomainError):
    """The text lacks something; `faults` says what, each with its field."""

    message = later("Ce texte n’est pas prêt. Corrigez ce qui est indiqué, puis recommencez.")

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


class WrittenMeanwhile(DomainError):
    """Somebody saved since the form was opened: both texts are shown, nothing is overwritten (REL-14)."""

    message = later("Quelqu’un a enregistré ce texte pendant que vous écriviez. Comparez, puis enregistrez.")


@use_case
def begin(campaign_id: int, *, title: str, source: str, summary: str, by: int | None) -> CharterDraft:
    """Open the draft of a campaign from a text; one that is open already is kept as it is."""
    if (known := texts.draft_of(campaign_id)) is not None:
        return known
    draft = CharterDraft(
        campaign_id=campaign_id, title=title, source=source, summary=summary, changed_at=clock.now(), changed_by=by
    )
    db.session.add(draft)
    emit(DraftChanged(school_id=None, campaign_id=campaign_id))
    return draft


@use_case
def write(campaign_id: int, *, edition: int, by: int, **words: str) -> CharterDraft:
    """Save what was typed, unfinished or not: only a publication asks that all be there. Raises `WrittenMeanwhile`.

    :param edition: that of the draft as the form showed it.
    :param words: `title`, `source` and `summary`.
    """
    draft = texts.hold_draft(campaign_id)
    if draft.edition != edition:
        raise WrittenMeanwhile
    if any(getattr(draft, name) != value for name, value in words.items()):
        for name, value in words.items():
            setattr(draft, name, value)
        draft.edition += 1
        draft.changed_at, draft.changed_by = clock.now(), by
        emit(DraftChanged(school_id=None, campaign_id=campaign_id))
    return draft


@use_case
def throw_away(campaign_id: int) -> None:
    """Nothing of the draft is kept; the published texts stay."""
    db.session.delete(texts.hold_draft(campaign_id))
    emit(DraftChanged(school_id=None, campaign_id=campaign_id))


@use_case
def ask_preview(campaign_id: int) -> None:
    """The exact PDF of the draft, with example values; asked twice for one edition, it is printed once."""
    draft = texts.hold_draft(campaign_id)
    if found := outline.faults(source=draft.source, summary=draft.summary):
        raise Unfinished(found)
    if draft.preview_edition != draft.edition:
        emit(PreviewAsked(school_id=None, campaign_id=campaign_id, edition=draft.edition))


def print_preview(campaign_id: int, *, edition: int) -> bytes | None:
    """The PDF of a draft, for the worker; None when it was saved again meanwhile."""
    draft = texts.draft_of(campaign_id)
    if draft is None or draft.edition != edition:
        return None
    with reading("fr"):
        return charter_pdf(example(draft, queries.deployment(campaign_id)))


@use_case
def note_preview(campaign_id: int, *, edition: int, key: str) -> None:
    """Keep where the preview is, if it is still that of the draft."""
    draft = texts.draft_of(campaign_id)
    if draft is not None and draft.edition == edition:
        draft.preview_key, draft.preview_edition = key, edition


@use_case
def translate(
    version_id: int, *, language: str, revision: int, source: str, summary: str, by: int | None
) -> CharterTranslation:
    """Write a courtesy translation, or correct it under the next revision: what was read before stays as it was.

    :param revision: the last one that the person saw; 0 for none. Raises `WrittenMeanwhile` when there is a later one.
    :raises Unfinished: a translation that cannot stand beside the French text.
    """
    french = CharterText.parse(texts.hold_version(version_id).source)
    if found := outline.translation_faults(source=source, summary=summary, french=french):
        raise Unfinished(found)
    known = texts.translation(version_id, language)
    if (known.revision if known else 0) != revision:
        raise WrittenMeanwhile
    row = CharterTranslation(
        version_id=version_id,
        language=language,
        revision=revision + 1,
        source=source,
        summary=summary,
        saved_at=clock.now(),
        saved_by=by,
    )
    db.session.add(row)
    emit(TranslationSaved(school_id=None, version_id=version_id))
    return row
