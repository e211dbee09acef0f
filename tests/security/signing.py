"""Keys and tokens for tests, signed without the code under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = 1_795_600_000
URL = "https://cds.example/cds-services/baclofen-order-sign"

_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}
_HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384()}


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int, length: int | None = None) -> str:
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


@dataclass(frozen=True)
class Signer:
    """A key pair."""

    alg: str
    kid: str
    private: Any

    @classmethod
    def make(cls, alg: str = "ES384", kid: str = "k1", bits: int = 2048) -> Signer:
        private = ec.generate_private_key(_CURVES[alg]) if alg in _CURVES else rsa.generate_private_key(65537, bits)
        return cls(alg, kid, private)

    @property
    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        if self.alg in _CURVES:
            curve = "P-" + self.alg[2:]
            size = int(self.alg[2:]) // 8
            members = {"kty": "EC", "crv": curve, "x": number(numbers.x, size), "y": number(numbers.y, size)}
        else:
            members = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        return {**members, "kid": self.kid, "alg": self.alg, "use": "sig"}

    def signature(self, content: bytes) -> bytes:
        digest = _HASHES[self.alg[2:]]
        if self.alg in _CURVES:
            size = int(self.alg[2:]) // 8
            r, s = decode_dss_signature(self.private.sign(content, ec.ECDSA(digest)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        return self.private.sign(content, padding.PKCS1v15(), digest)

    def token(self, header: dict[str, Any] | str | None = None, /, **claims: Any) -> str:
        """A token that is accepted but for the members given; None takes a member out; a text is the header as it is."""
        return self.sealed(
            header
            if isinstance(header, str)
            else text({"alg": self.alg, "typ": "JWT", "kid": self.kid, **(header or {})}),
            text(accepted() | claims),
        )

    def sealed(self, header: str, claims: str) -> str:
        signed = f"{b64(header.encode())}.{b64(claims.encode())}"
        return f"{signed}.{b64(self.signature(signed.encode()))}"


def accepted() -> dict[str, Any]:
    return {
        "iss": "https://ehr.example",
        "aud": URL,
        "iat": NOW,
        "exp": NOW + 300,
        "jti": str(uuid.uuid4()),
    }


def text(members: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in members.items() if value is not None})


def symmetric(secret: bytes, kid: str, **claims: Any) -> str:
    """A token signed with HS384, for those who take the public key for a secret."""
    signed = (
        f"{b64(text({'alg': 'HS384', 'typ': 'JWT', 'kid': kid}).encode())}.{b64(text(accepted() | claims).encode())}"
    )
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha384).digest())}"
