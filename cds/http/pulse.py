"""A sign of life that a worker gives and its parent sees, in memory that both share."""

from __future__ import annotations

import mmap
import struct
import time

__all__ = ["Pulse"]

_MOMENT = struct.Struct("d")


class Pulse:
    """The moment of the last beat. To be made before the fork; the clock is the same in all processes of a machine."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _MOMENT.size)

    def beat(self, after: float = 0.0) -> None:
        """Say that the process lives.

        Args:
            after: seconds in which it need not say so again, beyond the usual.
        """
        _MOMENT.pack_into(self._shared, 0, time.monotonic() + after)

    @property
    def silent(self) -> float:
        """Seconds since the last beat; below zero while none is due."""
        (moment,) = _MOMENT.unpack_from(self._shared)
        return time.monotonic() - float(moment)
