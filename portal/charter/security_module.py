"""A seal's key that never leaves its security module (PKCS#11): the module signs, and the portal never sees the key.

Python's driver is loaded at the first use of such a key; without one, neither it nor any module is needed. A session is
held for one seal, and by one thread of the process at a time: a module knows one login for the whole process, and ending
a session ends the login of all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote

from cryptography import x509

_ONE_AT_A_TIME: Final = Lock()


class ModuleRefused(Exception):
    """The module is missing, does not know the key, or will not sign; the message, in French, says which."""


@dataclass(frozen=True, slots=True)
class ModuleKey:
    """Where a private key is: the module's library, the label of its token, the label of the key; and the PIN."""

    library: str
    token: str
    label: str
    pin: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, address: str, *, pin: str | None) -> Self:
        """Read an address of RFC 7512 without its scheme: `token=…;object=…?module-path=…`; raises `ModuleRefused`."""
        path, _, query = address.partition("?")
        named = dict(part.partition("=")[::2] for part in path.split(";"))
        library = parse_qs(query).get("module-path", [""])[0]
        if not (library and named.get("token") and named.get("object")):
            raise ModuleRefused("écrivez pkcs11:token=…;object=…?module-path=… (RFC 7512).")
        return cls(library, unquote(named["token"]), unquote(named["object"]), pin)


@contextmanager
def session(key: ModuleKey, *, login: bool) -> Iterator[Any]:
    """A session of the driver with the key's token, for one seal or one look; raises `ModuleRefused`.

    :param login: the PIN is needed to sign, not to read certificates.
    """
    driver = import_module("pkcs11")
    with _ONE_AT_A_TIME:
        try:
            module = driver.lib(key.library)
        except (driver.PKCS11Error, RuntimeError) as error:
            raise ModuleRefused(f"le module PKCS#11 « {key.library} » ne s’ouvre pas. Est-il installé ?") from error
        try:
            token = module.get_token(token_label=key.token)
            with token.open(user_pin=key.pin if login else None) as opened:
                yield opened
        except driver.NoSuchToken as error:
            raise ModuleRefused(f"le module PKCS#11 ne connaît pas de jeton « {key.token} ».") from error
        except (driver.PinIncorrect, driver.PinInvalid, driver.PinLenRange, driver.PinLocked) as error:
            raise ModuleRefused("le code PIN est à vérifier (FIN_PRET_SEAL_PASSPHRASE).") from error
        except driver.PKCS11Error as error:
            raise ModuleRefused(f"le module PKCS#11 a refusé ({type(error).__name__}).") from error


def certificates(key: ModuleKey) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The key's own certificate, which bears its label, and the others of the token; raises `ModuleRefused`."""
    driver = import_module("pkcs11")
    wanted = {driver.Attribute.CLASS: driver.ObjectClass.CERTIFICATE}
    with session(key, login=False) as opened:
        found = [
            (one[driver.Attribute.LABEL], x509.load_der_x509_certificate(one[driver.Attribute.VALUE]))
            for one in opened.get_objects(wanted)
        ]
    own = next((certificate for label, certificate in found if label == key.label), None)
    if own is None:
        raise ModuleRefused(f"le jeton « {key.token} » n’a pas de certificat « {key.label} ».")
    return own, tuple(certificate for _, certificate in found if certificate != own)
