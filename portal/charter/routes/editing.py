"""The region's desk for the charter: the published texts, the draft, its preview, its publication, the translations."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.charter import examples, outline, services
from portal.charter.difference import compare
from portal.charter.forms.editing import LAST, BeginForm, DraftForm, PublishForm, TranslationForm
from portal.charter.models import CharterDraft, CharterVersion
from portal.charter.queries import texts
from portal.charter.queries.texts import Desk
from portal.charter.routes.blueprint import bp
from portal.charter.routes.words import read_text, side_by_side
from portal.charter.services import Unfinished, WrittenMeanwhile
from portal.charter.text import MODELS, VARIABLES, model, shipped_translation
from portal.kernel import clock
from portal.kernel.values.numbers import whole
from portal.platform import files, htmx, pages
from portal.platform.consultation import Shown
from portal.platform.i18n import LANGUAGES, RIGHT_TO_LEFT
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.policy import Action

pages.entry("Charte", "charter.versions", Action.EDIT_CHARTER)
OTHERS = {code: name for code, name in LANGUAGES.items() if code != "fr"}
CONFLICT, UNREADABLE = 409, 422
DRAFT = "/textes-de-charte/<campaign>/brouillon"
PUBLISHED = "/textes-de-charte/<campaign>/<number>"


@bp.get("/textes-de-charte", allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def versions() -> ResponseReturnValue:
    """Every published text, and the draft of each campaign."""
    return _versions_page(BeginForm(), campaign=request.args.get("campagne", ""))


def _versions_page(form: BeginForm, *, campaign: str, status: int = 200) -> ResponseReturnValue:
    """The page, with the form of one campaign: the one asked for, or the latest."""
    desks = texts.desks()
    chosen = next((desk for desk in desks if desk.campaign.name == campaign), desks[0] if desks else None)
    form.offer(published=chosen is not None and chosen.last_text is not None)
    published = texts.versions(sealed_before=clock.now() - services.LATE_AFTER)
    late = sum(one.late for one in published) if current_app.config["SETTINGS"].tsa_url else 0
    context = {"desks": desks, "published": published, "late": late, "languages_names": OTHERS}
    context |= {"chosen": chosen, "today": clock.today()}
    return render_template("charter/versions.html", form=form, **context), status


@bp.post(DRAFT, allow=Action.EDIT_CHARTER)
def begin(campaign: str) -> ResponseReturnValue:
    """Open a draft: from the published text, or from a model."""
    desk = texts.desk(campaign)
    form = BeginForm.sent().offer(published=desk.last_text is not None)
    if not form.validate():
        return _versions_page(form, campaign=campaign, status=UNREADABLE)
    services.begin(desk.campaign.id, **_beginning(desk, form.start.data), by=me().account_id)
    return redirect(url_for(".edit", campaign=campaign), code=303)


def _beginning(desk: Desk, start: str) -> dict[str, str]:
    if start == LAST and desk.last_text is not None:
        return {name: getattr(desk.last_text, name) for name in ("title", "source", "summary")}
    text = model(start)
    return {"title": text.title, "source": text.source, "summary": model(f"{start}.resume").source}


@bp.get(DRAFT, allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def edit(campaign: str) -> ResponseReturnValue:
    """The draft, with what is still to put right."""
    desk = _draft_desk(campaign)
    form = DraftForm(obj=desk.draft)
    return _editor(desk, form, faults=outline.faults(**form.both))


def _draft_desk(campaign: str) -> Desk:
    desk = texts.desk(campaign)
    return desk if desk.draft is not None else abort(404)


def _editor(desk: Desk, form: DraftForm, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    context = {"desk": desk, "form": form, "variables": VARIABLES, "kept": None, "faults": [], "checked": True, **more}
    return render_template("charter/editor.html", **context), status


@bp.post(f"{DRAFT}/texte", allow=Action.EDIT_CHARTER)
def save(campaign: str) -> ResponseReturnValue:
    """Keep what was typed, finished or not; never over somebody else's words unseen."""
    desk, form = _draft_desk(campaign), DraftForm.sent()
    if not form.validate():
        return _editor(desk, form, status=UNREADABLE, checked=False)
    try:
        services.write(desk.campaign.id, edition=form.opened, by=me().account_id, **form.words)
    except WrittenMeanwhile:
        return _both(campaign, form)
    flash(_("Le brouillon est enregistré."), "done")
    return redirect(url_for(".edit", campaign=campaign), code=303)


def _both(campaign: str, form: DraftForm) -> ResponseReturnValue:
    """What was typed stays in the form, what is kept stands above: saving again is then a choice."""
    desk = _draft_desk(campaign)
    form.edition.data = str(desk.draft.edition if desk.draft else 0)
    form.edition.raw_data = None
    return _editor(desk, form, status=CONFLICT, kept=desk.draft, checked=False)


@bp.post(f"{DRAFT}/controle", allow=Action.EDIT_CHARTER)
def check_draft(campaign: str) -> ResponseReturnValue:
    """What is still to put right, as one types; nothing is kept."""
    desk, form = _draft_desk(campaign), DraftForm.sent()
    form.validate()
    faults = outline.faults(**form.both)
    form.refuse_faults([] if htmx.asked() else faults)
    if htmx.asked():  # nothing is refused: somebody is still typing
        return render_template("charter/_checks.html", faults=faults, checked=True)
    return _editor(desk, form, status=UNREADABLE if form.errors else 200, faults=faults)


@bp.post(f"{DRAFT}/abandon", allow=Action.EDIT_CHARTER)
def throw_away(campaign: str) -> ResponseReturnValue:
    """Nothing of the draft is kept."""
    services.throw_away(_draft_desk(campaign).campaign.id)
    flash(_("Le brouillon est supprimé."), "done")
    return redirect(url_for(".versions"), code=303)


# --- preview --------------------------------------------------------------------------------------------------------


@bp.get(f"{DRAFT}/apercu", allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def preview(campaign: str) -> ResponseReturnValue:
    """The draft as an invented family reads it."""
    desk = _draft_desk(campaign)
    if faults := _faults(desk.draft):
        return _unfinished(desk, faults)
    context = _example(desk, desk.draft)
    return htmx.page_or("charter/preview.html", "charter/_preview_pdf.html", **context)


def _faults(draft: CharterDraft | None) -> list[outline.Fault]:
    return outline.faults(source=draft.source, summary=draft.summary) if draft else []


def _unfinished(desk: Desk, faults: list[outline.Fault]) -> ResponseReturnValue:
    form = DraftForm(obj=desk.draft)
    form.refuse_faults(faults)
    return _editor(desk, form, status=UNREADABLE, faults=faults)


def _example(desk: Desk, words: Any) -> dict[str, Any]:
    blanks = examples.values(desk.deployment)
    text, summary = read_text(words.source), read_text(words.summary)
    return {
        "desk": desk,
        "words": words,
        "summary_title": summary.title,
        "summary_rows": side_by_side(summary, None, blanks, prefix="resume-"),
        "text_rows": side_by_side(text, None, blanks),
        "waiting": "attente" in request.args,
    }


@bp.post(f"{DRAFT}/apercu", allow=Action.EDIT_CHARTER)
def ask_preview(campaign: str) -> ResponseReturnValue:
    """Have the exact PDF printed."""
    try:
        services.ask_preview(_draft_desk(campaign).campaign.id)
    except Unfinished as refusal:
        return _unfinished(_draft_desk(campaign), refusal.faults)
    return redirect(url_for(".preview", campaign=campaign, attente=1), code=303)


@bp.get(f"{DRAFT}/apercu.pdf", allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def preview_file(campaign: str) -> ResponseReturnValue:
    """The PDF that was printed."""
    draft = _draft_desk(campaign).draft
    if draft is None or draft.preview_key is None or draft.preview_edition != draft.edition:
        return redirect(url_for(".preview", campaign=campaign))
    headers = {"Content-Disposition": 'inline; filename="apercu-charte.pdf"', "Cache-Control": "no-store"}
    return Response(files.read(draft.preview_key), mimetype="application/pdf", headers=headers)


# --- publication ----------------------------------------------------------------------------------------------------


@bp.get(f"{DRAFT}/publication", allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def confirm_publication(campaign: str) -> ResponseReturnValue:
    """What changes, whom it concerns, and the one button."""
    desk = _draft_desk(campaign)
    if faults := _faults(desk.draft):
        return _unfinished(desk, faults)
    return _publication(desk, PublishForm(data={"edition": str(desk.draft.edition if desk.draft else 0)}))


def _publication(desk: Desk, form: PublishForm, *, status: int = 200, stale: bool = False) -> ResponseReturnValue:
    concerned = texts.count_concerned(desk.campaign.id)
    page = render_template(
        "charter/publish.html",
        desk=desk,
        form=form.offer(concerned),
        concerned=concerned,
        changes=_changes(desk.version, desk.draft),
        stale=stale,
    )
    return page, status


def _changes(before: CharterVersion | None, after: Any) -> list[tuple[str, list[Any]]] | None:
    """The paragraphs that differ, in the text then in the summary; None for a first text."""
    if before is None:
        return None
    pairs = ((_("Le texte"), before.source, after.source), (_("Le résumé"), before.summary, after.summary))
    return [(title, compare(old, new)) for title, old, new in pairs]


@bp.post(f"{DRAFT}/publication", allow=Action.EDIT_CHARTER)
def publish(campaign: str) -> ResponseReturnValue:
    """Publish; those whom the choice concerns are asked again by the worker."""
    desk, form = _draft_desk(campaign), PublishForm.sent()
    if not form.offer(texts.count_concerned(desk.campaign.id)).validate():
        return _publication(desk, form, status=UNREADABLE)
    try:
        version = services.publish_draft(desk.campaign.id, edition=form.opened, resign=form.chosen)
    except WrittenMeanwhile:
        return _changed_meanwhile(campaign)
    flash(_("La version %(number)d est publiée.", number=version.number), "done")
    return redirect(url_for(".version", campaign=campaign, number=version.number), code=303)


def _changed_meanwhile(campaign: str) -> ResponseReturnValue:
    desk = _draft_desk(campaign)
    form = PublishForm(data={"edition": str(desk.draft.edition if desk.draft else 0)})
    return _publication(desk, form, status=CONFLICT, stale=True)


@bp.get(PUBLISHED, allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def version(campaign: str, number: str) -> ResponseReturnValue:
    """A published text as families read it, what it changed, and its translations."""
    found = texts.published(campaign, whole(number) or 0)
    desk = texts.desk(campaign)
    return render_template(
        "charter/version.html",
        found=found,
        changes=_changes(found.before, found.version),
        translations=texts.translations(found.version.id),
        others=OTHERS,
        **_example(desk, found.version),
    )


# --- translations ---------------------------------------------------------------------------------------------------


@bp.get(f"{PUBLISHED}/traduction/<lang>", allow=Action.EDIT_CHARTER, shows=Shown.NOBODY)
def translation(campaign: str, number: str, lang: str) -> ResponseReturnValue:
    """The French text and, beside it, the words of the other language."""
    found = texts.published(campaign, whole(number) or 0)
    known = _known(found, lang)
    form = TranslationForm(data={"revision": str(known.revision if known else 0), **_first_words(found, lang, known)})
    return _translation_page(found, lang, form)


def _known(found: texts.Published, lang: str) -> Any:
    return texts.translation(found.version.id, lang) if lang in OTHERS else abort(404)


def _first_words(found: texts.Published, lang: str, known: Any) -> dict[str, str]:
    """The translation, the one of the text before, the one shipped with the model, or the French to overwrite."""
    if kept := known or texts.earlier_translation(found.campaign, lang):
        return {"source": kept.source, "summary": kept.summary}
    shipped = [words for name in MODELS if (words := shipped_translation(name, lang))]
    same = [
        pair for pair in shipped if len(read_text(pair[0]).sections) == len(read_text(found.version.source).sections)
    ]
    source, summary = same[0] if same else (found.version.source, found.version.summary)
    return {"source": source, "summary": summary}


def _translation_page(
    found: texts.Published, lang: str, form: TranslationForm, *, status: int = 200, kept: Any = None
) -> ResponseReturnValue:
    blanks = {name: f"[{meaning}]" for name, meaning in VARIABLES.items()}
    page = render_template(
        "charter/translation.html",
        found=found,
        form=form,
        kept=kept,
        code=lang,
        language_name=OTHERS[lang],
        direction="rtl" if lang in RIGHT_TO_LEFT else "ltr",
        french=read_text(found.version.source).render(blanks),
    )
    return page, status


@bp.post(f"{PUBLISHED}/traduction/<lang>", allow=Action.EDIT_CHARTER)
def save_translation(campaign: str, number: str, lang: str) -> ResponseReturnValue:
    """Keep a translation, under the next revision."""
    found, form = texts.published(campaign, whole(number) or 0), TranslationForm.sent()
    known = _known(found, lang)
    try:
        _translate(found, lang, form)
    except WrittenMeanwhile:
        form.revision.data = str(known.revision if known else 0)
        return _translation_page(found, lang, form, status=CONFLICT, kept=known)
    if form.errors:
        return _translation_page(found, lang, form, status=UNREADABLE)
    flash(_("La traduction est enregistrée."), "done")
    return redirect(url_for(".version", campaign=campaign, number=number), code=303)


def _translate(found: texts.Published, lang: str, form: TranslationForm) -> None:
    """Keep it; what cannot stand beside the French text is said beside its field."""
    if not form.validate():
        return
    try:
        services.translate(
            found.version.id,
            language=lang,
            revision=form.opened,
            source=form.both["source"],
            summary=form.both["summary"],
            by=me().account_id,
        )
    except Unfinished as refusal:
        form.refuse_faults(refusal.faults)
