"""The keys of La Poste's services: for one lycée, by its head; for all of them, by the region. Never shown again."""

from typing import TypedDict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.errors import DomainError
from portal.platform import htmx
from portal.platform.consultation import Shown
from portal.platform.i18n import gettext as _
from portal.platform.pages import SELDOM, entry
from portal.platform.web import me
from portal.policy import Action, Role
from portal.schools import queries as schools
from portal.shipping import services
from portal.shipping.contracts import VERDICTS, Service
from portal.shipping.forms.contracts import ContractForm
from portal.shipping.queries import contracts as contract_queries
from portal.shipping.routes.blueprint import bp, school_id

entry("Contrats La Poste", "shipping.contracts", Action.MANAGE_CARRIER, rank=SELDOM)
UNREADABLE = 422


class Owner(TypedDict):
    """Whose contract it is: a lycée's, or, without `school_id`, the region's."""

    region_id: int
    school_id: int | None


def _owner() -> Owner:
    """The lycée of its head; the whole region for the region's own."""
    if me().role is Role.REGION:
        return {"region_id": schools.first_region_id() or 0, "school_id": None}
    mine = school_id()
    return {"region_id": schools.region_of(mine).id, "school_id": mine}


def _service() -> Service:
    sent = request.form.get("service", "")
    return Service(sent) if sent in set(Service) else Service.COLISSIMO


@bp.get("/contrats", allow=Action.MANAGE_CARRIER, shows=Shown.NOBODY)
def contracts() -> ResponseReturnValue:
    """Which service is open, and whether La Poste accepts its keys."""
    owner = _owner()
    return htmx.page_or(
        "shipping/contracts.html",
        "shipping/_contracts.html",
        rows=contract_queries.own_contracts(**owner),
        services=list(Service),
        verdicts=VERDICTS,
        whole_region=owner["school_id"] is None,
    )


@bp.get("/contrats/colissimo", allow=Action.MANAGE_CARRIER, shows=Shown.NOBODY)
def contract_colissimo() -> ResponseReturnValue:
    """The shipping service's keys."""
    return _form_page(ContractForm.of(_own(Service.COLISSIMO)), Service.COLISSIMO)


@bp.get("/contrats/suivi", allow=Action.MANAGE_CARRIER, shows=Shown.NOBODY)
def contract_suivi() -> ResponseReturnValue:
    """The tracking service's key."""
    return _form_page(ContractForm.of(_own(Service.SUIVI)), Service.SUIVI)


def _own(service: Service) -> object:
    return contract_queries.own_contracts(**_owner()).get(service)


def _form_page(form: ContractForm, service: Service, status: int = 200) -> ResponseReturnValue:
    page = render_template("shipping/contract.html", form=form, service=service, known=_own(service) is not None)
    return page, status


@bp.post("/contrats", allow=Action.MANAGE_CARRIER)
def save_contract() -> ResponseReturnValue:
    """Keep the keys, sealed; a key left empty stays as it was."""
    form, service = ContractForm.sent(), _service()
    if not form.validate() or not _saved(form, service):
        return _form_page(form, service, UNREADABLE)
    flash(_("Le contrat est enregistré. Vérifiez maintenant la connexion."), "done")
    return redirect(url_for(".contracts"), code=303)


def _saved(form: ContractForm, service: Service) -> bool:
    try:
        services.save_contract(
            service,
            **_owner(),
            secret=form.secret,
            by=me().account_id,
            label=form.label_format,
            signature=bool(form.signature.data),
        )
    except DomainError as refusal:
        form.refuse("api_key", refusal.message)
    return not form.errors


@bp.post("/contrats/verification", allow=Action.MANAGE_CARRIER)
def check_contract() -> ResponseReturnValue:
    """Let the worker try the keys."""
    services.ask_check(_service(), **_owner())
    return redirect(url_for(".contracts"), code=303)


@bp.post("/contrats/retrait", allow=Action.MANAGE_CARRIER)
def remove_contract() -> ResponseReturnValue:
    """Forget the keys."""
    services.remove_contract(_service(), **_owner())
    flash(_("Le contrat est retiré. Les étiquettes déjà faites restent valables."), "done")
    return redirect(url_for(".contracts"), code=303)
