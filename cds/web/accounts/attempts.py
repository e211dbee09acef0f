"""Guessing is slowed: wrong passwords and codes are counted, from one address and from all."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

__all__ = ["Attempts"]

_REMEMBERED = 10_000
"""Attempts at most, so that an attacker with very many addresses fills no memory."""
_STEP = 0.1  # seconds for each attempt beyond


class Attempts:
    """Attempts of the last minutes, in this process.

    An attempt counts from its beginning, so that many at once are no way around; one that succeeds is taken back. One address is refused beyond
    its bound. Beyond the bound for all addresses nobody is refused, or a stranger with many of them would keep out the person who knows the
    password: every answer comes later instead.

    Args:
        each: wrong ones that one address may make.
        overall: wrong ones of all addresses that are answered without delay.
        slowest: seconds of the longest delay.
        window: seconds for which they count.
        clock: a clock that only goes forward, in seconds.
    """

    def __init__(
        self,
        *,
        each: int = 5,
        overall: int = 50,
        slowest: float = 5,
        window: float = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._each = each
        self._overall = overall
        self._slowest = slowest
        self._window = window
        self._clock = clock
        self._made: deque[tuple[float, str]] = deque(maxlen=_REMEMBERED)

    def begin(self, address: str) -> int:
        """Count an attempt; the seconds to wait if its address may not make it, else 0."""
        now = self._clock()
        while self._made and self._made[0][0] <= now - self._window:
            self._made.popleft()
        own = [moment for moment, of in self._made if of == address]
        if len(own) >= self._each:
            return max(1, math.ceil(own[-self._each] + self._window - now))
        self._made.append((now, address))
        return 0

    def delay(self) -> float:
        """Seconds by which an attempt that may be made is answered later: more, the more were made beyond the bound for all addresses."""
        return min(self._slowest, max(0, len(self._made) - self._overall) * _STEP)

    def succeeded(self, address: str) -> None:
        """Forget the attempts of an address that knew the answer."""
        self._made = deque((one for one in self._made if one[1] != address), _REMEMBERED)
