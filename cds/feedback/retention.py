"""Forgetting what is older than the operator wants it kept: feedback, cards shown, counts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from sqlalchemy import ColumnElement, delete, func, select, tuple_

from cds.store import Store, StoreUnavailable
from cds.store.tables import Base, Feedback, ShownCard, Tally

__all__ = ["Retention", "forget_before"]

_SECONDS = 3600.0  # between two cleanings of one process
_ROWS = 500  # of one transaction: others want to write, too
_log = logging.getLogger("cds.feedback")


async def forget_before(store: Store, day: date) -> None:
    """Delete what was told, shown and counted before a UTC day, some rows at a time.

    Raises:
        StoreUnavailable: the database does not answer; what was deleted until then stays deleted.
    """
    first = int(datetime.combine(day, clock(), UTC).timestamp()) * 1000
    await _forget(store, Feedback, Feedback.received < first)
    await _forget(store, ShownCard, ShownCard.at < first)
    await _forget(store, Tally, Tally.day < day.isoformat())


async def _forget(store: Store, table: type[Base], old: ColumnElement[bool]) -> None:
    key = list(table.__table__.primary_key)
    some = select(*key).where(old).limit(_ROWS)
    more = True
    while more:
        async with store.session() as session:
            await session.execute(
                delete(table).where(tuple_(*key).in_(some)).execution_options(synchronize_session=False)
            )
            more = bool(await session.scalar(select(func.count()).select_from(some.subquery())))


class Retention:
    """The background work of a process that forgets.

    Args:
        store: what is cleaned.
        days: that are kept before today's, in UTC.
        now: seconds since 1970.
    """

    def __init__(self, store: Store, days: int, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._days = days
        self._now = now
        self._down = False

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """The life of the process: cleaned at its start and every hour."""
        cleaning = asyncio.create_task(self._clean_on())
        try:
            yield
        finally:
            cleaning.cancel()
            with suppress(asyncio.CancelledError):
                await cleaning

    async def _clean_on(self) -> None:
        while True:
            await self.clean()
            await asyncio.sleep(_SECONDS)

    async def clean(self) -> bool:
        """Forget what is too old; whether all of it was. What was not is tried again."""
        today = datetime.fromtimestamp(self._now(), UTC).date()
        try:
            await forget_before(self._store, today - timedelta(days=self._days))
        except Exception as error:  # noqa: BLE001 -- cleaning never ends the service
            ours = isinstance(error, StoreUnavailable)
            if not self._down:
                why = str(error) if ours else f"the store cannot be cleaned ({type(error).__name__})"
                _log.error("%s; what is older than CDS_KEEP_DAYS is still kept, and its deletion tried again", why)
            self._down = True
        else:
            self._down = False
        return not self._down
