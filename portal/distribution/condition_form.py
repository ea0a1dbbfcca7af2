"""What a person notes of a kit that they hand over: its pieces, its condition, up to three photos."""

from collections.abc import Sequence
from typing import Self

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import FileField, RadioField, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from portal.distribution.queries.receipts import Piece, Receipt
from portal.distribution.services.conditions import Seen
from portal.distribution.states import View
from portal.distribution.wording_receipt import VIEWS
from portal.kernel.words import later
from portal.platform.forms import AtMost, Form, SelectChoice, trimmed
from portal.stock.states import Condition
from portal.stock.wording_condition import CONDITIONS

LONGEST_REMARK = 200
LARGEST = 60 * 1024 * 1024
"""Three photos of a telephone, as it takes them."""

CAMERA = {"accept": "image/jpeg,image/png,image/heic", "capture": "environment"}
"""On a telephone, the camera on its back opens at once."""


class ConditionForm(Form):
    """A step that one may leave out: the condition alone is asked for."""

    condition = RadioField(
        later("État de l’appareil"),
        choices=[SelectChoice(one, words) for one, words in CONDITIONS.items()],
        validate_choice=False,
    )
    pieces = SelectMultipleField(later("Ce qui est remis avec l’appareil"), validate_choice=False)
    remark = StringField(later("Ce que l’on voit"), filters=[trimmed], validators=[AtMost(LONGEST_REMARK)])
    closed = FileField(VIEWS[View.CLOSED], render_kw=CAMERA)
    open = FileField(VIEWS[View.OPEN], render_kw=CAMERA)
    under = FileField(VIEWS[View.UNDER], render_kw=CAMERA)
    removed = SelectMultipleField(later("Photos à retirer"), validate_choice=False)

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """As it was noted; the whole kit, as long as nothing was."""
        given = [piece.name for piece in receipt.accessories if not piece.missing]
        return cls(data={"condition": receipt.condition, "pieces": given, "remark": receipt.remark})

    @classmethod
    def received(cls) -> Self:
        """The form with its files."""
        return cls(CombinedMultiDict((request.files, request.form)))

    def validate_condition(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in set(Condition):
            raise ValidationError(later("Dites dans quel état est l’appareil."))

    def validate_remark(self, field: StringField) -> None:
        """Marks are told, or they will be disputed."""
        if self.condition.data == Condition.MARKED and not field.data:
            raise ValidationError(later("Dites ce que l’on voit, par exemple « rayure sur le capot »."))

    def seen(self, kit: Sequence[Piece]) -> Seen:
        """What was filled in, once validated."""
        given = set(self.pieces.data or ())
        return Seen(
            condition=Condition(self.condition.data),
            missing=[piece.name for piece in kit if piece.name not in given],
            remark=self.remark.data or None,
        )

    @property
    def contents(self) -> dict[View, bytes]:
        """The bytes of the photos that were sent."""
        files = {view: self[view].data for view in View}
        read = {view: file.read() for view, file in files.items() if hasattr(file, "read")}
        return {view: content for view, content in read.items() if content}

    @property
    def taken_away(self) -> dict[View, None]:
        """The photos that should go."""
        return {view: None for view in View if view in (self.removed.data or ())}
