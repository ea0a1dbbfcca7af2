"""Shapes and words of the stock's forms."""

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, StringField
from wtforms.fields import Field
from wtforms.validators import Optional

from portal.kernel.words import later, later_many
from portal.platform.forms import AtMost, Count, Day, Form, Required, stop, trimmed
from portal.stock.label_formats import FORMATS


class LotForm(Form):
    """A supplier's file, and what one says of it."""

    fournisseur = StringField(
        later("Fournisseur"), filters=[trimmed], validators=[Required(later("Indiquez le fournisseur.")), AtMost(80)]
    )
    attendu = Day(later("Livraison attendue le"), validators=[Optional()])
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


class LabelsForm(Form):
    """On which paper labels are printed, and where a sheet was begun."""

    format = RadioField(
        later("Papier"), choices={name: paper.words for name, paper in FORMATS.items()}, default=next(iter(FORMATS))
    )
    depart = Count(later("Première case libre"), default=1)

    def validate_depart(self, field: Count) -> None:
        """A cell that the sheet has."""
        cells = FORMATS[self.format.data].cells if self.format.data in FORMATS else 1
        if field.data is None or not 1 <= field.data <= cells:
            raise stop(
                later_many(
                    "Ce papier a %(num)d case.", "Ce papier a %(num)d cases : écrivez un nombre de 1 à %(num)d.", cells
                )
            )
