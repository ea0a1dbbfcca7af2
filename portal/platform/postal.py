"""A postal address in a form: its seven parts, named as people think of them (NF Z10-011)."""

from typing import Any

from wtforms import StringField

from portal.kernel.values.address import ADDRESS_PARTS, PostalAddress
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, trimmed


class PostalFields(Form):
    """What a form about somebody's address extends. Only a whole address passes; `may_be_empty`, or none at all."""

    may_be_empty = False

    recipient = StringField(later("Destinataire"), filters=[trimmed], validators=[AtMost(120)])
    line2 = StringField(later("Appartement, étage, chez"), filters=[trimmed], validators=[AtMost(120)])
    line3 = StringField(later("Bâtiment, résidence"), filters=[trimmed], validators=[AtMost(120)])
    street = StringField(later("Numéro et rue"), filters=[trimmed], validators=[AtMost(120)])
    locality = StringField(later("Lieu-dit ou boîte postale"), filters=[trimmed], validators=[AtMost(120)])
    postcode = StringField(later("Code postal"), filters=[trimmed], validators=[AtMost(5)])
    city = StringField(later("Commune"), filters=[trimmed], validators=[AtMost(80)])

    @property
    def parts(self) -> dict[str, str]:
        """What was written, without the parts that are empty."""
        return {part: self[part].data for part in ADDRESS_PARTS if self[part].data}

    @property
    def address(self) -> PostalAddress:
        """As a value."""
        return PostalAddress(**{part: self[part].data or "" for part in ADDRESS_PARTS})

    def validate(self, extra_validators: Any = None) -> bool:
        """Each line, then the whole as La Poste reads it."""
        if not super().validate(extra_validators):
            return False
        if self.parts or not self.may_be_empty:
            for problem in self.address.problems():
                self.refuse(problem.field, problem.message)
        return not self.errors
