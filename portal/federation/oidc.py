"""OpenID Connect's code flow (OpenID Connect Core 1.0, 3.1; RFC 6749, 7636, 9207), with Authlib and joserfc.

Authlib writes the requests, exchanges the code and checks the claims of the ID token; joserfc checks every signature. The
network is reached through `wire.line` only. Nothing here touches the database or the session.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from portal.federation.rules import Claims
from portal.federation.wire import ProviderFault, Refused, check_same_origin, line, read
from portal.kernel import clock
from portal.providers import OidcProvider

FRESH = timedelta(minutes=10)
"""How long discovery and keys are believed. An unknown key is asked for at once, and the set replaced whole."""

LEEWAY = 30
"""Seconds by which two clocks may differ."""

REFUSALS = frozenset({400, 401, 403})
"""What a token endpoint says no with (RFC 6749, 5.2)."""

LONGEST_TOKEN = 16 * 1024
LONGEST_SUBJECT = 255
_SERVER_SIDE = ("token_endpoint", "jwks_uri")
_BROWSER_SIDE = ("authorization_endpoint",)


@dataclass(slots=True)
class _Known:
    """What a provider publishes of itself, and when it was read."""

    metadata: dict[str, Any]
    keys: KeySet
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What must be remembered of a departure until the return; it stays in the session on the server."""

    state: str
    nonce: str
    verifier: str
    """PKCE's secret (RFC 7636); empty when the provider's switch is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a checked return is worth: the person's claims, and the ID token with which to sign out."""

    claims: Claims
    id_token: str = field(repr=False)


_known: dict[str, _Known] = {}


def forget() -> None:
    """Read discovery and keys again at the next use; for tests."""
    _known.clear()


def new_request(provider: OidcProvider) -> Request:
    """Fresh secrets, 43 characters each."""
    verifier = token_urlsafe(48) if provider.pkce else ""
    return Request(state=token_urlsafe(32), nonce=token_urlsafe(32), verifier=verifier)


def departure(provider: OidcProvider, request: Request, *, redirect_uri: str) -> str:
    """Where to send the browser; raises `ProviderFault` when the provider cannot be read."""
    more = {}
    if provider.acr and provider.acr_asked_by == "claims":
        more["claims"] = json.dumps({"id_token": {"acr": {"essential": True, "values": provider.acr}, "amr": None}})
    elif provider.acr:
        more["acr_values"] = " ".join(provider.acr)
    url, _ = _client(provider, redirect_uri).create_authorization_url(
        _about(provider).metadata["authorization_endpoint"],
        state=request.state,
        nonce=request.nonce,
        code_verifier=request.verifier or None,
        **more,
    )
    return str(url)


def come_back(provider: OidcProvider, request: Request, *, code: str, issuer: str | None, redirect_uri: str) -> Return:
    """Exchange the code, check everything, and say who it is; raises `Refused` or `ProviderFault`.

    `issuer` is the `iss` of the answer, against a mix-up of two providers (RFC 9207).
    """
    if issuer is not None and issuer != provider.issuer:
        raise Refused("issuer of the answer")
    tokens = _exchange(provider, request, code=code, redirect_uri=redirect_uri)
    id_token = _text(tokens.get("id_token"), "no ID token")
    access_token = _text(tokens.get("access_token"), "no access token")
    proof = _checked_id_token(provider, id_token, nonce=request.nonce, access_token=access_token)
    about = _userinfo(provider, access_token)
    if about.get("sub") != proof["sub"]:
        raise Refused("subject of userinfo")
    return Return(claims=_claims(provider, proof, about), id_token=id_token)


def farewell(provider: OidcProvider, *, id_token: str, state: str, back: str) -> str | None:
    """Where the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0), or None when it offers none."""
    url = _about(provider).metadata.get("end_session_endpoint")
    if url is None:
        return None
    query = urlencode({"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": state})
    return f"{check_same_origin(url, provider.issuer)}?{query}"


class _Exchange:
    """The session that Authlib sends its one request with: ours, with the client's secret where the provider wants it."""

    @staticmethod
    def post(url: str, *, data: dict[str, str], headers: dict[str, str], auth: Any) -> httpx.Response:
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        with line(url) as client:
            return read(client.post(url, content=body, headers=headers), also=REFUSALS)


def _client(provider: OidcProvider, redirect_uri: str) -> Any:
    return OAuth2Client(
        _Exchange(),
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method=f"client_secret_{provider.client_auth}",
        scope=provider.scopes,
        redirect_uri=redirect_uri,
        code_challenge_method="S256" if provider.pkce else None,
    )


def _exchange(provider: OidcProvider, request: Request, *, code: str, redirect_uri: str) -> dict[str, Any]:
    secret = {"code_verifier": request.verifier} if request.verifier else {}
    try:
        tokens = _client(provider, redirect_uri).fetch_token(
            _about(provider).metadata["token_endpoint"], grant_type="authorization_code", code=code, **secret
        )
    except OAuth2Error as error:
        raise Refused("code refused") from error
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFault("token endpoint") from error
    return dict(tokens)


def _about(provider: OidcProvider, *, anew: bool = False) -> _Known:
    """Discovery and keys, read at most every `FRESH`, or now."""
    known, now = _known.get(provider.issuer), clock.now()
    if known is None or anew or not timedelta(0) <= now - known.read_at < FRESH:
        known = _known[provider.issuer] = _Known(*_read_about(provider), read_at=now)
    return known


def _read_about(provider: OidcProvider) -> tuple[dict[str, Any], KeySet]:
    with line(provider.issuer) as client:
        metadata = _object(read(client.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")))
        if metadata.get("issuer") != provider.issuer:
            raise ProviderFault("issuer of the discovery")
        for name in (*_SERVER_SIDE, *_BROWSER_SIDE):
            check_same_origin(metadata.get(name), provider.issuer)
        published = _object(read(client.get(metadata["jwks_uri"])))
    try:
        return metadata, KeySet.import_key_set({"keys": published["keys"]})
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ProviderFault("keys") from error


def _verified(provider: OidcProvider, token: str) -> jwt.Token:
    """A token whose signature is the provider's, by a key that it publishes today."""
    if len(token) > LONGEST_TOKEN:
        raise Refused("token too long")
    try:
        return _decoded(provider, token, _about(provider).keys)
    except InvalidKeyIdError:
        pass  # perhaps a new key: the provider is asked, once
    try:
        return _decoded(provider, token, _about(provider, anew=True).keys)
    except InvalidKeyIdError as error:
        raise Refused("unknown key") from error


def _decoded(provider: OidcProvider, token: str, keys: KeySet) -> jwt.Token:
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in provider.algorithms:  # before any key is looked for: neither `none` nor HS256
            raise Refused("algorithm")
        return jwt.decode(token, keys, algorithms=list(provider.algorithms))
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError) as error:
        raise Refused(f"signature: {type(error).__name__}") from error


def _checked_id_token(provider: OidcProvider, text: str, *, nonce: str, access_token: str) -> dict[str, Any]:
    token = _verified(provider, text)
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    if provider.acr:
        options["acr"] = {"essential": True, "values": list(provider.acr)}
    params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options=options, params=params)
    try:
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
    except (JoseError, TypeError) as error:
        raise Refused(f"ID token: {error}") from error
    if not isinstance(claims["sub"], str) or len(claims["sub"]) > LONGEST_SUBJECT:
        raise Refused("subject")
    return dict(claims)


def _userinfo(provider: OidcProvider, access_token: str) -> dict[str, Any]:
    """Who it is, as a signed JWT or as JSON: as the settings say, never as the answer pleases."""
    url = check_same_origin(_about(provider).metadata.get("userinfo_endpoint"), provider.issuer)
    with line(provider.issuer) as client:
        answer = read(client.get(url, headers={"Authorization": f"Bearer {access_token}"}))
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if provider.userinfo == "json":
        if kind != "application/json":
            raise Refused("userinfo is not JSON")
        return _object(answer)
    if kind != "application/jwt":
        raise Refused("userinfo is not signed")
    claims = _verified(provider, answer.text.strip()).claims
    return _checked_userinfo(provider, claims)


def _checked_userinfo(provider: OidcProvider, claims: dict[str, Any]) -> dict[str, Any]:
    """A signed userinfo names its issuer and its reader (OpenID Connect Core, 5.3.2); its dates, when it has some, hold."""
    registry = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise Refused(f"userinfo: {error}") from error
    return claims


def _claims(provider: OidcProvider, proof: dict[str, Any], about: dict[str, Any]) -> Claims:
    """The names under which each provider gives them: OpenID's, ProConnect's `usual_name`, ÉduConnect's LDAP ones."""
    amr = proof.get("amr")
    levels = {proof.get("acr"), *(amr if isinstance(amr, list) else ())}
    return Claims(
        provider=provider.name,
        key=provider.key,
        subject=str(proof["sub"]),
        given_name=_name(about, "given_name", "givenName"),
        family_name=_name(about, "family_name", "sn"),
        usage_name=_name(about, "usual_name", "preferred_username"),
        second_factor=not levels.isdisjoint(provider.second_factor),
    )


def _name(about: dict[str, Any], *names: str) -> str:
    found = next((about[name] for name in names if isinstance(about.get(name), str)), "")
    return str(found).strip()[:120]


def _text(value: object, missing: str) -> str:
    if not isinstance(value, str) or not value:
        raise Refused(missing)
    return value


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise ProviderFault("not JSON") from error
    if not isinstance(found, dict):
        raise ProviderFault("not an object")
    return cast(dict[str, Any], found)
