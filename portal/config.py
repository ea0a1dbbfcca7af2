"""The settings: one frozen dataclass, read once from the environment. The README has the same table."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from portal.providers import Provider, UnreadableProvider, read_providers

SHORTEST_KEY = 32
FEWEST_SYMBOLS = 8
LA_POSTE = 28
"""Where the demo's stand-in for La Poste listens: so many ports after the portal's own."""

DEMO_PACE = 1200
"""An hour of the demo's parcels lasts three seconds."""


class BadSettings(RuntimeError):
    """The portal refuses to start; the message says which setting to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two installations. Each field is `FIN_PRET_` and its name in capitals."""

    home: Path
    """Folder of the embedded database, the files and the demo's mailbox."""
    database_url: str
    """SQLAlchemy address; SQLite in `home` by default, PostgreSQL when one machine is outgrown."""
    worker_url: str
    """Database in which the worker keeps its progress; beside the main one by default."""
    secret_key: str
    """Signs forms and derives the keys of codes; at least 32 characters."""
    base_url: str
    """Address that people type, put into messages and QR codes; https in production."""
    demo: bool = False
    """Opens `/demo` and its mailbox; impossible over https."""
    debug: bool = False
    """Flask's debugger; refused in production."""
    proxies: int = 0
    """Number of trusted proxies in front, for the address and the scheme of a request."""
    smtp_url: str = "smtp://127.0.0.1:8025"
    """Outgoing mail: `smtp://` or `smtps://`, user and password inside when needed."""
    mail_from: str = "Fin prêt <ne-pas-repondre@example.org>"
    """Sender of every e-mail."""
    sms_url: str = "http://127.0.0.1:8026/sms"
    """Gateway that takes a text message as JSON with an `Idempotency-Key` header."""
    sms_token: str = ""
    """Bearer token of the SMS gateway."""
    sls_url: str = "https://ws.colissimo.fr/sls-ws/SlsServiceWSRest/2.0"
    """Colissimo's shipping service (labels, deposit slips), used by lycées that have a contract."""
    suivi_url: str = "https://api.laposte.fr/suivi/v2"
    """La Poste's tracking service, used where a tracking key was given."""
    tracking_pace: int = 1
    """How many times more often than usual parcels are asked about; for the demo, whose parcels hurry."""
    pickup_days: int = 14
    """Days that a pickup point keeps a parcel, as families are told; 0, and no date is told."""
    files_url: str = ""
    """Where signed PDFs, slips and receipts are kept: a folder (default `home`/fichiers) or `s3://bucket`."""
    ban_url: str = ""
    """Search of the national address base, which suggests how a street is written; empty, nobody is asked."""
    undo_seconds: int = 600
    """Time during which a decision can be taken back, before the family is told."""
    seal_pkcs12: str = ""
    """File with the seal's key and certificate; without it a key is made at set-up, for the demo only."""
    seal_pkcs11: str = ""
    """Address (RFC 7512) of a key in a security module, instead of a file: `pkcs11:token=…;object=…?module-path=…`."""
    seal_passphrase: str = ""
    """Passphrase of that file, or PIN of that module."""
    seal_former: str = ""
    """PEM file: the certificates that sealed before this one, with their roots; what they sealed stays authentic."""
    tsa_url: str = ""
    """Time-stamp authority (RFC 3161), user and password inside when needed; without it, seals carry the server's time."""
    tsa_policy: str = ""
    """Policy asked of the authority and required in its answers: an object identifier; any when empty."""
    tsa_roots: str = ""
    """PEM file: the roots of the authority's certificates, former ones included; lists of revoked ones may follow."""
    dpo_email: str = ""
    """The data protection officer's address, to which the day's chain head is sent; nobody's when empty."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    providers: tuple[Provider, ...] = ()
    """Who else may vouch for people: `FIN_PRET_OIDC_<NAME>_…` and `FIN_PRET_CAS_<NAME>_…`; nobody by default."""

    @property
    def production(self) -> bool:
        """Neither demo nor debug."""
        return not self.demo and not self.debug

    @property
    def https(self) -> bool:
        """Whether people reach the portal over TLS: cookies are then `Secure`."""
        return urlsplit(self.base_url).scheme == "https"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read, complete with defaults and check; raises `BadSettings`."""
        env = os.environ if environment is None else environment
        usual = {field.name: field.default for field in fields(cls)}  # `cls.smtp_url` would be the slot, not its value
        home = Path(env.get("FIN_PRET_HOME", "var")).resolve()
        demo = env.get("FIN_PRET_DEMO", "") == "1"
        port = env.get("PORT", "8000")
        local = f"http://127.0.0.1:{int(port) + LA_POSTE if port.isdigit() else 0}"  # beside the portal, in the demo
        database_url = env.get("FIN_PRET_DATABASE_URL", f"sqlite:///{home}/fin-pret.db")
        settings = cls(
            home=home,
            database_url=_with_driver(database_url),
            worker_url=_with_driver(env.get("FIN_PRET_WORKER_URL", _beside(database_url, home))),
            secret_key=env.get("FIN_PRET_SECRET_KEY", "") or (_kept_key(home) if demo else ""),
            base_url=env.get("FIN_PRET_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            demo=demo,
            debug=env.get("FIN_PRET_DEBUG", "") == "1",
            proxies=_number(env, "FIN_PRET_PROXIES", 0),
            smtp_url=env.get("FIN_PRET_SMTP_URL", str(usual["smtp_url"])),
            mail_from=env.get("FIN_PRET_MAIL_FROM", str(usual["mail_from"])),
            sms_url=env.get("FIN_PRET_SMS_URL", str(usual["sms_url"])),
            sms_token=env.get("FIN_PRET_SMS_TOKEN", ""),
            sls_url=env.get(
                "FIN_PRET_SLS_URL", local + "/sls-ws/SlsServiceWSRest/2.0" if demo else str(usual["sls_url"])
            ),
            suivi_url=env.get("FIN_PRET_SUIVI_URL", local + "/suivi/v2" if demo else str(usual["suivi_url"])),
            tracking_pace=_number(env, "FIN_PRET_TRACKING_PACE", DEMO_PACE if demo else 1),
            pickup_days=_number(env, "FIN_PRET_PICKUP_DAYS", 14),
            files_url=env.get("FIN_PRET_FILES_URL", f"{home}/fichiers"),
            ban_url=env.get("FIN_PRET_BAN_URL", ""),
            undo_seconds=_number(env, "FIN_PRET_UNDO_SECONDS", 60 if demo else 600),
            seal_pkcs12=env.get("FIN_PRET_SEAL_PKCS12", ""),
            seal_pkcs11=env.get("FIN_PRET_SEAL_PKCS11", ""),
            seal_passphrase=env.get("FIN_PRET_SEAL_PASSPHRASE", ""),
            seal_former=env.get("FIN_PRET_SEAL_FORMER", ""),
            tsa_url=env.get("FIN_PRET_TSA_URL", ""),
            tsa_policy=env.get("FIN_PRET_TSA_POLICY", ""),
            tsa_roots=env.get("FIN_PRET_TSA_ROOTS", _demo_roots(home) if demo else ""),
            dpo_email=env.get("FIN_PRET_DPO_EMAIL", ""),
            log_level=env.get("FIN_PRET_LOG_LEVEL", "INFO").upper(),
            providers=_providers(env, plain=demo or env.get("FIN_PRET_DEBUG", "") == "1"),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse what would be unsafe, with a sentence that says what to change."""
        if len(self.secret_key) < SHORTEST_KEY or len(set(self.secret_key)) < FEWEST_SYMBOLS:
            raise BadSettings("FIN_PRET_SECRET_KEY: give at least 32 random characters")
        if self.demo and self.https:
            raise BadSettings("FIN_PRET_DEMO: the demo lets anybody in, it never runs on an https address")
        if self.production and not all(url.startswith("https://") for url in (self.sls_url, self.suivi_url)):
            raise BadSettings("FIN_PRET_SLS_URL, FIN_PRET_SUIVI_URL: contract keys travel over https only")
        if self.production and not self.https:
            raise BadSettings("FIN_PRET_BASE_URL: production needs an https address")
        if self.seal_pkcs11 and self.seal_pkcs12:
            raise BadSettings("FIN_PRET_SEAL_PKCS11, FIN_PRET_SEAL_PKCS12: one key seals, give one of them")
        if self.tsa_url and not self.tsa_roots:
            raise BadSettings(
                "FIN_PRET_TSA_ROOTS: name the file of the authority's roots, or nobody can check its stamps"
            )
        if self.debug and self.https:
            raise BadSettings("FIN_PRET_DEBUG: the debugger never runs on an https address")


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise BadSettings(f"{name}: a whole number is expected")
    return int(text)


def _providers(env: Mapping[str, str], *, plain: bool) -> tuple[Provider, ...]:
    try:
        return read_providers(env, plain=plain)
    except UnreadableProvider as problem:
        raise BadSettings(str(problem)) from problem


def _with_driver(url: str) -> str:
    """People write `postgresql://`; the driver we ship is psycopg 3."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _beside(database_url: str, home: Path) -> str:
    return f"sqlite:///{home}/worker.db" if database_url.startswith("sqlite") else database_url


def _demo_roots(home: Path) -> str:
    """Whom the demo's stamps come from, so that a command typed beside it believes them; deploy/run.py makes the file."""
    roots = home / "horodatage" / "confiance.pem"
    return str(roots) if roots.exists() else ""


def _kept_key(home: Path) -> str:
    """The demo's own key, made at the first start and readable by its owner only."""
    path = home / "secret.key"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
