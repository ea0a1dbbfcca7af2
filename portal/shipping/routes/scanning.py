"""Acting on a scan, in one way for the bench, the helpers' post and the post where boxes are closed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from portal.kernel.errors import DomainError
from portal.platform.web import me
from portal.shipping import services
from portal.shipping.forms.scanning import ScanForm
from portal.shipping.routes.blueprint import school_id
from portal.shipping.rules import Verdict
from portal.shipping.services import Scan
from portal.shipping.wording import bench as wording

Done = TypeVar("Done")


def answered(act: Callable[[], Done], refused: Callable[[Verdict], Done], *, loan: str = "") -> tuple[Done, HTTPStatus]:
    """What one code does. A refusal is an answer too: it changes nothing, and keeps what was scanned before.

    :param loan: the one chosen, which can be signed on the spot when that is all it lacks.
    """
    try:
        return act(), HTTPStatus.OK
    except DomainError as refusal:
        word = getattr(refusal, "word", wording.STOP)
        return refused(wording.refusal(word, refusal.message, loan=loan)), HTTPStatus.CONFLICT


def scanned() -> tuple[Scan, HTTPStatus]:
    """The code sent, at the bench or by a helper: the same rules, signed by whoever scans."""
    form = ScanForm.sent()
    return answered(
        lambda: services.scan(form.code.data or "", bench=form.bench, school_id=school_id(), by=me().account_id),
        lambda verdict: Scan(verdict, form.bench),
        loan=form.bench.loan,
    )
