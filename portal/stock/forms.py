"""Shapes and words of the stock's forms."""

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import DateField, StringField
from wtforms.fields import Field
from wtforms.validators import Optional

from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed

UNREADABLE_DAY = later("Écrivez la date ainsi : 02/09/2026.")


class LotForm(Form):
    """A supplier's file, and what one says of it."""

    fournisseur = StringField(
        later("Fournisseur"), filters=[trimmed], validators=[Required(later("Indiquez le fournisseur.")), AtMost(80)]
    )
    attendu = DateField(later("Livraison attendue le"), validators=[Optional()], format=["%Y-%m-%d", "%d/%m/%Y"])
    fichier = Field(later("Fichier du fournisseur"))

    def file(self) -> FileStorage | None:
        """What was chosen; an empty field sends a file without a name."""
        found = request.files.get("fichier")
        if found is None or not found.filename:
            self.refuse("fichier", later("Choisissez le fichier du fournisseur."))
            return None
        return found


class CodeForm(Form):
    """What a scanner types."""

    code = StringField(later("Scannez"), filters=[trimmed])
