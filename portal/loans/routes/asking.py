"""A family asks: one question a page, each with its address; every answer is kept at once."""

from datetime import date
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.kernel.values.emails import mask_email
from portal.kernel.values.numbers import whole
from portal.kernel.values.phones import display_phone, mask_phone
from portal.kernel.values.postcodes import check
from portal.loans import queries, rules, services
from portal.loans.errors import Changed
from portal.loans.forms.family import AddressForm, ContactForm, DeliveryForm, StudentForm
from portal.loans.models import Loan
from portal.loans.queries import Child, Dossier
from portal.loans.routes.blueprint import bp
from portal.loans.states import CharterGate, Delivery, LoanState
from portal.platform import ban, htmx
from portal.platform.i18n import gettext as _
from portal.platform.web import me
from portal.platform.work import let_go
from portal.policy import Action

PAGES = {"remise": "loans.delivery", "adresse": "loans.address", "contact": "loans.contact"}
"""The page of each question."""

SIGN = "charter.start"
SIGNABLE = (LoanState.SUBMITTED, LoanState.WAITLISTED, LoanState.APPROVED, LoanState.PREPARING)
"""While the charter may still be signed."""


@bp.get("/mes-dossiers/demande", allow=Action.REQUEST_LOAN)
def begin() -> ResponseReturnValue:
    """What will be asked, how long it takes, what happens next."""
    person = me()
    family = queries.children(person.account_id)
    wanted = request.args.get("eleve")
    able = [child for child in family if child.may_ask(person.account_id)]
    chosen = [child for child in able if child.student.public_id == wanted] or able
    return render_template("loans/family/begin.html", **_announced(family, chosen, able))


def _announced(family: list[Child], chosen: list[Child], able: list[Child]) -> dict[str, Any]:
    """The number of screens comes from the rules that lead the way (UX-12)."""
    several = len(chosen) > 1
    known = (chosen or family)[:1]
    day = clock.today()
    return {
        "family": family,
        "able": able,
        "chosen": None if several or not chosen else chosen[0],
        "at_home": rules.screens(Delivery.HOME, choose_student=several),
        "at_school": rules.screens(Delivery.SCHOOL, choose_student=several),
        "answer_by": rules.Calendar.of(known[0].school.postcode if known else None).after(day, rules.ANSWER_DAYS),
        "school": known[0].school if known else None,
        "drafts": [(child, draft) for child in family if (draft := child.draft_of(me().account_id))],
    }


@bp.get("/mes-dossiers/demande/eleve", allow=Action.REQUEST_LOAN)
def student() -> ResponseReturnValue:
    """For which child; only when there are several."""
    children = queries.children(me().account_id)
    return _student_page(StudentForm(), children)


@bp.post("/mes-dossiers/demande/eleve", allow=Action.REQUEST_LOAN, endpoint="start")
def start() -> ResponseReturnValue:
    """Open the request, or go on with the draft that another tab has opened."""
    account_id = me().account_id
    children = queries.children(account_id)
    form = StudentForm.sent()
    open_to_me = [child for child in children if child.may_ask(account_id) or child.draft_of(account_id)]
    if not form.offer({child.student.public_id: child.student.name for child in open_to_me}).validate():
        return _student_page(form, children, status=422)
    child = next(child for child in open_to_me if child.student.public_id == form.eleve.data)
    loan = services.start(student_id=child.student.id, account_id=account_id)
    return htmx.go(_resume_url(loan.public_id, rules.missing(queries.answers(loan))))


def _student_page(form: StudentForm, children: list[Child], *, status: int = 200) -> ResponseReturnValue:
    able = [child for child in children if child.may_ask(me().account_id)]
    form.offer({child.student.public_id: child.student.name for child in able})
    hints = {child.student.public_id: f"{child.student.class_name}, {child.school.name}" for child in able}
    return htmx.page_or(
        "loans/family/student.html",
        "loans/family/_student.html",
        status=status,
        form=form,
        hints=hints,
        school=children[0].school if children else None,
        left=rules.screens(None, choose_student=True),
    )


def _resume_url(public_id: str, missing: list[str]) -> str:
    return url_for(PAGES[missing[0]] if missing else "loans.check_answers", public_id=public_id)


def _draft(public_id: str) -> Dossier:
    return queries.own_draft(public_id, account_id=me().account_id)


def _question(
    step: str, name: str, dossier: Dossier, form: Any, *, status: int = 200, **more: Any
) -> ResponseReturnValue:
    """The page of one question, or its form alone when htmx sent it."""
    loan = dossier.loan
    return htmx.page_or(
        f"loans/family/{name}.html",
        f"loans/family/_{name}.html",
        status=status,
        form=form,
        dossier=dossier,
        loan=loan,
        school=dossier.school,
        back=_back(step, dossier),
        today=clock.today(),
        left=rules.screens_left(step, loan.delivery),
        changing=not rules.missing(queries.answers(loan)),
        **more,
    )


def _back(step: str, dossier: Dossier) -> str:
    """The answers when all are given, else the question before, else the file list."""
    public_id, answers = dossier.loan.public_id, queries.answers(dossier.loan)
    if not rules.missing(answers):
        return url_for("loans.check_answers", public_id=public_id)
    asked = rules.steps(answers.delivery)
    rank = asked.index(step) if step in asked else 0
    return url_for(PAGES[asked[rank - 1]], public_id=public_id) if rank else url_for("loans.home")


def _go_on(public_id: str, *, after: str) -> ResponseReturnValue:
    """To the next question without an answer, or to the last look."""
    answers = queries.answers(_draft(public_id).loan)
    following = rules.next_step(answers, after=after)
    return htmx.go(url_for(PAGES[following] if following else "loans.check_answers", public_id=public_id))


@bp.get("/mes-dossiers/<public_id>/remise", allow=Action.REQUEST_LOAN)
def delivery(public_id: str) -> ResponseReturnValue:
    """At home or at the lycée."""
    dossier = _draft(public_id)
    return _question("remise", "delivery", dossier, DeliveryForm(remise=dossier.loan.delivery))


@bp.post("/mes-dossiers/<public_id>/remise", allow=Action.REQUEST_LOAN)
def save_delivery(public_id: str) -> ResponseReturnValue:
    """Keep the answer."""
    dossier, form = _draft(public_id), DeliveryForm.sent()
    if not form.validate():
        return _question("remise", "delivery", dossier, form, status=422)
    services.save_delivery(dossier.loan.id, delivery=form.delivery)
    return _go_on(public_id, after="remise")


@bp.get("/mes-dossiers/<public_id>/adresse", allow=Action.REQUEST_LOAN)
def address(public_id: str) -> ResponseReturnValue:
    """Where the parcel goes: what was typed, or the address that the lycée knows."""
    dossier = _draft(public_id)
    known = dossier.loan.address or (dossier.guardian.address if dossier.guardian else None)
    form = AddressForm.of(known, recipient=me().name)
    return _question(
        "adresse", "address", dossier, form, from_roster=known is not None and dossier.loan.address is None
    )


@bp.post("/mes-dossiers/<public_id>/adresse", allow=Action.REQUEST_LOAN)
def save_address(public_id: str) -> ResponseReturnValue:
    """Keep the address; a town that does not go with its postcode is a question first, so is another way to write it."""
    loan_id, form = _draft(public_id).loan.id, AddressForm.sent()
    if not form.check(_as_the_base_writes):
        return _question("adresse", "address", _draft(public_id), form, status=422, from_roster=False)
    services.save_address(loan_id, address=form.address, confirmed=form.confirmed)
    return _go_on(public_id, after="adresse")


def _as_the_base_writes(street: str, postcode: str, city: str) -> tuple[str, str, str] | None:
    """What the national address base proposes, within two seconds; nobody is asked where it is not set."""
    url = current_app.config["SETTINGS"].ban_url
    if not url:
        return None
    let_go()
    found = ban.look_up(url, street=street, postcode=postcode, city=city)
    return ban.better(found, street=street, postcode=postcode, city=city)


@bp.get("/mes-dossiers/<public_id>/contact", allow=Action.REQUEST_LOAN)
def contact(public_id: str) -> ResponseReturnValue:
    """How to reach the family about the parcel."""
    dossier = _draft(public_id)
    email, mobile = _known_contacts(dossier)
    form = ContactForm.of(email=email, mobile=display_phone(mobile) if mobile else None)
    return _question("contact", "contact", dossier, form, code_to=_code_contacts(dossier))


@bp.post("/mes-dossiers/<public_id>/contact", allow=Action.REQUEST_LOAN)
def save_contact(public_id: str) -> ResponseReturnValue:
    """Keep the contacts."""
    dossier, form = _draft(public_id), ContactForm.sent()
    if not form.check(postcode=dossier.loan.postcode or dossier.school.postcode):
        return _question("contact", "contact", dossier, form, status=422, code_to=_code_contacts(dossier))
    services.save_contact(dossier.loan.id, email=form.address, mobile=form.number, note=dossier.loan.note)
    return _go_on(public_id, after="contact")


def _known_contacts(dossier: Dossier) -> tuple[str | None, str | None]:
    """What was answered, else the reader's own contacts in the roster: never those of the other parent."""
    loan, person = dossier.loan, dossier.reader(me().account_id)
    if loan.contact_email or loan.contact_mobile or person is None:
        return loan.contact_email, loan.contact_mobile
    return person.email, person.mobile


def _code_contacts(dossier: Dossier) -> list[str] | None:
    """Where a signing code goes when the reader signs, half hidden: phones are shared. None when somebody else signs."""
    person = dossier.reader(me().account_id)
    if not dossier.signs(me().account_id, on=clock.today()) or person is None:
        return None
    email, mobile = person.email, person.mobile
    return [*([mask_email(email)] if email else []), *([mask_phone(mobile)] if mobile else [])]


def charter_url(loan: Loan, *, signs: bool) -> str | None:
    """Where the charter waits for a reader who `signs`. That feature is above us: known by its endpoint only."""
    waits = signs and loan.charter is CharterGate.TO_SIGN and loan.state in SIGNABLE
    return url_for(SIGN, loan_id=loan.public_id) if waits and SIGN in current_app.view_functions else None


@bp.get("/mes-dossiers/<public_id>/verification", allow=Action.REQUEST_LOAN)
def check_answers(public_id: str) -> ResponseReturnValue:
    """All the answers, before they leave."""
    dossier = _draft(public_id)
    missing = rules.missing(queries.answers(dossier.loan))
    return htmx.go(_resume_url(public_id, missing)) if missing else _check_page(dossier)


def _check_page(dossier: Dossier, *, status: int = 200, changed: str = "") -> ResponseReturnValue:
    loan = dossier.loan
    doubt = ""
    if loan.delivery is Delivery.HOME and not loan.address_confirmed:
        doubt = check(loan.postcode or "", loan.city or "").advice or _(
            "Le facteur remet rarement un colis à une boîte postale."
        )
    page = render_template(
        "loans/family/check.html",
        dossier=dossier,
        loan=loan,
        school=dossier.school,
        doubt=doubt,
        changed=changed,
        answer_by=_answer_by(dossier),
        today=clock.today(),
        left=1,
    )
    return page, status


@bp.post("/mes-dossiers/<public_id>/verification", allow=Action.REQUEST_LOAN)
def submit(public_id: str) -> ResponseReturnValue:
    """Send what was read. Pressed twice, it is sent once; what changed meanwhile is shown again first."""
    dossier = queries.dossier(public_id, account_id=me().account_id)
    try:
        services.submit(dossier.loan.id, seen_version=whole(request.form.get("version", "")))
    except Changed as change:
        return _check_page(_draft(public_id), status=409, changed=change.message)
    return htmx.go(url_for("loans.sent", public_id=public_id))


@bp.get("/mes-dossiers/<public_id>/envoyee", allow=Action.READ_OWN_LOANS)
def sent(public_id: str) -> ResponseReturnValue:
    """It is sent. Kept as a bookmark, this page later leads to the timeline."""
    dossier = queries.dossier(public_id, account_id=me().account_id)
    if dossier.loan.state is not LoanState.SUBMITTED:
        return htmx.go(url_for("loans.show", public_id=public_id))
    signs = dossier.signs(me().account_id, on=clock.today())
    return render_template(
        "loans/family/sent.html",
        dossier=dossier,
        loan=dossier.loan,
        signs=signs,
        charter_url=charter_url(dossier.loan, signs=signs),
        answer_by=_answer_by(dossier),
    )


def _answer_by(dossier: Dossier) -> date:
    """The day by which the school answers, counted from the sending, or from today for a draft."""
    submitted = dossier.loan.submitted_at
    start = submitted.astimezone(clock.PARIS).date() if submitted else clock.today()
    return rules.Calendar.of(dossier.school.postcode).after(start, rules.ANSWER_DAYS)
