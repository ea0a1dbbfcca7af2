"""Who may vouch for people: the sign-in providers of an installation, read from the environment. None by default.

`FIN_PRET_OIDC_<NAME>_…` describes an OpenID Connect provider (ÉduConnect, FranceConnect, ProConnect), `FIN_PRET_CAS_<NAME>_…`
the CAS server of an ENT. `<NAME>` is letters and digits; in lower case it is part of the address that people come back to,
and therefore of what is declared to the provider: `https://…/connexion/retour/<name>`. The README has the table.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn
from urllib.parse import urlsplit

Audience = Literal["family", "staff"]

OIDC_SETTINGS = frozenset(
    {
        "ISSUER", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_AUTH", "LABEL", "AUDIENCE", "SCOPES", "ACR", "ACR_ASKED_BY",
        "SECOND_FACTOR", "ALGORITHMS", "PKCE", "USERINFO",
    }
)  # fmt: skip
CAS_SETTINGS = frozenset({"URL", "VERSION", "LABEL", "AUDIENCE", "VECTOR"})
ASYMMETRIC = frozenset({"ES256", "ES384", "RS256", "RS384", "PS256"})
"""The signatures that a provider may be set to use. `none` is no signature, and HS256 makes of our secret their key."""

_NAMED = re.compile(r"FIN_PRET_(?P<kind>OIDC|CAS)_(?P<name>[A-Z0-9]+)_(?P<setting>[A-Z_]+)")


class UnreadableProvider(ValueError):
    """A setting of a provider is missing, unknown or makes no sense; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider(ABC):
    """What both kinds have in common."""

    name: str
    """As in addresses: lower case, letters and digits."""
    label: str
    """What the button says."""
    audience: Audience = "family"
    """Whom it vouches for: a parent or student, or the staff. A family's provider never opens a role of the staff."""

    @property
    @abstractmethod
    def key(self) -> str:
        """What the database calls it: its own address, so that another provider under the same name is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider(Provider):
    """An OpenID Connect provider, spoken to with the code flow (OpenID Connect Core 1.0, section 3.1)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    client_auth: Literal["post", "basic"] = "post"
    """How the secret goes to the token endpoint: `client_secret_post`, as FranceConnect and ProConnect ask, or `_basic`."""
    scopes: str = "openid given_name family_name"
    acr: tuple[str, ...] = ()
    """Levels asked for; when there are some, an answer without one of them is refused."""
    acr_asked_by: Literal["acr_values", "claims"] = "acr_values"
    """ProConnect's way to demand a level is the `claims` parameter; the others read `acr_values`."""
    second_factor: tuple[str, ...] = ()
    """Values of `acr` or `amr` that prove two factors; without one, the portal asks the staff for its own."""
    algorithms: tuple[str, ...] = ("ES256", "RS256")
    pkce: bool = True
    """ProConnect refuses the parameters that its list does not have: a switch (reference/school-data.md, 4.4)."""
    userinfo: Literal["json", "signed"] = "json"
    """`signed`: the answer is a JWT, as FranceConnect v2 and ProConnect give it, and plain JSON is refused."""

    @property
    def key(self) -> str:
        """Its issuer."""
        return self.issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class CasProvider(Provider):
    """The CAS server of an ENT (CAS Protocol Specification 3.0.3)."""

    url: str
    """With a final slash: `login`, `logout` and the two validations are below it."""
    version: Literal[2, 3] = 3
    vector: str = "FrEduVecteur"
    """Attribute that says whose parent one is."""

    @property
    def key(self) -> str:
        """Its address."""
        return self.url


def read_providers(env: Mapping[str, str], *, plain: bool) -> tuple[Provider, ...]:
    """The providers of an environment, in the order of their names; raises `UnreadableProvider`.

    :param plain: whether http is allowed (demo, debugging); in production every provider is reached over TLS.
    """
    described: dict[tuple[str, str], dict[str, str]] = {}
    for variable in sorted(env):
        if found := _NAMED.fullmatch(variable):
            described.setdefault((found["name"], found["kind"]), {})[found["setting"]] = env[variable].strip()
    names = [name for name, _ in described]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UnreadableProvider(f"FIN_PRET_CAS_{twice}_URL: an OIDC provider has the same name")
    makers = {"OIDC": _oidc, "CAS": _cas}
    read = tuple(
        makers[kind](_Reader(kind, name, settings, plain)) for (name, kind), settings in sorted(described.items())
    )
    keys = [one.key for one in read]
    if again := next((key for key in keys if keys.count(key) > 1), None):
        raise UnreadableProvider(f"{again}: two providers have this address, their people could not be told apart")
    return read


def _oidc(read: "_Reader") -> OidcProvider:
    read.only(OIDC_SETTINGS)
    algorithms = tuple(read.text("ALGORITHMS", "ES256 RS256").split())
    if not algorithms or not ASYMMETRIC.issuperset(algorithms):
        read.refuse("ALGORITHMS", f"one or more of {', '.join(sorted(ASYMMETRIC))}")
    scopes = read.text("SCOPES", "openid given_name family_name")
    if "openid" not in scopes.split():
        read.refuse("SCOPES", "openid is one of them")
    return OidcProvider(
        name=read.name.lower(),
        label=read.text("LABEL", read.name.capitalize()),
        audience="staff" if read.choice("AUDIENCE", "family", "staff") == "staff" else "family",
        issuer=read.address("ISSUER"),
        client_id=read.needed("CLIENT_ID"),
        client_secret=read.needed("CLIENT_SECRET"),
        client_auth="basic" if read.choice("CLIENT_AUTH", "post", "basic") == "basic" else "post",
        scopes=scopes,
        acr=tuple(read.text("ACR").split()),
        acr_asked_by="claims" if read.choice("ACR_ASKED_BY", "acr_values", "claims") == "claims" else "acr_values",
        second_factor=tuple(read.text("SECOND_FACTOR").split()),
        algorithms=algorithms,
        pkce=read.choice("PKCE", "1", "0") == "1",
        userinfo="signed" if read.choice("USERINFO", "json", "signed") == "signed" else "json",
    )


def _cas(read: "_Reader") -> CasProvider:
    read.only(CAS_SETTINGS)
    return CasProvider(
        name=read.name.lower(),
        label=read.text("LABEL", read.name.capitalize()),
        audience="staff" if read.choice("AUDIENCE", "family", "staff") == "staff" else "family",
        url=read.address("URL").rstrip("/") + "/",
        version=2 if read.choice("VERSION", "3", "2") == "2" else 3,
        vector=read.text("VECTOR", "FrEduVecteur"),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The settings of one provider, each read once and refused by its full name."""

    kind: str
    name: str
    settings: Mapping[str, str]
    plain: bool

    def refuse(self, setting: str, expected: str) -> NoReturn:
        raise UnreadableProvider(f"FIN_PRET_{self.kind}_{self.name}_{setting}: {expected}")

    def only(self, known: frozenset[str]) -> None:
        for setting in self.settings:
            if setting not in known:
                self.refuse(setting, f"no such setting; there are {', '.join(sorted(known))}")

    def text(self, setting: str, default: str = "") -> str:
        return self.settings.get(setting) or default

    def needed(self, setting: str) -> str:
        return self.text(setting) or self.refuse(setting, "needed")

    def choice(self, setting: str, default: str, *others: str) -> str:
        value = self.text(setting, default)
        return value if value in {default, *others} else self.refuse(setting, f"{default} or {' or '.join(others)}")

    def address(self, setting: str) -> str:
        address = self.needed(setting)
        parts = urlsplit(address)
        schemes = {"https", "http"} if self.plain else {"https"}
        if parts.scheme not in schemes or not parts.hostname or parts.username or parts.query or parts.fragment:
            self.refuse(setting, "an https address is expected, without query" if not self.plain else "an address")
        return address
