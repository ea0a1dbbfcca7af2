"""What a station sends."""

from wtforms import HiddenField, StringField

from portal.distribution.gate import KEY, Held
from portal.distribution.rules import read_student_code
from portal.kernel.values.references import new_public_id
from portal.platform.forms import Form, trimmed
from portal.stock.rules import read_tag


class ScanForm(Form):
    """One code, the half that waits, and the station's own name for this scan."""

    code = StringField(filters=[trimmed])
    eleve = HiddenField()
    appareil = HiddenField()
    cle = HiddenField()

    @property
    def held(self) -> Held:
        """What was scanned just before."""
        code, tag = read_student_code(self.eleve.data or ""), read_tag(self.appareil.data or "")
        return Held(code=code or "", tag=tag or "")

    @property
    def key(self) -> str:
        """The name of this scan; a form that has none, or a strange one, is a scan of its own."""
        sent = self.cle.data or ""
        return sent if KEY.fullmatch(sent) else new_public_id()
