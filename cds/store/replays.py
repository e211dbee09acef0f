"""Tokens that were presented, remembered by all workers and replicas together.

Tokens that come while others are being written wait and are written together: a transaction costs as much for twenty as for one, and with
SQLite a disk that is told to keep it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable

from sqlalchemy import delete

from cds.store.engine import Store
from cds.store.tables import SeenToken
from cds.store.writing import insert_new

__all__ = ["StoredReplays"]

_CLEANING = 300  # seconds between two cleanings of one process
_TOGETHER = 200  # tokens of one transaction

Key = tuple[str, bytes]
"""Issuer, and digest of the token's identifier."""


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
        self._waiting: dict[Key, tuple[int, asyncio.Future[bool]]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def first_use(self, issuer: str, jti: str, until: int) -> bool:
        """Whether this token identifier was not seen before; it is from now on, until that second since 1970 at least.

        Raises:
            StoreUnavailable: the database does not answer, so nobody knows.
        """
        if self._now() - self._cleaned >= _CLEANING:
            await self.clean()
        key = issuer, hashlib.sha256(jti.encode("utf-8", "surrogatepass")).digest()
        if key in self._waiting:  # the one that came first uses it
            return False
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[key] = until, answer
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        """Write all that wait, and all that come meanwhile."""
        while self._waiting:
            keys = sorted(self._waiting)[:_TOGETHER]  # in one order, so that two processes never wait for each other
            taken = {key: self._waiting.pop(key) for key in keys}
            try:
                new = await self._new({key: until for key, (until, _) in taken.items()})
            except Exception as error:  # noqa: BLE001 -- whoever asked is told
                for _, answer in taken.values():
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for key, (_, answer) in taken.items():
                    if not answer.done():  # the caller has gone
                        answer.set_result(key in new)

    async def _new(self, until: dict[Key, int]) -> set[Key]:
        """Those that were not seen before; they are on the disk."""
        rows = [{"issuer": issuer, "jti": jti, "until": second} for (issuer, jti), second in until.items()]
        async with self._store.session() as session:
            return {tuple(row) for row in await insert_new(session, SeenToken, rows, SeenToken.issuer, SeenToken.jti)}

    async def clean(self) -> None:
        """Forget what nobody could present any more.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        self._cleaned = self._now()
        async with self._store.session() as session:
            await session.execute(delete(SeenToken).where(SeenToken.until < int(self._now())))
