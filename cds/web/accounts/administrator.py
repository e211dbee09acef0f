"""The one person who signs in where no OpenID Connect provider is set."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac

from cds.phrases import Phrase
from cds.store import Memory
from cds.web.accounts.passwords import LONGEST, SHORTEST, hashed, matches

__all__ = ["NAME", "Administrator", "WeakPassword"]

NAME = Phrase("Administrator")
_MEMORY = "administrator"
_GROUP = 4  # characters of the setup code between two hyphens
_CODE = 10  # bytes: 80 bits
_AT_ONCE = 2  # hashes; each takes 32 MiB
_TOO_SHORT = Phrase("A password has at least {least} characters.", least=SHORTEST)
_TOO_LONG = Phrase("A password has at most {most} characters.", most=LONGEST)
_TOO_PLAIN = Phrase("A password has at least five different characters.")
_DIFFERENT = 5


class WeakPassword(Exception):
    """A password that is too easy to guess, or that nobody types.

    Attributes:
        why: in a sentence.
    """

    def __init__(self, why: Phrase) -> None:
        super().__init__(f"{why}")
        self.why = why


class Administrator:
    """The password, as a hash in the service's memory.

    Args:
        memory: where it is kept.
        setup: the key of the setup code, `Keys.setup`.
    """

    def __init__(self, memory: Memory, setup: bytes) -> None:
        self._memory = memory
        digest = hmac.new(setup, b"the first administrator", hashlib.sha256).digest()[:_CODE]
        text = base64.b32encode(digest).decode("ascii")
        self.code = "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
        self._hashing = asyncio.Semaphore(_AT_ONCE)

    def is_code(self, given: str) -> bool:
        """Whether this is the setup code; case, blanks and hyphens do not matter."""
        plain = "".join(given.split()).replace("-", "").upper()
        return hmac.compare_digest(plain.encode(), self.code.replace("-", "").encode())

    async def has_password(self) -> bool:
        """Whether a password was chosen.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        return await self._memory.recall(_MEMORY) is not None

    async def choose(self, password: str) -> bool:
        """Take the first password; whether it was the first.

        Raises:
            WeakPassword: it will not do.
            StoreUnavailable: the database does not answer.
        """
        return await self._memory.remember_first(_MEMORY, await self._hashed(password))

    async def change(self, password: str) -> None:
        """Take a password in place of whatever was; all sessions end.

        Raises:
            WeakPassword: it will not do.
            StoreUnavailable: the database does not answer.
        """
        await self._memory.remember(_MEMORY, await self._hashed(password))

    async def knows(self, password: str) -> bool:
        """Whether this is the password.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        record = await self._memory.recall(_MEMORY)
        if record is None or len(password) > LONGEST:
            return False
        async with self._hashing:
            return await asyncio.to_thread(matches, record, password)

    async def epoch(self) -> str | None:
        """What changes when the password does, and tells nothing of it; None where there is none.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        record = await self._memory.recall(_MEMORY)
        return None if record is None else hashlib.sha256(record.encode()).hexdigest()[:32]

    async def _hashed(self, password: str) -> str:
        if len(password) < SHORTEST:
            raise WeakPassword(_TOO_SHORT)
        if len(password) > LONGEST:
            raise WeakPassword(_TOO_LONG)
        if len(set(password)) < _DIFFERENT:
            raise WeakPassword(_TOO_PLAIN)
        async with self._hashing:
            return await asyncio.to_thread(hashed, password)
