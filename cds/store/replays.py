"""Tokens that were presented, remembered by all workers and replicas together."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from cds.store.engine import Store
from cds.store.tables import SeenToken

__all__ = ["StoredReplays"]

_CLEANING = 300  # seconds between two cleanings of one process


class StoredReplays:
    """The tokens seen.

    Args:
        store: where they are kept.
        now: seconds since 1970.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._cleaned = now()

    async def first_use(self, issuer: str, jti: str, until: int) -> bool:
        """Whether this token identifier was not seen before; it is from now on, until that second since 1970 at least.

        Raises:
            StoreUnavailable: the database does not answer, so nobody knows.
        """
        if self._now() - self._cleaned >= _CLEANING:
            await self.clean()
        digest = hashlib.sha256(jti.encode("utf-8", "surrogatepass")).digest()
        try:
            async with self._store.session() as session:
                session.add(SeenToken(issuer=issuer, jti=digest, until=until))
        except IntegrityError:
            return False
        return True

    async def clean(self) -> None:
        """Forget what nobody could present any more.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        self._cleaned = self._now()
        async with self._store.session() as session:
            await session.execute(delete(SeenToken).where(SeenToken.until < int(self._now())))
