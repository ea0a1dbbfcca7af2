"""What a station sends."""

from wtforms import HiddenField, StringField

from portal.distribution.gate import Held
from portal.kernel.values.references import new_public_id
from portal.platform.forms import Form, trimmed

LONGEST_KEY = 36


class ScanForm(Form):
    """One code, the half that waits, and the station's own name for this scan."""

    code = StringField(filters=[trimmed])
    eleve = HiddenField()
    appareil = HiddenField()
    cle = HiddenField()

    @property
    def held(self) -> Held:
        """What was scanned just before."""
        return Held(code=self.eleve.data or "", tag=self.appareil.data or "")

    @property
    def key(self) -> str:
        """The name of this scan; a form that has none, or a strange one, is a scan of its own."""
        sent = self.cle.data or ""
        return sent if 0 < len(sent) <= LONGEST_KEY else new_public_id()
