"""How often what was said, and which cards were shown: counted in the process, written every few seconds.

An answer costs a few additions and never waits for the database. While that is down the counts are kept, within bounds, and written
when it is back. What a process had not written when it was killed is lost: these are figures, not anybody's acknowledged words.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from cds.store import Store, StoreUnavailable
from cds.store.tables import ShownCard, Tally
from cds.store.writing import add_counts, insert_new

__all__ = ["LATENCY_BUCKETS", "AnsweredCall", "Shown", "Tallies"]

LATENCY_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Upper bounds in ms; what takes longer counts under `more`."""

_SECONDS = 5.0  # between two writings
_LAST_SECONDS = 3.0  # for the last one
_ROWS = 500  # of one transaction: others want to write, too
_MOST_COUNTS = 20_000
_MOST_CARDS = 20_000
_LONGEST = 200
_SECONDS_A_DAY = 86_400
_log = logging.getLogger("cds.feedback")

Key = tuple[str, str, str, str, str, str, str]
"""Day, issuer, unit, hook, kind, name, detail."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card of an answer.

    Attributes:
        card: its id.
        rule: the rule that leads it.
        indicator: its own.
    """

    card: str
    rule: str
    indicator: str


class AnsweredCall(NamedTuple):
    """What is counted of one call.

    Attributes:
        issuer: the caller's name in the operator's file; empty where nobody is known.
        unit: the organisation of the encounter, as the EHR calls it; empty where it was not told.
        hook: that was answered.
        concerned: whether the call concerned the service.
        findings: rule and indicator of each.
        silenced: rule and indicator of each that the operator keeps from prescribers.
        silenced_cards: indicators of the cards more that there would be if silent rules spoke.
        unknown: kinds of what could not be read.
        cards: that the answer carried.
        seconds: from the request's first byte to the answer.
    """

    issuer: str
    unit: str
    hook: str
    concerned: bool
    seconds: float
    findings: tuple[tuple[str, str], ...] = ()
    silenced: tuple[tuple[str, str], ...] = ()
    silenced_cards: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    cards: tuple[Shown, ...] = ()


class Tallies:
    """The counts of one process on their way to the store.

    Args:
        store: where they go.
        now: seconds since 1970.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        self._counts: Counter[Key] = Counter()
        self._cards: deque[dict[str, Any]] = deque(maxlen=_MOST_CARDS)
        self._down = False
        self._lost = 0

    def note(self, call: AnsweredCall) -> None:
        """Count an answered call."""
        at = self._now()
        day = _day(int(at // _SECONDS_A_DAY))
        issuer, unit = call.issuer[:_LONGEST], _plain(call.unit)
        where = (day, issuer, unit, call.hook)
        detail = "concerned" if call.concerned else "other"
        self._add(*where, "call", detail, "")
        self._add(*where, "latency", _bucket(call.seconds * 1000), detail)
        for rule, indicator in call.findings:
            self._add(*where, "finding", rule, indicator)
        for rule, indicator in call.silenced:
            self._add(*where, "silenced", rule, indicator)
        for indicator in call.silenced_cards:
            self._add(*where, "silenced_card", indicator, "")
        if call.silenced_cards:
            self._add(*where, "silenced_call", "", "")
        for kind in call.unknown:
            self._add(*where, "unknown", kind, "")
        for shown in call.cards:
            self._lost += len(self._cards) == _MOST_CARDS
            self._cards.append(
                {
                    "issuer": issuer,
                    "card": shown.card,
                    "at": int(at * 1000),
                    "unit": unit,
                    "hook": call.hook,
                    "rule": shown.rule,
                    "indicator": shown.indicator,
                }
            )

    def _add(self, day: str, issuer: str, unit: str, *rest: str) -> None:
        hook, kind, name, detail = rest
        key = (day, issuer, unit, hook, kind, name, detail)
        if len(self._counts) >= _MOST_COUNTS and key not in self._counts:
            key = (
                day,
                issuer,
                "",
                hook,
                kind,
                name,
                detail,
            )  # unit is the only word that is not ours or the operator's
        self._counts[key] += 1

    @asynccontextmanager
    async def written(self) -> AsyncIterator[None]:
        """The life of the process: counts are written every few seconds, and at its end."""
        writing = asyncio.create_task(self._write_on())
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_SECONDS):
                    await self.flush()
            if self._counts or self._cards or self._lost:
                cards = len(self._cards) + self._lost
                _log.error("%d counts and %d cards shown could not be written", len(self._counts), cards)

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            await self.flush()

    async def flush(self) -> bool:
        """Write what has been counted; whether all of it was. What was not is kept."""
        try:
            while self._cards:
                await self._write_cards()
            while self._counts:
                await self._write_counts()
        except Exception as error:  # noqa: BLE001 -- figures never end the service
            ours = isinstance(error, StoreUnavailable)
            if not self._down:
                why = str(error) if ours else f"the figures cannot be written ({type(error).__name__})"
                _log.error("%s; what has been counted is kept, and tried again", why)
            self._down = True
        else:
            self._down = False
            if self._lost:
                _log.error("%d cards shown were not kept: the figures could not be written for too long", self._lost)
                self._lost = 0
        return not self._down

    async def _write_cards(self) -> None:
        taken = [self._cards.popleft() for _ in range(min(_ROWS, len(self._cards)))]
        unlike = {(row["issuer"], row["card"]): row for row in reversed(taken)}  # the first time it was shown
        try:
            async with self._store.session() as session:
                await insert_new(session, ShownCard, [unlike[key] for key in sorted(unlike)], ShownCard.card)
        except BaseException:
            kept = taken[max(0, len(taken) + len(self._cards) - _MOST_CARDS) :]  # the oldest go where there is no room
            self._lost += len(taken) - len(kept)
            self._cards.extendleft(reversed(kept))
            raise

    async def _write_counts(self) -> None:
        taken = {key: self._counts.pop(key) for key in list(islice(self._counts, _ROWS))}
        try:
            async with self._store.session() as session:
                await add_counts(session, _rows(taken.items()))
        except BaseException:
            self._counts.update(taken)
            raise


def _rows(counts: Iterable[tuple[Key, int]]) -> list[dict[str, Any]]:
    names = [column.name for column in Tally.__table__.primary_key]
    return [dict(zip(names, key, strict=True)) | {"count": count} for key, count in sorted(counts)]


@functools.lru_cache(maxsize=2)
def _day(number: int) -> str:
    """The UTC day, counted from 1970."""
    return datetime.fromtimestamp(number * _SECONDS_A_DAY, UTC).date().isoformat()


def _plain(unit: str) -> str:
    """The EHR's word as any database takes it."""
    return " ".join(unit.replace("\0", " ").split())[:_LONGEST]


def _bucket(ms: float) -> str:
    return next((str(bound) for bound in LATENCY_BUCKETS if ms <= bound), "more")
