"""`/dev/composants`: every component in all its states, for the eye and for the accessibility tests.

Registered only while debugging or in the demo. The people are invented.
"""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from portal.platform import htmx
from portal.platform.forms import Form, SelectChoice
from portal.platform.tables import Page
from portal.platform.web import Feature
from portal.policy import Action

bp = Feature("showcase", __name__, url_prefix="/dev/composants")

KNOWN_LABEL = "FP-001"
PAGE_SIZE = 4


class ShortForm(Form):
    """What `/dev/composants/formulaire` asks."""

    student = StringField("Nom de l’élève", validators=[InputRequired("Indiquez le nom de l’élève.")])
    code = StringField(
        "Code reçu par SMS",
        validators=[
            InputRequired("Saisissez les six chiffres du code."),
            Regexp(r"\d{6}$", message="Le code compte six chiffres."),
        ],
    )
    need = RadioField(
        "De quoi votre enfant a-t-il besoin ?",
        choices=[SelectChoice("laptop", "Un ordinateur portable"), SelectChoice("tablet", "Une tablette")],
        validators=[InputRequired("Choisissez un matériel.")],
    )
    agreed = BooleanField(
        "J’ai lu la charte et je m’engage à la respecter", validators=[InputRequired("Cochez la case pour continuer.")]
    )
    origin = HiddenField(default="composants")


class EveryField(ShortForm):
    """One field of each kind."""

    school = SelectField(
        "Lycée",
        choices=[SelectChoice("a", "Lycée Louise-Michel, Épinal"), SelectChoice("b", "Lycée Jean-Jaurès, Reims")],
    )
    remark = TextAreaField("Un mot pour le lycée")
    receipt = FileField("Récépissé de la plainte")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sample list."""

    reference: str
    student: str
    division: str
    status: str
    tone: str
    price: str


LINES = (
    Line("FP-7K3M-2Q9T", "Inès Fontaine", "2de 4", "À décider", "waiting", "350,00"),
    Line("FP-4B8X-9D2R", "Yanis Roussel", "1re STMG", "Charte à signer", "info", "350,00"),
    Line("FP-2H6V-5N1C", "Chloé N’Guyen-Lambert", "Tle 2", "Remis", "done", "1 249,90"),
    Line("FP-9T0W-3J7E", "Mehdi Benali", "2de 1", "Volé", "problem", "350,00"),
)


def sample_page() -> Page[Line]:
    """The first page of a longer list, sorted by student."""
    query = {"q": request.args["q"]} if request.args.get("q") else {}
    return Page(rows=LINES, total=42, number=2, sort="eleve", descending=False, query=query, size=PAGE_SIZE)


def context() -> dict[str, Any]:
    """The forms and the list; the rest is written in the page, where one reads it."""
    refused = EveryField(data={"student": "", "code": "12 34", "school": "a"})
    refused.validate()
    filled = EveryField(
        data={"student": "Inès Fontaine", "code": "", "school": "a", "need": "laptop", "agreed": True}, prefix="ok-"
    )
    return {"refused": refused, "filled": filled, "page": sample_page()}


@bp.get("", allow=Action.PUBLIC)
def components() -> ResponseReturnValue:
    """Everything on one page."""
    return render_template("dev/components.html", **context())


@bp.get("/formulaire", allow=Action.PUBLIC)
def form() -> ResponseReturnValue:
    """A short form of its own page, to try a refusal."""
    return render_template("dev/form.html", form=ShortForm())


@bp.post("/formulaire", allow=Action.PUBLIC)
def send() -> ResponseReturnValue:
    """Refused with 422 and the summary, or accepted."""
    form = ShortForm.sent()
    if form.validate():
        return htmx.page_or("dev/accepted.html", "dev/_accepted.html")
    return htmx.page_or("dev/form.html", "dev/_form.html", status=422, form=form)


@bp.get("/lecture", allow=Action.PUBLIC)
def post() -> ResponseReturnValue:
    """A scanning post."""
    return render_template("dev/scan.html", scanned="")


@bp.post("/lecture", allow=Action.PUBLIC)
def scan() -> ResponseReturnValue:
    """One label is known; any other is refused."""
    scanned = request.form.get("label", "").strip()
    return htmx.page_or("dev/scan.html", "dev/_verdict.html", scanned=scanned, known=scanned == KNOWN_LABEL)
