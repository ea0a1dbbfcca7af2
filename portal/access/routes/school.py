"""The lycée's pages: who can come in, and the letters for those who cannot."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import queries, services
from portal.access.forms.staff import PrintForm
from portal.access.queries import people
from portal.access.routes.blueprint import bp
from portal.access.services.letters import NobodyToWriteTo, OlderLetters
from portal.kernel.words import later
from portal.platform import jobs, printouts
from portal.platform.consultation import Shown
from portal.platform.pages import SELDOM, entry
from portal.platform.printouts import Printout
from portal.platform.tables import Wish
from portal.platform.web import me
from portal.policy import Action

entry("Accès des familles", "access.families", Action.READ_FAMILY_ACCESS, rank=SELDOM)


@bp.get("/familles/acces", allow=Action.READ_FAMILY_ACCESS, shows=Shown.LIST)
def families() -> ResponseReturnValue:
    """Class by class, who can come in and how."""
    wish = Wish.read(sorts=("classe",), filters=("classe", "comment", "recherche"))
    return render_template(
        "access/staff/families.html", page=people.overview(wish), classes=people.classes(), ways=people.WAYS
    )


@bp.get("/familles/lettres", allow=Action.PRINT_LETTERS, shows=Shown.LIST)
def choose() -> ResponseReturnValue:
    """For whom? Shows how many letters that makes, and how many older ones would stop working."""
    return _choice(PrintForm(request.args))


@bp.post("/familles/lettres", allow=Action.PRINT_LETTERS)
def print_letters() -> ResponseReturnValue:
    """Have them printed."""
    form = PrintForm.sent()
    try:
        public_id = _asked(form)
    except NobodyToWriteTo as refusal:
        form.refuse("qui", refusal.message)
    except OlderLetters as refusal:
        form.refuse("remplacer", refusal.message)
    return _choice(form, status=422) if form.errors else redirect(url_for(".batch", public_id=public_id), code=303)


def _asked(form: PrintForm) -> str:
    return services.letters.ask(
        school_id=min(me().school_ids),
        audience=form.audience,
        class_name=form.class_name,
        person=form.person,
        replace=bool(form.remplacer.data),
    )


@bp.get("/familles/lettres/<public_id>", allow=Action.PRINT_LETTERS, shows=Shown.NOBODY)
def batch(public_id: str) -> ResponseReturnValue:
    """How far the printing is, then the PDF."""
    return printouts.follow(_printout(public_id), "access/staff/batch.html")


@bp.get("/familles/lettres/<public_id>/fichier", allow=Action.PRINT_LETTERS, shows=Shown.LIST)
def batch_file(public_id: str) -> ResponseReturnValue:
    """The PDF, for the printer."""
    return printouts.send(_printout(public_id), name="lettres")


def _printout(public_id: str) -> Printout:
    return Printout(
        jobs.one(public_id, queries.KIND),
        page=url_for(".batch", public_id=public_id),
        document=url_for(".batch_file", public_id=public_id),
        ready=later("Les lettres sont prêtes."),
    )


def _choice(form: PrintForm, *, status: int = 200) -> ResponseReturnValue:
    form.qui.data = form.audience.value
    choice = people.choice(form.audience, class_name=form.class_name, person=form.person)
    jobs = queries.recent_jobs()
    about = {"form": form.offer(choice.classes), "chosen": choice.people, "jobs": jobs}
    return render_template("access/staff/choose.html", **about), status
