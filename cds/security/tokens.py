"""A JSON Web Token taken apart (RFC 7515, RFC 7519), strictly: what two readers could read differently is refused.

Nothing here is trusted yet: the signature is checked by `verify`, with a key that the caller chose.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from cds.security.keys import ALGORITHMS, Key

__all__ = ["MAX_TOKEN", "Refused", "Token", "read_token", "verify"]

MAX_TOKEN = 8192
"""Characters of a token; those of EHRs have less than a thousand."""

_MAX_TEXT = 1024
_FAR = 10**12  # seconds, some thirty thousand years; also refuses what no float can hold
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_JWS = PyJWS(algorithms=list(ALGORITHMS))


class Refused(Exception):
    """A call that does not prove who calls.

    Its message is for the log of the operator: words of ours, and nothing of the token.
    """


@dataclass(frozen=True, slots=True)
class Token:
    """A token that can be read, and nothing more.

    Attributes:
        text: as it was sent.
        algorithm: one of `keys.ALGORITHMS`.
        kid: which key it says that it was signed with.
        jku: where it says that key can be fetched.
        claims: its payload.
    """

    text: str = field(repr=False)
    algorithm: str
    kid: str
    jku: str | None
    claims: Mapping[str, Any] = field(repr=False)

    def text_claim(self, name: str) -> str:
        """A claim that must be a text.

        Raises:
            Refused: it is missing, empty, long or something else.
        """
        value = self.claims.get(name)
        if not isinstance(value, str) or not value or len(value) > _MAX_TEXT:
            raise Refused(f"{name} is missing or no short text")
        return value

    def time_claim(self, name: str) -> float | None:
        """A claim that is a time, in seconds since 1970; None where it is missing.

        Raises:
            Refused: it is something else.
        """
        if name not in self.claims:
            return None
        value = self.claims[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _FAR:
            raise Refused(f"{name} is no time")
        return float(value)


def read_token(text: str) -> Token:
    """Take a token apart.

    Raises:
        Refused: it is no JWT that could be accepted, whatever its signature.
    """
    if len(text) > MAX_TOKEN:
        raise Refused("the token is too long")
    segments = text.split(".")
    if len(segments) != 3:  # noqa: PLR2004 -- header, payload, signature
        raise Refused("the token is no JWT")
    header, claims = (_object(segment) for segment in segments[:2])
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused(f"the algorithm is none of {', '.join(ALGORITHMS)}")
    if "crit" in header or "b64" in header:
        raise Refused("the header asks for an extension")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise Refused("typ is not JWT")
    kid, jku = header.get("kid"), header.get("jku")
    if not isinstance(kid, str) or not kid:
        raise Refused("kid is missing")
    if jku is not None and not isinstance(jku, str):
        raise Refused("jku is no text")
    return Token(text, algorithm, kid, jku, claims)


def verify(token: Token, key: Key) -> None:
    """Check the signature.

    Raises:
        Refused: it was not made with this key, or the key is not for that algorithm.
    """
    if token.algorithm not in key.algorithms:
        raise Refused("the key is not for the token's algorithm")
    try:
        _JWS.decode_complete(token.text, key.public, algorithms=[token.algorithm])
    except PyJWTError:
        raise Refused("the signature is wrong") from None


def _object(segment: str) -> Mapping[str, Any]:
    if not _SEGMENT.fullmatch(segment):
        raise Refused("the token is not base64url")
    try:
        decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode()
        value = json.loads(decoded, object_pairs_hook=_once, parse_constant=_no_number)
    except (binascii.Error, ValueError, RecursionError):
        raise Refused("a part of the token is not JSON") from None
    if not isinstance(value, dict):
        raise Refused("a part of the token is no JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: the next reader might take the other one."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("a member of the token stands twice")
    return members


def _no_number(_: str) -> NoReturn:
    raise Refused("the token holds NaN or Infinity")
