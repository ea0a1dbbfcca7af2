"""Why a request is refused, and what was ticked."""

from flask import request
from wtforms import RadioField, TextAreaField

from portal.platform.forms import AtMost, Form, Required, SelectChoice, trimmed

OTHER = "autre"
COMMON_REASONS = {
    "equipe": "L’élève dispose déjà d’un ordinateur qui convient.",
    "stock": "Le lycée n’a plus d’appareil à prêter cette année.",
    "parti": "L’élève n’est plus inscrit au lycée.",
    "rendu": "Un appareil prêté auparavant n’a pas été rendu.",
    "double": "Cette demande fait double emploi avec une autre.",
}
"""What heads write most; the family reads the sentence as it is."""

LONGEST = 350
"""Characters of the free text: with a common reason before it, the whole fits the 500 of the column."""


class RefusalForm(Form):
    """The reason, which the family reads: one of the common ones, one's own words, or both."""

    motif = RadioField(
        "Pourquoi refusez-vous ?",
        choices=[
            *(SelectChoice(value=key, label=sentence) for key, sentence in COMMON_REASONS.items()),
            SelectChoice(value=OTHER, label="Un autre motif, que j’écris ci-dessous"),
        ],
        validators=[Required("Choisissez un motif : la famille le lira.")],
    )
    precision = TextAreaField("Votre message à la famille", validators=[AtMost(LONGEST)], filters=[trimmed])

    def complete(self) -> bool:
        """Whether the answers make a reason; one's own words are needed when no common reason is chosen."""
        sound = self.validate()
        if sound and self.motif.data == OTHER and not self.precision.data:
            self.refuse("precision", "Écrivez le motif : la famille le lira.")
            return False
        return sound

    @property
    def reason(self) -> str:
        """What is kept and what the family reads."""
        parts = (COMMON_REASONS.get(self.motif.data or "", ""), self.precision.data or "")
        return " ".join(part for part in parts if part)


MOST_TICKED = 1_000
"""More than a page shows; far fewer than the values that one statement of SQLite takes (32,766)."""


def ticked() -> list[str]:
    """The public ids of the requests ticked on the page that was sent, each once; a row's own button comes alone."""
    if alone := request.values.get("seule"):
        return [alone]
    return list(dict.fromkeys(request.values.getlist("choix")))[:MOST_TICKED]
