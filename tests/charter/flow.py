"""The way to a signed charter, for the tests of this folder: what the worker does, done at once."""

from dataclasses import dataclass, replace

from flask import current_app

from portal.charter import handlers, services
from portal.charter.events import CharterSigned, SignatureInvited
from portal.charter.models import CharterSignature, CharterVersion
from portal.loans.models import Loan
from portal.loans.states import LoanState
from portal.platform import scope
from tests import factories as make
from tests.factories.roster import Family
from tests.visitor import apart

SESSION = "the session of a browser"


@dataclass
class Asked:
    """A submitted loan, and the family that is asked to sign."""

    family: Family
    loan: Loan

    @property
    def signature(self) -> CharterSignature:
        """This family's own signature, of the last text, as it is now."""
        guardian_id = self.family.guardian.id if self.family.guardian else None
        return make.every(CharterSignature, loan_id=self.loan.id, guardian_id=guardian_id)[-1]

    @property
    def id(self) -> int:
        return self.signature.id

    @property
    def name(self) -> str:
        return self.family.account.name


def job(call, *args, **kwargs):
    """Run as the worker does: apart, in the scope of every school."""
    app = current_app._get_current_object()

    def inside():
        with app.app_context(), scope.every_school(reason="tests"):
            return call(*args, **kwargs)

    return apart(inside)


def as_family(family, call, *args, **kwargs):
    """Run as a page of this family does."""
    app = current_app._get_current_object()

    def inside():
        with app.app_context(), scope.family(family.account_id, frozenset({family.student.id})):
            return call(*args, **kwargs)

    return apart(inside)


def asked(family=None, *, printed=True, **loan) -> Asked:
    """A request has reached the school: those who may sign are invited, and their charters printed."""
    who = family or make.family()
    if not make.every(CharterVersion):
        make.charter_version()
    about = make.loan(state=LoanState.SUBMITTED, student=who.student, **loan)
    job(services.invite, about.id)
    if printed:
        show(about)
    return Asked(who, about)


def show(loan) -> None:
    """What the worker does after an invitation."""
    for one in make.every(CharterSignature, loan_id=loan.id):
        event = SignatureInvited(school_id=loan.school_id, signature_id=one.id, loan_id=loan.id)
        job(handlers.present, event, "key")


def read(about: Asked, **changes) -> None:
    values = {"by": about.family.account_id, "language": "fr", **changes}
    as_family(about.family, services.confirm_reading, about.id, **values)


def code_for(about: Asked, *, channel="sms", session=SESSION) -> str:
    """Ask for a code, and read it in the message."""
    as_family(about.family, services.ask_code, about.id, channel=channel, session=session)
    return job(services.draw_code, about.id).code


def sign(about: Asked, code: str, **changes) -> dict[str, str]:
    values = {"name": about.name, "consent": True, "session": SESSION, **changes}
    return as_family(about.family, services.sign, about.id, code=code, **values)


def signed(family=None, **loan) -> Asked:
    """All the way to a signature."""
    about = asked(family, **loan)
    read(about)
    assert sign(about, code_for(about)) == {}
    return about


def seal(about: Asked) -> None:
    """What the worker does after a signature, with a key of the demonstration."""
    event = CharterSigned(school_id=about.loan.school_id, signature_id=about.id, loan_id=about.loan.id)
    job(handlers.seal, event, "key")


def in_demo(app, tmp_path, monkeypatch):
    """The seal's key is then made on the spot."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], demo=True, home=tmp_path))


def lend(region_id: int, *names: str, price=35000) -> None:
    """Models that the region lends."""
    for name in names:
        make.device_model(region_id=region_id, name=name, price_cents=price)
