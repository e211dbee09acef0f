"""How the registry tells patients apart without knowing who they are."""

from __future__ import annotations

import hashlib
import hmac

__all__ = ["pseudonym"]


def pseudonym(key: bytes, namespace: str, identifier: str) -> str:
    """HMAC-SHA256 of an EHR's identifier, in hexadecimal: the same patient has the same one, and nobody can work back without the key.

    Args:
        key: `Keys.pseudonym`.
        namespace: whose identifiers these are.
        identifier: the EHR's own, such as the id of the Patient resource.
    """
    parts = b"".join(len(part).to_bytes(4, "big") + part for part in (namespace.encode(), identifier.encode()))
    return hmac.new(key, parts, hashlib.sha256).hexdigest()
