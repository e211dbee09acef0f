"""The service's one secret, and the keys derived from it.

32 random bytes in a file that only the service can read, written at first start. All replicas of one database use the same: the pseudonyms of the
registry's patients and the ids of cards mean nothing under another. The database keeps a fingerprint, so that another secret is noticed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

__all__ = ["NO_SECRET", "Keys", "SecretUnusable", "load_keys"]

_BYTES = 32
_PURPOSES = ("card", "pseudonym", "link", "session", "setup", "fingerprint")


class SecretUnusable(Exception):
    """The file of the secret cannot be read, written or used. The message names the file and holds nothing of it."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """One key a purpose, 32 bytes each; none tells another.

    Attributes:
        card: signs what a card's id says of the card.
        pseudonym: makes pseudonyms of the registry's patients.
        link: seals what a card's link carries to a form.
        session: signs the cookies of people who signed in.
        setup: makes the code with which the first administrator chooses a password.
        fingerprint: tells one secret from another.
    """

    card: bytes
    pseudonym: bytes
    link: bytes
    session: bytes
    setup: bytes
    fingerprint: bytes


def derive(secret: bytes) -> Keys:
    """The keys of a secret: HMAC-SHA256 of each purpose."""
    return Keys(*(hmac.new(secret, f"baclofen-cds {name}".encode(), hashlib.sha256).digest() for name in _PURPOSES))


NO_SECRET = derive(b"")
"""Where there is no service, as on the command line: anybody can make these, and no service takes them for its own."""


def load_keys(file: Path) -> Keys:
    """The keys of the secret in a file, which is written where it does not exist.

    Raises:
        SecretUnusable: the file cannot be read or written, is too short, or can be read by others.
    """
    try:
        secret = _read(file)
        if secret is None:
            _create(file)
            secret = _read(file)
    except OSError as error:
        raise SecretUnusable(f"{file}: {error.strerror}") from None
    if secret is None or len(secret) < _BYTES:
        raise SecretUnusable(f"{file}: holds no secret of at least {_BYTES} characters")
    return derive(secret)


def _read(file: Path) -> bytes | None:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if os.fstat(descriptor).st_mode & 0o007:
            raise SecretUnusable(
                f"{file}: everybody on this machine can read it; chmod 600 it, and replace what it holds"
            )
        return stream.read().strip()


def _create(file: Path) -> None:
    """Written whole or not at all, even by processes that start together: the first one's stays."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_hex(_BYTES).encode() + b"\n")
            stream.flush()
            os.fsync(descriptor)
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
