"""Pages that take more work than the loop should be held for: they are made in a thread of their own, and those that are anybody's are kept.

The loop answers the hooks of EHRs first; one thread, and a bound on those who wait for it, keep pages from crowding them out.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request

from cds.http.load import InFlight
from cds.phrases import Phrase
from cds.protocol.errors import Overloaded
from cds.web.errors import PageError
from cds.web.frame import wants_data

__all__ = ["Beside"]

T = TypeVar("T")

_BUSY = Phrase("Too many pages are being made")
_WAIT = Phrase("The service answers the hooks of EHRs first. Try again in a moment.")


class Beside:
    """Makes pages beside the loop.

    Args:
        waiting: how many are in hand at one time; beyond, 503 at once.
        seconds: after which one is given up.
        kept: results that are kept, the oldest forgotten first.
    """

    def __init__(self, *, waiting: int = 20, seconds: float = 5, kept: int = 64) -> None:
        self._in_flight = InFlight(waiting)
        self._seconds = seconds
        self._most = kept
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pages")

    async def made(self, request: Request, make: Callable[[], T], key: Hashable = None) -> T:
        """What a function gives.

        Args:
            request: for which it is made; a refusal has its form.
            make: pure, if the result is kept.
            key: what the result follows from, with the kind of it; None where it is not kept.

        Raises:
            PageError, Overloaded: too many are in hand, or it did not end in time.
        """
        if key is not None and key in self._kept:
            found: T = self._kept[key]
            return found
        try:
            async with self._in_flight:
                future = asyncio.get_running_loop().run_in_executor(self._thread, lambda: self._once(make, key))
                return await asyncio.wait_for(future, self._seconds)  # one that still waits is taken back
        except (Overloaded, TimeoutError):
            if wants_data(request):
                raise Overloaded from None
            raise PageError(503, _BUSY, _WAIT, {"Retry-After": "1"}) from None

    def _once(self, make: Callable[[], T], key: Hashable) -> T:
        """In the one thread: those who waited for the same find it made."""
        if key is None:
            return make()
        if key not in self._kept:
            self._kept[key] = make()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        found: T = self._kept[key]
        return found
