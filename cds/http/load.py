"""More calls than can be answered: refused at once, so that whoever is answered is answered in time.

All of it holds for one process; several processes let through several times as much.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from cds.http.work import Workers
from cds.limits import Serving
from cds.protocol.errors import Overloaded, TooManyRequests

__all__ = ["Callers", "InFlight", "Load"]

BURST_SECONDS = 10
"""A caller that was silent for so long may ask for all it may ask in that time at once."""
MAX_CALLERS = 10_000
"""Callers remembered; whoever has been silent for longest is forgotten first, and starts anew."""


class InFlight:
    """A bound on the evaluations that are in hand at one time: `async with load.in_flight:`.

    Raises:
        Overloaded: on entering, as many as the limit are in hand.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._inside = 0

    async def __aenter__(self) -> None:
        if self._inside >= self._limit:
            raise Overloaded
        self._inside += 1
        # An evaluation holds the loop; all that arrived meanwhile is counted here before the next one begins.
        await asyncio.sleep(0)

    async def __aexit__(self, *_: object) -> None:
        self._inside -= 1


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Callers:
    """A token bucket for each caller.

    Args:
        rate: calls a second that one caller may make, on average over `BURST_SECONDS`.
        clock: seconds that never run backwards.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = rate * BURST_SECONDS
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def admit(self, caller: str) -> None:
        """Count one call.

        Raises:
            TooManyRequests: the caller asks too often; says when to come back.
        """
        now = self._clock()
        bucket = self._buckets.pop(caller, None) or _Bucket(self._most, now)
        self._buckets[caller] = bucket  # the newest
        bucket.tokens = min(self._most, bucket.tokens + (now - bucket.filled) * self._rate)
        bucket.filled = now
        if len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            raise TooManyRequests(math.ceil((1 - bucket.tokens) / self._rate))
        bucket.tokens -= 1


class Load:
    """What one process takes on.

    Args:
        serving: its bounds.
        by_address: callers are told apart by their address, since nobody has named the issuers that call.

    Attributes:
        in_flight: to be entered by a call that is evaluated: slow clients, and calls that do not concern the service, do not count.
        workers: where it is evaluated.
    """

    def __init__(self, serving: Serving, *, by_address: bool) -> None:
        self.in_flight = InFlight(serving.in_flight)
        self.workers = Workers(serving.seconds)
        self._callers = Callers(serving.rate)
        self._by_address = by_address

    def arrived(self, request: Request) -> None:
        """Count a call by its address, before its body is read.

        Raises:
            TooManyRequests: there are too many from there.
        """
        if self._by_address:
            self._callers.admit(_address(request))

    def of(self, issuer: str | None, request: Request) -> None:
        """Count a call by its issuer, now that it is known; one of none by its address.

        Raises:
            TooManyRequests: there are too many of it.
        """
        if not self._by_address:
            self._callers.admit(_address(request) if issuer is None else f"issuer {issuer}")


def _address(request: Request) -> str:
    return f"address {request.client.host if request.client else 'unknown'}"
