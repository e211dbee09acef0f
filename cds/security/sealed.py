"""What a link carries to a form: sealed, so that an address shows nothing of anybody, and short-lived.

AES-SIV (RFC 5297): the same content under the same key gives the same text, so that an answer stays a pure function of its call.
"""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

__all__ = ["NotSealed", "seal", "unseal", "unseal_until"]

T = TypeVar("T", bound=msgspec.Struct)

_PURPOSE = b"baclofen-cds link 1"
_LONGEST = 4096  # characters


class NotSealed(Exception):
    """This was not sealed with our key, or is too old."""


class _Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What is sealed: the second since 1970 until which it may be opened, and the content."""

    until: int
    content: msgspec.Raw


_envelope = msgspec.json.Decoder(_Envelope)


def seal(key: bytes, content: msgspec.Struct, until: int) -> str:
    """The content as text for an address.

    Args:
        key: 32 bytes, `Keys.link`.
        content: any struct.
        until: the last second since 1970 in which it may be opened.
    """
    envelope = msgspec.json.encode(_Envelope(until, msgspec.Raw(msgspec.json.encode(content))))
    return base64.urlsafe_b64encode(AESSIV(key).encrypt(envelope, [_PURPOSE])).rstrip(b"=").decode()


def unseal(key: bytes, text: str, kind: type[T], now: float) -> T:
    """What was sealed.

    Args:
        key: the same.
        text: what `seal` gave.
        kind: what it holds.
        now: seconds since 1970.

    Raises:
        NotSealed: it was not sealed with this key, holds something else, or is too old.
    """
    return unseal_until(key, text, kind, now)[0]


def unseal_until(key: bytes, text: str, kind: type[T], now: float) -> tuple[T, int]:
    """What was sealed, and the last second since 1970 in which it may be opened; arguments and errors are those of `unseal`."""
    if len(text) > _LONGEST or not text.isascii():
        raise NotSealed
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        envelope = _envelope.decode(AESSIV(key).decrypt(sealed, [_PURPOSE]))
        if now > envelope.until:
            raise NotSealed
        return msgspec.json.decode(envelope.content, type=kind), envelope.until
    except (binascii.Error, InvalidTag, ValueError):
        raise NotSealed from None
