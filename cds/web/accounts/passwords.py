"""Passwords as scrypt hashes (RFC 7914), with their parameters beside them, so that these may change."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata

__all__ = ["LONGEST", "SHORTEST", "hashed", "matches"]

SHORTEST = 12  # characters
LONGEST = 1024  # characters
_N, _R, _P = 2**15, 8, 1  # 32 MiB and some 100 ms each
_SALT = 16  # bytes
_BYTES = 32
_MEMORY = 2**27  # bytes that a stored record may ask for
_PARTS = 6


def hashed(password: str) -> str:
    """The record to store: `scrypt$n$r$p$salt$hash`, the last two in base64."""
    salt = secrets.token_bytes(_SALT)
    found = _scrypt(password, salt, _N, _R, _P)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _text(salt), _text(found)))


def matches(record: str, password: str) -> bool:
    """Whether a password is the one of a record; a record that cannot be read has none."""
    parts = record.split("$")
    if len(parts) != _PARTS or parts[0] != "scrypt":
        return False
    try:
        n, r, p = map(int, parts[1:4])
        salt, expected = (base64.b64decode(part, validate=True) for part in parts[4:])
        return hmac.compare_digest(_scrypt(password, salt, n, r, p), expected)
    except (binascii.Error, ValueError):
        return False


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    """The hash; a letter counts as the same however the keyboard composes it (NFKC)."""
    normal = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(normal, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=_BYTES)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
