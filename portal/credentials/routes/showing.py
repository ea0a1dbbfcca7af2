"""Secrets on their way to their owner's eyes: the square of an application, the ten codes. Nothing else reads them."""

import json

from flask import render_template, session
from flask.typing import ResponseReturnValue

from portal.credentials import queries, rules
from portal.credentials.forms import AppCodeForm
from portal.credentials.services.apps import secret_of
from portal.platform.codes import qr_path
from portal.platform.i18n import gettext as _
from portal.platform.keyed import seal, unseal

CODES, NEXT = "codes", "codes_next"
SEAL = "codes.shown"


def app_page(
    account_id: int,
    public_id: str,
    form: AppCodeForm,
    *,
    first: bool,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """The square of an application that is being set up, its secret in letters, and the field for its first code."""
    app = queries.app(public_id, account_id=account_id)
    secret = secret_of(app)
    address = rules.app_address(secret, account=queries.card(account_id).email or "")
    square = qr_path(address, label=_("Carré à scanner avec votre application"))
    page = render_template(
        "credentials/app.html",
        form=form,
        app=app,
        square=square,
        secret=rules.in_groups(secret),
        address=address,
        first=first,
    )
    return page, status, headers or {}


def keep_codes(codes: list[str], *, next_path: str = "") -> None:
    """Until their owner says that they are kept: in the session, under seal."""
    session[CODES], session[NEXT] = seal(SEAL, json.dumps(codes)), next_path


def kept_codes() -> list[str]:
    """The codes to show; none once they were kept."""
    text = unseal(SEAL, session.get(CODES, ""))
    return list(json.loads(text)) if text else []


def forget_codes() -> str:
    """They are kept: where their owner was going."""
    session.pop(CODES, None)
    return str(session.pop(NEXT, ""))
