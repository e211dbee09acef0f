"""Public keys out of a JWKS (RFC 7517): which can be used, with which algorithm, and which are no secret of anybody."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from cds.documents import check, parse, read

__all__ = ["ALGORITHMS", "MAX_KEYS", "Key", "PublishedKey", "UnusableKey", "published_keys", "read_key", "read_keys"]

SCHEMAS = Path(__file__).parent / "schemas"
PUBLISHED = Path(__file__).parent / "published_keys.yaml"

ALGORITHMS: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {"ES384": ("EC", "P-384"), "RS384": ("RSA", None), "ES256": ("EC", "P-256"), "RS256": ("RSA", None)}
)
"""What a signature may be made with: key type and curve. No symmetric algorithm, and not `none`."""

MAX_KEYS = 100
_MIN_RSA_BITS = 2048
_MAX_RSA_BITS = 8192  # a signature check of a longer key costs too much
_MAX_KID = 256
_PUBLIC: Mapping[str, tuple[str, ...]] = MappingProxyType({"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")})
"""The members that make a public key, in the order in which RFC 7638 wants them."""


class UnusableKey(ValueError):
    """A JWK that no token can be checked with; the message says why, as a sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that is ready to check signatures.

    Attributes:
        kid: its name in the JWKS.
        algorithms: what it may be used with.
        public: the key as `cryptography` holds it.
    """

    kid: str
    algorithms: AbstractSet[str]
    public: Any = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key pair that anybody can have.

    Attributes:
        name: whose it is.
        iss: the issuer that signs with it.
        jwk: its public half.
        thumbprint: RFC 7638, SHA-256.
    """

    name: str
    iss: str
    jwk: Mapping[str, Any]
    thumbprint: str


@functools.cache
def published_keys() -> tuple[PublishedKey, ...]:
    """The key pairs that anybody can have, the sandbox's first."""
    document = parse(read(PUBLISHED, PUBLISHED.name), PUBLISHED.name)
    check(document, "published_keys", SCHEMAS)
    return tuple(
        PublishedKey(entry["name"], entry["iss"], entry["jwk"], _thumbprint(entry["jwk"]))
        for entry in document.data["keys"]
    )


def read_keys(jwks: object, *, published: bool = False) -> dict[str, Key]:
    """The usable keys of a JWKS by their `kid`.

    Keys of other kinds or purposes are passed over, as RFC 7517 wants it; of two keys of one `kid` neither is taken.

    Args:
        jwks: decoded JSON.
        published: whether keys whose private half is public are taken, too.

    Raises:
        UnusableKey: it is no JWKS, or has more keys than anybody needs.
    """
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise UnusableKey(f"a JWKS has a list of at most {MAX_KEYS} keys")
    found: dict[str, Key] = {}
    twice: set[str] = set()
    for jwk in keys:
        try:
            key = read_key(jwk, published=published)
        except UnusableKey:
            continue
        if key.kid in found:
            twice.add(key.kid)
        found[key.kid] = key
    return {kid: key for kid, key in found.items() if kid not in twice}


def read_key(jwk: object, *, published: bool = False) -> Key:
    """One JWK as a key.

    Args:
        jwk: decoded JSON. Members of a private key are left aside.
        published: whether a key whose private half is public is taken.

    Raises:
        UnusableKey: it is none to check a token with.
    """
    if not isinstance(jwk, Mapping):
        raise UnusableKey("a key is an object")
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not kid or len(kid) > _MAX_KID:
        raise UnusableKey("a key needs a kid")
    members = _PUBLIC.get(str(jwk.get("kty")))
    if members is None:
        raise UnusableKey("a key must be of type EC or RSA")
    if any(not isinstance(jwk.get(member), str) for member in members):
        raise UnusableKey(f"a key of type {jwk['kty']} needs {', '.join(members)}")
    uses = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses:
        raise UnusableKey("the key is not for signatures")
    fitting = {
        name
        for name, (kind, curve) in ALGORITHMS.items()
        if kind == jwk["kty"] and curve in (None, jwk.get("crv")) and jwk.get("alg", name) == name
    }
    if not fitting:
        raise UnusableKey(f"a key must be for {', '.join(ALGORITHMS)}")
    if not published and any(_thumbprint(jwk) == each.thumbprint for each in published_keys()):
        raise UnusableKey("the private half of this key is public, so anybody can sign with it")
    try:
        public = PyJWK({member: jwk[member] for member in members}, min(fitting)).key
    except (PyJWTError, ValueError) as error:
        raise UnusableKey("the key cannot be read") from error
    if jwk["kty"] == "RSA" and not _MIN_RSA_BITS <= public.key_size <= _MAX_RSA_BITS:
        raise UnusableKey(f"an RSA key has {_MIN_RSA_BITS} to {_MAX_RSA_BITS} bits")
    return Key(kid, frozenset(fitting), public)


def _thumbprint(jwk: Mapping[str, Any]) -> str:
    members = {member: jwk[member] for member in _PUBLIC[jwk["kty"]]}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
