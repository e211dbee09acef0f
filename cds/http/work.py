"""Evaluations beside the event loop.

A short one is done at once: handing it to a thread would cost as much again. A long one, as long as its body, goes to a thread, so that
other calls, health checks and time limits go on meanwhile.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cds.protocol.errors import Overloaded

__all__ = ["Workers"]

T = TypeVar("T")

AT_ONCE = 16_384
"""Bytes of the largest body that is evaluated on the loop: the worst of them holds it for about 0.2 s (docs/reliability.md)."""
THREADS = 2
"""They share one interpreter: more of them would make each slower and none faster."""


class Workers:
    """Runs evaluations, none for longer than a caller waits.

    Args:
        seconds: after which a call is given up. Its thread cannot be stopped and goes on until it is done, which the limits on
            content bound; with all threads busy, further long calls wait and are given up in the same time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="evaluation")

    async def run(self, size: int, evaluate: Callable[[], T]) -> T:
        """The result of one evaluation.

        Args:
            size: bytes of the body.
            evaluate: the evaluation.

        Raises:
            Overloaded: it did not end in time.
        """
        if size <= AT_ONCE:
            return evaluate()
        context = contextvars.copy_context()
        future = asyncio.get_running_loop().run_in_executor(self._threads, lambda: context.run(evaluate))
        try:
            return await asyncio.wait_for(future, self._seconds)  # one that still waits for a thread is taken back
        except TimeoutError:
            raise Overloaded from None
