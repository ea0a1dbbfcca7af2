"""The signatory's pages: read, receive a code, sign, keep a copy. Looking changes nothing (SIG-3)."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.entrance import browser_key
from portal.charter import queries, rules, services
from portal.charter.forms import ChannelForm, LetterSignForm, SignForm
from portal.charter.queries import SignatoryFile, texts
from portal.charter.routes.blueprint import bp
from portal.charter.routes.words import read_text as _text
from portal.charter.routes.words import side_by_side
from portal.charter.services.codes import session_hash
from portal.charter.states import PENDING, SignatureState
from portal.kernel import clock
from portal.kernel.values.dates import is_adult
from portal.loans.states import ENDED, CharterGate, LoanState
from portal.platform import files, htmx
from portal.platform.i18n import language
from portal.platform.web import me
from portal.policy import Action

_S = SignatureState
DONE = (_S.SIGNED, _S.SEALED)
OPEN = (CharterGate.TO_SIGN, CharterGate.SIGNED)
"""A signed charter may wait again: for the second signature of a new text, when the device has left."""

PATIENCE = timedelta(minutes=2)
"""After a request is sent: if nobody is asked to sign by then, the school's file names nobody who may."""


@bp.get("/charte/<loan_id>", allow=Action.SIGN_CHARTER)
def start(loan_id: str) -> ResponseReturnValue:
    """The charter of a loan: one's own to sign, or who signs it."""
    file = queries.loan_file(loan_id, account_id=me().account_id)
    mine = file.mine
    if mine and (mine.state in {*DONE, _S.DECLINED} or (mine.state in PENDING and not _stopped(file))):
        return redirect(url_for(".show", public_id=mine.public_id))
    if htmx.asked():
        return (
            htmx.go(url_for(".start", loan_id=loan_id))
            if file.signatures
            else render_template("charter/_inviting.html", loan=file.loan)
        )
    return render_template("charter/who.html", file=file, loan=file.loan, school=file.school, **_situation(file))


@bp.post("/charte/<loan_id>", allow=Action.SIGN_CHARTER)
def take_over(loan_id: str) -> ResponseReturnValue:
    """The student has turned eighteen: the charter is now theirs to sign."""
    file = queries.loan_file(loan_id, account_id=me().account_id)
    if _situation(file)["mine_to_take"]:
        services.invite(file.loan.id)
    return htmx.go(url_for(".start", loan_id=loan_id))


@bp.get("/charte/<public_id>/suite", allow=Action.SIGN_CHARTER)
def show(public_id: str) -> ResponseReturnValue:
    """Where messages lead: the step at which this signatory is."""
    return redirect(_step_of(_own(public_id)))


@bp.get("/charte/<public_id>/lire", allow=Action.SIGN_CHARTER)
def read(public_id: str) -> ResponseReturnValue:
    """The summary, the whole text, and the exact file."""
    file = _own(public_id)
    if file.signature.state not in PENDING or file.loan.charter not in OPEN:
        return redirect(_step_of(file))
    if file.signature.blanks is None:
        return htmx.page_or("charter/preparing.html", "charter/_preparing.html", **context_of(file))
    if htmx.asked():
        return htmx.go(url_for(".read", public_id=public_id))
    return render_template("charter/read.html", **context_of(file), **words_of(file))


@bp.get("/charte/<public_id>/resume", allow=Action.SIGN_CHARTER)
def summary(public_id: str) -> ResponseReturnValue:
    """The charter in one page, in large type, to print and to keep on the fridge."""
    file = _own(public_id)
    if file.signature.blanks is None:
        return redirect(_step_of(file))
    return render_template("charter/summary.html", **context_of(file), **words_of(file))


@bp.post("/charte/<public_id>/lire", allow=Action.SIGN_CHARTER)
def confirm(public_id: str) -> ResponseReturnValue:
    """Somebody has read the charter and wishes to sign it."""
    file = _own(public_id)
    services.confirm_reading(file.signature.id, by=me().account_id, language=language())
    return htmx.go(url_for(".sign", public_id=public_id))


@bp.get("/charte/<public_id>/signer", allow=Action.SIGN_CHARTER)
def sign(public_id: str) -> ResponseReturnValue:
    """Receive a code; then type it, with one's name."""
    file = _own(public_id)
    if file.signature.state is not _S.DISPLAYED or file.loan.charter not in OPEN:
        return redirect(_step_of(file))
    return _sign_page(file)


@bp.post("/charte/<public_id>/code", allow=Action.SIGN_CHARTER)
def ask_code(public_id: str) -> ResponseReturnValue:
    """Send a code to a contact that the school knows."""
    file = _own(public_id)
    form = ChannelForm.sent().offer(_contacts(file))
    if not form.validate():
        return _sign_page(file, channel_form=form, status=422)
    try:
        services.ask_code(file.signature.id, channel=form.channel.data, session=browser_key())
    except rules.TooSoon as wait:
        flash(str(wait.message), "waiting")
    return htmx.go(url_for(".sign", public_id=public_id))


@bp.post("/charte/<public_id>/signer", allow=Action.SIGN_CHARTER)
def accept(public_id: str) -> ResponseReturnValue:
    """Sign. Sent twice, it is signed once."""
    file, form = _own(public_id), SignForm.sent()
    if file.signature.state in DONE:
        return htmx.go(url_for(".done", public_id=public_id))
    if form.validate() and not _refusals(file, form):
        return htmx.go(url_for(".done", public_id=public_id))
    return _sign_page(_own(public_id), form=form, status=422)


@bp.post("/charte/<public_id>/lettre", allow=Action.SIGN_CHARTER)
def sign_by_letter(public_id: str) -> ResponseReturnValue:
    """Sign with the code of the school's letter, where the school knows no other way."""
    file, form = _own(public_id), LetterSignForm.sent()
    if file.signature.state in DONE:
        return htmx.go(url_for(".done", public_id=public_id))
    if form.validate():
        name, consent = form.name.data or "", bool(form.consent.data)
        form.refuse_all(services.sign_by_letter(file.signature.id, name=name, consent=consent, code=form.symbols))
        if not form.errors:
            return htmx.go(url_for(".done", public_id=public_id))
    return _sign_page(_own(public_id), letter_form=form, status=422)


@bp.get("/charte/<public_id>/ne-pas-signer", allow=Action.SIGN_CHARTER)
def decline(public_id: str) -> ResponseReturnValue:
    """What happens if one does not sign; and, once declined, how to change one's mind."""
    file = _own(public_id)
    if file.signature.state in DONE:
        return redirect(_step_of(file))
    return render_template("charter/decline.html", declined=file.signature.state is _S.DECLINED, **context_of(file))


@bp.post("/charte/<public_id>/ne-pas-signer", allow=Action.SIGN_CHARTER)
def confirm_decline(public_id: str) -> ResponseReturnValue:
    """Do not sign."""
    services.decline(_own(public_id).signature.id)
    return htmx.go(url_for(".decline", public_id=public_id))


@bp.post("/charte/<public_id>/reprendre", allow=Action.SIGN_CHARTER)
def change_mind(public_id: str) -> ResponseReturnValue:
    """Sign after all."""
    services.change_mind(_own(public_id).signature.id)
    return htmx.go(url_for(".show", public_id=public_id))


@bp.get("/charte/<public_id>/signee", allow=Action.SIGN_CHARTER)
def done(public_id: str) -> ResponseReturnValue:
    """It is signed; the sealed copy comes as soon as the worker has made it."""
    file = _own(public_id)
    if file.signature.state not in DONE:
        return redirect(_step_of(file))
    everybody = queries.loan_file(file.loan.public_id, account_id=me().account_id)
    left = [one.name_on_record for one in everybody.of_text(file.version.id) if one.state in PENDING]
    return htmx.page_or("charter/done.html", "charter/_copy.html", waiting_for=left, **context_of(file))


@bp.get("/charte/<public_id>/charte.pdf", allow=Action.SIGN_CHARTER)
def presented(public_id: str) -> ResponseReturnValue:
    """The exact file to sign, read in the browser; for its signatory only."""
    file = _own(public_id)
    if file.signature.presented_key is None:
        return redirect(_step_of(file))
    return pdf_of(file.signature.presented_key, file.loan.reference, inline=True)


@bp.get("/charte/<public_id>/charte-signee.pdf", allow=Action.SIGN_CHARTER)
def sealed(public_id: str) -> ResponseReturnValue:
    """The sealed file, to keep; for its signatory only."""
    file = _own(public_id)
    if file.signature.sealed_key is None:
        return redirect(_step_of(file))
    return pdf_of(file.signature.sealed_key, file.loan.reference, inline=False)


# --- what the pages need --------------------------------------------------------------------------------------------


def _own(public_id: str) -> SignatoryFile:
    return queries.own_file(public_id, account_id=me().account_id)


def _stopped(file: queries.LoanFile) -> bool:
    """Nobody may sign for now, or any more."""
    return file.loan.charter not in OPEN or file.loan.state in ENDED


def _situation(file: queries.LoanFile) -> dict[str, Any]:
    """Who signs, in the words of the page."""
    student, account_id = file.student, me().account_id
    is_student = student.account_id == account_id
    alone = student.emancipated or is_adult(student.birth_date, clock.today())
    own = None if is_student else services.own_right(file)
    return {
        "is_student": is_student,
        "reason": own.reason if own and not own.holds else "",
        "own_opposition": bool(own and own.opposed),
        "may_oppose": bool(own and own.holds and not own.opposed) and not _stopped(file),
        "mine_to_take": is_student and alone and not file.mine and bool(file.signatures) and not _stopped(file),
        "late": file.loan.submitted_at is not None and clock.now() - file.loan.submitted_at > PATIENCE,
        "draft": file.loan.state is LoanState.DRAFT,
        "ended": file.loan.state in ENDED,
        "signed_by": file.named(*DONE),
        "declined_by": file.named(_S.DECLINED),
        "waiting_for": file.named(*PENDING),
    }


def _step_of(file: SignatoryFile) -> str:
    """The page of a signatory's present step."""
    state = file.signature.state
    if state in DONE:
        return url_for(".done", public_id=file.signature.public_id)
    if state is _S.DECLINED:
        return url_for(".decline", public_id=file.signature.public_id)
    if state not in PENDING or file.loan.charter not in OPEN or file.loan.state in ENDED:
        return url_for(".start", loan_id=file.loan.public_id)
    return url_for(".sign" if state is _S.DISPLAYED else ".read", public_id=file.signature.public_id)


def context_of(file: SignatoryFile) -> dict[str, Any]:
    """What each page about one signature shows."""
    return {
        "signature": file.signature,
        "version": file.version,
        "loan": file.loan,
        "student": file.student,
        "school": file.school,
        "consent": rules.CONSENT,
    }


def words_of(file: SignatoryFile) -> dict[str, Any]:
    """The text as the file has it, from the values with which the file was filled, and its translation beside it."""
    blanks, reads = file.signature.blanks or {}, language()
    other = None if reads == "fr" else texts.translation(file.version.id, reads)
    text, summary = _text(file.version.source), _text(file.version.summary)
    return {
        "summary_title": summary.title,
        "summary_rows": side_by_side(summary, _text(other.summary) if other else None, blanks, prefix="resume-"),
        "sections": text.sections,
        "text_rows": side_by_side(text, _text(other.source) if other else None, blanks),
        "translation": other,
        "other_titles": (_text(other.summary).title, _text(other.source).title) if other else ("", ""),
    }


def _contacts(file: SignatoryFile) -> dict[str, str]:
    return rules.channels(email=file.email, mobile=file.mobile)


def _sign_page(
    file: SignatoryFile,
    *,
    channel_form: ChannelForm | None = None,
    form: SignForm | None = None,
    letter_form: LetterSignForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """First the choice of a channel; once a code is asked for in this browser, the form that takes it."""
    contacts, facts, now = _contacts(file), queries.code_facts(file.signature), clock.now()
    asked_here = file.signature.code_session == session_hash(str(session.get("browser", "")))
    waiting = facts.asked_at is not None and asked_here and now - facts.asked_at < rules.CODE_LIFE
    chosen = channel_form or ChannelForm(channel=file.signature.code_channel).offer(contacts)
    context: dict[str, Any] = {
        "contacts": contacts,
        "code_sent": waiting or form is not None,
        "sent_to": rules.masked(file.signature.code_channel or "", file.signature.code_to or "") if waiting else "",
        "seconds": rules.seconds_to_ask(facts, now=now),
        "channel_form": chosen,
        "form": form or channel_form or letter_form or SignForm(),
        "sign_form": form or SignForm(),
        "letter_form": letter_form or LetterSignForm(),
        **context_of(file),
    }
    return htmx.page_or("charter/sign.html", "charter/_again.html", status=status, **context)


def _refusals(file: SignatoryFile, form: SignForm) -> dict[str, str]:
    """Sign, and put what is refused beside its field."""
    refusals = services.sign(
        file.signature.id,
        name=form.name.data or "",
        consent=bool(form.consent.data),
        code=form.digits,
        session=browser_key(),
    )
    for field, sentence in refusals.items():
        form.refuse(field, sentence)
    return refusals


def pdf_of(key: str, reference: str, *, inline: bool) -> Response:
    """A file named by the loan's reference only; never kept by a shared browser."""
    place = "inline" if inline else "attachment"
    name = f"charte-{reference}.pdf"
    headers = {"Content-Disposition": f'{place}; filename="{name}"', "Cache-Control": "no-store"}
    return Response(files.read(key), mimetype="application/pdf", headers=headers)
