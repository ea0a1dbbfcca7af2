"""The form that every form extends, and the wording that all share."""

from collections.abc import Mapping
from typing import Any, Self

from flask import request
from wtforms import DateField, IntegerField
from wtforms import Form as WTForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # it came with WTForms 3.3, the published types are of 3.2
from wtforms.validators import DataRequired, Length, StopValidation

from portal.kernel import clock
from portal.kernel.values.numbers import whole
from portal.kernel.words import later

__all__ = ["AtMost", "Count", "Day", "Form", "Required", "SelectChoice", "stop", "trimmed"]

FARTHEST = 10
"""Years: a date beyond is a slip of the keyboard."""


class Form(WTForm):
    """A WTForm that reads the request; CSRF is checked once for all by Flask-WTF, in the layout of every form."""

    class Meta:
        """Messages come from us, in French."""

        locales = ("fr",)

    @classmethod
    def sent(cls, **kwargs: Any) -> Self:
        """The form as the person filled it."""
        return cls(request.form, **kwargs)

    def refuse(self, field: str, sentence: str) -> None:
        """Attach a refusal found by a rule to the field it is about."""
        self[field].errors = [*self[field].errors, sentence]

    def refuse_all(self, refusals: Mapping[str, str]) -> None:
        """The same for several fields: what a use-case answers."""
        for field, sentence in refusals.items():
            self.refuse(field, sentence)


class Required(DataRequired):
    """A missing answer, with a sentence that says what to write."""

    def __init__(self, sentence: str) -> None:
        super().__init__(message=sentence)


class AtMost(Length):
    """Too long an answer; the sentence counts."""

    def __init__(self, limit: int) -> None:
        super().__init__(max=limit, message=later("Écrivez %(limit)d caractères au plus.", limit=limit))


def stop(sentence: str) -> StopValidation:
    """End the checks of a field with this sentence."""
    return StopValidation(sentence)


def trimmed(value: str | None) -> str | None:
    """What people type, without the spaces around it: for a field's `filters`."""
    return value.strip() if value else value


class Day(DateField):
    """A day, with a sentence of ours when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What browsers send for a date, or nothing."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError("Ce jour n’existe pas. Écrivez-le ainsi : 2026-09-15.") from None
        year = clock.today().year
        if self.data and abs(self.data.year - year) > FARTHEST:
            raise ValueError("Vérifiez l’année de ce jour.")


class Count(IntegerField):
    """A number; what is none is refused by the form, in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What browsers send for a number, or nothing."""
        self.data = whole(valuelist[0].strip()) if valuelist else None
