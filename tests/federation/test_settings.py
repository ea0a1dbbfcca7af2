"""Providers are described by the environment; what is unsafe or makes no sense is refused by name."""

import pytest

from portal.config import BadSettings, Settings
from portal.providers import CasProvider, OidcProvider, UnreadableProvider, read_providers

EDU = {
    "FIN_PRET_OIDC_EDUCONNECT_ISSUER": "https://educonnect.example.org/idp",
    "FIN_PRET_OIDC_EDUCONNECT_CLIENT_ID": "fin-pret",
    "FIN_PRET_OIDC_EDUCONNECT_CLIENT_SECRET": "a secret that nobody prints",
}
ENT = {"FIN_PRET_CAS_ENT_URL": "https://cas.ent.example.org/cas"}
PRODUCTION = {
    "FIN_PRET_SECRET_KEY": "abcdefgh-ijklmnop-qrstuvwx-yz012345",
    "FIN_PRET_BASE_URL": "https://pret.example.org",
}


def one(**changes):
    (found,) = read_providers({**EDU, **{f"FIN_PRET_OIDC_EDUCONNECT_{k}": v for k, v in changes.items()}}, plain=False)
    return found


def test_there_is_none_by_default(tmp_path):
    assert Settings.from_environment({**PRODUCTION, "FIN_PRET_HOME": str(tmp_path)}).providers == ()


def test_what_need_not_be_said_is_the_safe_and_usual_choice():
    assert one() == OidcProvider(
        name="educonnect",
        label="Educonnect",
        issuer="https://educonnect.example.org/idp",
        client_id="fin-pret",
        client_secret="a secret that nobody prints",
        pkce=True,
        audience="family",
        userinfo="json",
        algorithms=("ES256", "RS256"),
    )


def test_every_setting_is_read():
    provider = one(
        LABEL="ProConnect",
        AUDIENCE="staff",
        SCOPES="openid given_name usual_name",
        ACR="eidas1 eidas2",
        ACR_ASKED_BY="claims",
        SECOND_FACTOR="eidas2 mfa",
        ALGORITHMS="RS256",
        PKCE="0",
        USERINFO="signed",
        CLIENT_AUTH="basic",
    )
    assert (provider.label, provider.audience, provider.pkce, provider.userinfo) == (
        "ProConnect",
        "staff",
        False,
        "signed",
    )
    assert (provider.acr, provider.acr_asked_by) == (("eidas1", "eidas2"), "claims")
    assert provider.second_factor == ("eidas2", "mfa")
    assert (provider.algorithms, provider.client_auth) == (("RS256",), "basic")


def test_an_ent_is_read_and_both_kinds_live_together():
    both = read_providers({**EDU, **ENT, "FIN_PRET_CAS_ENT_VERSION": "2"}, plain=False)
    assert both[1] == CasProvider(name="ent", label="Ent", url="https://cas.ent.example.org/cas/", version=2)
    assert [provider.name for provider in both] == ["educonnect", "ent"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ISSUER", ""),
        ("ISSUER", "http://educonnect.example.org"),
        ("ISSUER", "educonnect.example.org"),
        ("ISSUER", "https://user@educonnect.example.org"),
        ("ISSUER", "https://educonnect.example.org/?x=1"),
        ("CLIENT_ID", ""),
        ("CLIENT_SECRET", " "),
        ("AUDIENCE", "everybody"),
        ("PKCE", "yes"),
        ("USERINFO", "jwt"),
        ("ALGORITHMS", "HS256"),
        ("ALGORITHMS", "ES256 none"),
        ("SCOPES", "email"),
        ("SCOPE", "openid"),
    ],
)
def test_what_is_unsafe_or_makes_no_sense_is_refused_by_name(setting, value):
    with pytest.raises(UnreadableProvider, match=f"FIN_PRET_OIDC_EDUCONNECT_{setting}"):
        one(**{setting: value})


@pytest.mark.parametrize(("setting", "value"), [("URL", "http://cas.example.org"), ("VERSION", "1"), ("ISSUER", "x")])
def test_an_ent_is_refused_by_name_too(setting, value):
    with pytest.raises(UnreadableProvider, match=f"FIN_PRET_CAS_ENT_{setting}"):
        read_providers({**ENT, f"FIN_PRET_CAS_ENT_{setting}": value}, plain=False)


def test_two_providers_do_not_share_a_name():
    with pytest.raises(UnreadableProvider, match="same name"):
        read_providers({**EDU, "FIN_PRET_CAS_EDUCONNECT_URL": "https://cas.example.org"}, plain=False)


def test_two_providers_do_not_share_an_address():
    twice = {name.replace("EDUCONNECT", "OTHER"): value for name, value in EDU.items()}
    with pytest.raises(UnreadableProvider, match="two providers have this address"):
        read_providers({**EDU, **twice}, plain=False)


def test_production_does_not_start_with_a_provider_over_http(tmp_path):
    environment = {**PRODUCTION, "FIN_PRET_HOME": str(tmp_path), **EDU}
    assert Settings.from_environment(environment).providers
    environment["FIN_PRET_OIDC_EDUCONNECT_ISSUER"] = "http://127.0.0.1:8080"
    with pytest.raises(BadSettings, match="FIN_PRET_OIDC_EDUCONNECT_ISSUER"):
        Settings.from_environment(environment)


def test_the_demo_may_use_a_provider_of_this_machine(tmp_path):
    environment = {"FIN_PRET_DEMO": "1", "FIN_PRET_HOME": str(tmp_path), **EDU}
    environment["FIN_PRET_OIDC_EDUCONNECT_ISSUER"] = "http://127.0.0.1:8080"
    assert Settings.from_environment(environment).providers[0].key == "http://127.0.0.1:8080"


def test_a_secret_is_not_printed():
    assert "nobody prints" not in repr(one())
