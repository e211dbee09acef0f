"""Tokens as a CDS client signs them, and tokens that nobody should accept."""

from __future__ import annotations

import base64
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

__all__ = ["Key", "UnusableKey", "load_key"]

_ALGORITHMS = {"EC P-384": "ES384", "EC P-256": "ES256", "RSA": "RS384"}
_LIFETIME = 300  # seconds

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class UnusableKey(Exception):
    """A key file that cannot sign; the message names file and cause, never the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A client's private key.

    Attributes:
        private: the key; stays out of the representation.
        kid: its name in the client's JWK set.
        algorithm: what it signs with: ES384, ES256 or RS384.
        iss: issuer to name.
        jku: address of the JWK set; None where the service knows the key already.
    """

    private: PrivateKey = field(repr=False)
    kid: str
    algorithm: str
    iss: str
    jku: str | None = None

    @classmethod
    def invented(cls, iss: str) -> Key:
        """A new ES384 key."""
        return cls(private=ec.generate_private_key(ec.SECP384R1()), kid="conformance", algorithm="ES384", iss=iss)

    def public_set(self) -> dict[str, Any]:
        """The JWK set with the public key."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        else:
            public = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.kid, "alg": self.algorithm, "use": "sig"}]}

    def token(self, url: str, **claims: Any) -> str:
        """A token for an address; `claims` take the place of the usual ones."""
        return self._encode({**self._claims(url), **claims}, self.private, self.algorithm)

    def signed_by_another(self, url: str) -> str:
        """A token under this key's name, signed by another key."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            other: PrivateKey = rsa.generate_private_key(
                self.private.public_key().public_numbers().e, self.private.key_size
            )
        else:
            other = ec.generate_private_key(self.private.curve)
        return self._encode(self._claims(url), other, self.algorithm)

    def unsigned(self, url: str) -> str:
        """A token with `alg: none`."""
        return self._encode(self._claims(url), None, "none")

    def signed_with_the_public_key(self, url: str) -> str:
        """A token with `alg: HS256` whose secret is the public key, which everybody knows.

        Put together here: no library signs so.
        """
        secret = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signed = b".".join(_part(json.dumps(part).encode()) for part in (self._header("HS256"), self._claims(url)))
        return b".".join((signed, _part(hmac.digest(secret, signed, "sha256")))).decode()

    def _claims(self, url: str) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.iss, "aud": url, "iat": now, "exp": now + _LIFETIME, "jti": str(uuid.uuid4())}

    def _header(self, algorithm: str) -> dict[str, str]:
        return {"alg": algorithm, "kid": self.kid, "typ": "JWT", **({"jku": self.jku} if self.jku else {})}

    def _encode(self, claims: dict[str, Any], key: PrivateKey | None, algorithm: str) -> str:
        return jwt.encode(claims, key, algorithm, headers=self._header(algorithm))  # type: ignore[arg-type]


def _part(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def load_key(path: Path, iss: str, jku: str | None) -> Key:
    """Read a private key as JWK, or the first private key of a JWK set.

    Raises:
        UnusableKey: the file cannot be read, or holds no private EC (P-256, P-384) or RSA key with a kid.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UnusableKey(f"{path}: {error.strerror or 'cannot be read'}") from None
    except ValueError:
        raise UnusableKey(f"{path}: not JSON") from None
    entries = document.get("keys", [document]) if isinstance(document, dict) else []
    entry = next((one for one in entries if isinstance(one, dict) and "d" in one), None)
    if entry is None or not isinstance(entry.get("kid"), str):
        raise UnusableKey(f"{path}: holds no private key with a kid")
    algorithm = _ALGORITHMS.get(" ".join(str(entry[name]) for name in ("kty", "crv") if name in entry))
    if algorithm is None:
        raise UnusableKey(f"{path}: a key of this type cannot be used; EC P-384, EC P-256 and RSA can")
    try:
        private = jwt.PyJWK(entry, algorithm).key
    except (PyJWTError, ValueError):
        raise UnusableKey(f"{path}: is not a valid key") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise UnusableKey(f"{path}: holds no private key")
    return Key(private=private, kid=entry["kid"], algorithm=algorithm, iss=iss, jku=jku)
