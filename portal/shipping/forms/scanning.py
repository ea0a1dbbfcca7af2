"""What scanners type: one code, and what was scanned before it."""

from wtforms import HiddenField, StringField

from portal.platform.forms import Form, trimmed
from portal.shipping.rules import Bench, Trio


class ScanForm(Form):
    """One code, and what the bench remembers from the scan before."""

    code = StringField(filters=[trimmed])
    dossier = HiddenField()
    appareil = HiddenField()
    numero = HiddenField()

    @property
    def bench(self) -> Bench:
        """What was chosen before this scan."""
        return Bench(loan=self.dossier.data or "", tag=self.appareil.data or "", number=self.numero.data or "")


class TrioForm(Form):
    """One code, and what was scanned before it for the same box."""

    code = StringField(filters=[trimmed])
    appareil = HiddenField()
    bordereau = HiddenField()
    dossier = HiddenField()

    @property
    def trio(self) -> Trio:
        """What was scanned before."""
        return Trio(device=self.appareil.data or "", slip=self.bordereau.data or "", loan=self.dossier.data or "")
