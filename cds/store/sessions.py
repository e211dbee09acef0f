"""Sessions that ended before their time, remembered by all workers and replicas together."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from sqlalchemy import delete

from cds.store.engine import Store
from cds.store.tables import EndedSession, Remembered

__all__ = ["StoredSessions"]

_ERA = "sessions"


class StoredSessions:
    """What is known of sessions; who has one stands in their cookie alone.

    Args:
        store: where it is kept.
        now: seconds since 1970.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now

    async def end(self, session: str, until: int) -> None:
        """A session is over; it is kept as such until that second since 1970, in which it would have ended by itself.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._store.session() as database:
            await database.execute(delete(EndedSession).where(EndedSession.until < int(self._now())))
            await database.merge(EndedSession(session=_digest(session), until=until))

    async def has_ended(self, session: str) -> bool:
        """Whether a session was ended.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._store.session() as database:
            return await database.get(EndedSession, _digest(session)) is not None

    async def end_all(self) -> None:
        """All sessions are over.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._store.session() as database:
            await database.merge(Remembered(name=_ERA, value=secrets.token_urlsafe(16)))

    async def era(self) -> str:
        """What changes when all sessions are ended; empty until then.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._store.session() as database:
            found = await database.get(Remembered, _ERA)
            return "" if found is None else found.value


def _digest(session: str) -> bytes:
    return hashlib.sha256(session.encode()).digest()
