"""What a signatory answers."""

import re
from collections.abc import Mapping
from typing import Self

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import BooleanField, FileField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.access.rules import read_code as read_letter_code
from portal.charter.rules import CONSENT, EMAIL, SMS, masked, read_code, read_desk_code
from portal.kernel.errors import DomainError
from portal.kernel.values.contacts import parse_contact
from portal.kernel.values.references import parse_reference
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, Required, trimmed

LONGEST_NAME = 120
LONGEST_REASON = 500
_DIGEST = re.compile(r"[0-9a-f]{16,64}")
LARGEST_FILE = 4 * 1024 * 1024
"""Ten times a sealed charter."""


class ChannelForm(Form):
    """Where the code should go, among the contacts that the school knows."""

    channel = RadioField(later("Où envoyer votre code ?"), validators=[], validate_choice=False)

    def offer(self, contacts: Mapping[str, str]) -> Self:
        """The contacts, by channel; the first one is chosen beforehand."""
        words = {
            SMS: lambda contact: later("Par SMS au %(contact)s", contact=contact),
            EMAIL: lambda contact: later("Par e-mail à %(contact)s", contact=contact),
        }
        self.contacts = contacts
        self.channel.choices = [
            (channel, words[channel](masked(channel, contact).replace(" ", "\u00a0")))
            for channel, contact in contacts.items()
        ]
        if self.channel.data not in contacts:
            self.channel.data = next(iter(contacts), None) if self.channel.raw_data is None else None
        return self

    def validate_channel(self, field: RadioField) -> None:
        """One of them."""
        if field.data not in self.contacts:
            raise ValidationError(later("Choisissez où envoyer le code."))


class SignForm(Form):
    """The act: a name, a sentence agreed to, a code."""

    code = StringField(
        later("Le code reçu"),
        filters=[trimmed],
        validators=[Required(later("Tapez le code à six chiffres que vous avez reçu."))],
        render_kw={"maxlength": "12", "spellcheck": "false"},
    )
    name = StringField(
        later("Votre prénom et votre nom"),
        filters=[trimmed],
        validators=[
            Required(later("Écrivez votre prénom et votre nom.")),
            AtMost(LONGEST_NAME),
        ],
    )
    consent = BooleanField(
        CONSENT,
        validators=[Required(later("Cochez la case si vous êtes d’accord. Sinon, choisissez de ne pas signer."))],
    )

    def validate_code(self, field: StringField) -> None:
        """Six digits: anything else cannot be the code, and is not counted as a try."""
        if read_code(field.data or "") is None:
            raise ValidationError(later("Le code compte six chiffres, par exemple 123 456."))

    @property
    def digits(self) -> str:
        """The code as it was drawn."""
        return read_code(self.code.data or "") or ""


class HandForm(Form):
    """The act in front of an agent: a name and a sentence agreed to."""

    name = StringField(
        later("Votre prénom et votre nom"),
        filters=[trimmed],
        validators=[Required(later("Écrivez votre prénom et votre nom.")), AtMost(LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    consent = BooleanField(
        CONSENT,
        validators=[Required(later("Cochez la case si vous êtes d’accord. Sinon, choisissez de ne pas signer."))],
    )


class LetterSignForm(HandForm):
    """The same at home, with the code of the school's letter."""

    code = StringField(
        later("Code de la lettre"),
        filters=[trimmed],
        validators=[Required(later("Tapez le code écrit sur la lettre.")), AtMost(60)],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )

    def validate_code(self, field: StringField) -> None:
        """Twelve symbols: anything else is not counted as a try."""
        if read_letter_code(field.data or "") is None:
            raise ValidationError(later("Le code compte douze lettres et chiffres, par exemple ABCD-EFGH-JKLM."))

    @property
    def symbols(self) -> str:
        """The code as it was drawn."""
        return read_letter_code(self.code.data or "") or ""


class DeskCodeForm(Form):
    """The code that joins a tablet to the agent's session."""

    code = StringField(
        later("Code de la session"),
        filters=[trimmed],
        validators=[Required(later("Tapez le code que l’agent vous montre.")), AtMost(30)],
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )

    def validate_code(self, field: StringField) -> None:
        """Eight signs."""
        if read_desk_code(field.data or "") is None:
            raise ValidationError(later("Le code compte huit lettres et chiffres, par exemple 7K3M 2Q9T."))

    @property
    def signs(self) -> str:
        """The code as it was drawn."""
        return read_desk_code(self.code.data or "") or ""


class ResendForm(Form):
    """The contact that the school knows of somebody who signs."""

    contact = StringField(
        later("Votre e-mail ou votre portable"),
        filters=[trimmed],
        validators=[Required(later("Indiquez votre e-mail ou votre numéro de portable."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_contact(self, field: StringField) -> None:
        """As the school's record writes it."""
        try:
            self.known = parse_contact(field.data or "")
        except DomainError as refusal:
            raise ValidationError(refusal.message) from None


class OpposeForm(Form):
    """A parent objects, and says why if they wish."""

    reason = TextAreaField(
        later("Pourquoi vous opposez-vous ?"),
        filters=[trimmed],
        validators=[AtMost(LONGEST_REASON)],
        render_kw={"rows": "3"},
    )


class FileForm(Form):
    """A sealed charter that somebody holds."""

    file = FileField(later("Le fichier PDF"))

    @classmethod
    def dropped(cls) -> Self:
        """The form with its file."""
        return cls(CombinedMultiDict((request.files, request.form)))

    def validate_file(self, field: FileField) -> None:
        """A PDF of a charter's size, read once into `content`."""
        self.content = field.data.read(LARGEST_FILE + 1) if field.data else b""
        if not self.content:
            raise ValidationError(later("Choisissez le fichier PDF à vérifier."))
        if len(self.content) > LARGEST_FILE:
            raise ValidationError(later("Ce fichier est trop gros pour être une charte. Choisissez-en un autre."))


class PrintForm(Form):
    """What the seal prints on the page."""

    reference = StringField(
        later("La référence du dossier"),
        filters=[trimmed],
        validators=[Required(later("Écrivez la référence, par exemple FP-7K3M-2Q9T."))],
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
    )
    digest = StringField(
        later("L’empreinte"),
        filters=[trimmed],
        validators=[Required(later("Recopiez l’empreinte imprimée dans le cachet."))],
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_reference(self, field: StringField) -> None:
        """One of ours, however it is written."""
        self.loan = parse_reference(field.data or "")
        if self.loan is None:
            raise ValidationError(later("Cette référence ne peut pas être une des nôtres. Vérifiez chaque signe."))

    def validate_digest(self, field: StringField) -> None:
        """At least the sixteen signs that are printed: fewer could be guessed."""
        self.start = "".join((field.data or "").lower().split())
        if not _DIGEST.fullmatch(self.start):
            raise ValidationError(later("L’empreinte compte seize signes, chiffres et lettres de a à f."))
