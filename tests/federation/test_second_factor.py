"""Staff who come by a provider: its second factor counts only where the settings trust it; otherwise ours is asked."""

import pytest

from tests import factories as make
from tests.databases import HOST
from tests.pages import Page

CLAIRE = {"claire": {"given_name": "Claire", "usual_name": "Dubois"}}


@pytest.fixture
def manager(app):
    return make.manager(account=make.account(name="Claire Dubois"))


def session_of(agent):
    with agent.visitor.session_transaction(base_url=HOST) as session:
        return dict(session)


@pytest.mark.parametrize(
    ("trusted", "given"),
    [((), "eidas2"), (("eidas2",), "eidas1"), (("mfa",), "eidas2")],
    ids=["nothing is trusted", "a lower level was given", "another value is trusted"],
)
def test_without_a_trusted_second_factor_ours_is_asked(idp, configure, agent, manager, trusted, given):
    configure(idp.provider("proconnect", second_factor=trusted))
    idp.control(people=CLAIRE, acr=given)
    make.identity(account_id=manager.account_id, provider=idp.url, subject="claire")
    assert agent.sign_in("proconnect", login="claire").status_code == 303
    kept = session_of(agent)
    assert "_user_id" not in kept
    assert kept["half"]["account"] == manager.account_id
    assert agent.visitor.get("/connexion").location.startswith("/entrer")


@pytest.mark.parametrize("trusted", ["eidas2", "mfa"])
def test_a_second_factor_that_the_settings_trust_spares_ours(idp, configure, agent, manager, trusted):
    configure(idp.provider("proconnect", second_factor=(trusted,)))
    idp.control(people=CLAIRE, acr="eidas2", amr=["pwd", "mfa"])
    make.identity(account_id=manager.account_id, provider=idp.url, subject="claire")
    assert agent.sign_in("proconnect", login="claire").status_code == 303
    assert "Gestionnaire" in Page(agent.visitor.get("/", follow_redirects=True)).text(".who")
