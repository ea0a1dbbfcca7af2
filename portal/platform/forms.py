"""The form that every form extends, and the wording that all share."""

from collections.abc import Mapping
from typing import Any, Self

from flask import request
from wtforms import Form as WTForm
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # it came with WTForms 3.3, the published types are of 3.2
from wtforms.validators import DataRequired, Length, StopValidation

from portal.kernel.words import later

__all__ = ["AtMost", "Form", "Required", "SelectChoice", "stop", "trimmed"]


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


__all__ = ["AtMost", "Field", "Form", "Required", "stop", "trimmed"]
