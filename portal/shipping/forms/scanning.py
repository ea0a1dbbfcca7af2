"""What scanners type: one code, and what was scanned before it."""

from typing import Self

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import FileField, HiddenField, StringField

from portal.kernel.words import later
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


class PhotoForm(TrioForm):
    """A photo of the open box whose three codes were scanned."""

    photo = FileField(later("Photo du carton ouvert"))

    @classmethod
    def received(cls) -> Self:
        """The form with its file."""
        return cls(CombinedMultiDict((request.files, request.form)))

    @property
    def content(self) -> bytes:
        """The bytes sent; none when no photo was chosen."""
        return self.photo.data.read() if hasattr(self.photo.data, "read") else b""
