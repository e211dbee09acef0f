"""Guessing is slowed: wrong passwords and codes are counted, from one address and from all."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

__all__ = ["Attempts"]


class Attempts:
    """Attempts of the last minutes, in this process.

    An attempt counts from its beginning, so that many at once are no way around; one that succeeds is taken back. The bound for all addresses is
    the higher one: an attacker with many addresses is slowed, and keeps the person who knows the password out for no more than the window.

    Args:
        each: wrong ones that one address may make.
        overall: wrong ones of all addresses.
        window: seconds for which they count.
        clock: a clock that only goes forward, in seconds.
    """

    def __init__(
        self, *, each: int = 5, overall: int = 50, window: float = 300, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._each = each
        self._overall = overall
        self._window = window
        self._clock = clock
        self._made: deque[tuple[float, str]] = deque()

    def begin(self, address: str) -> int:
        """Count an attempt; the seconds to wait if it may not be made, else 0."""
        now = self._clock()
        while self._made and self._made[0][0] <= now - self._window:
            self._made.popleft()
        own = [moment for moment, of in self._made if of == address]
        oldest = []
        if len(own) >= self._each:
            oldest.append(own[-self._each])
        if len(self._made) >= self._overall:
            oldest.append(self._made[-self._overall][0])
        if oldest:
            return max(1, math.ceil(max(oldest) + self._window - now))
        self._made.append((now, address))
        return 0

    def succeeded(self, address: str) -> None:
        """Forget the attempts of an address that knew the answer."""
        self._made = deque(one for one in self._made if one[1] != address)
