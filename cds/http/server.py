"""The server's own bounds: on headers, on connections that say nothing, on the time to stop."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
import time
from asyncio import TimerHandle, Transport
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from types import FrameType
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cds.protocol.errors import HeadersTooLarge, ProtocolError, RequestTimeout

__all__ = ["BoundedProtocol", "Bounds", "Server", "serve"]


_CLOSE = (b"connection", b"close")
_POLITE = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a connection may take.

    Attributes:
        header: bytes of a request's line and headers.
        seconds: from the first byte of a request to the end of its headers; the same until a new connection says something.
    """

    header: int
    seconds: float


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Uvicorn itself bounds neither the size of headers nor the time that they take."""

    bounds: ClassVar[Bounds]
    _size = 0
    _timer: TimerHandle | None = None
    _answered = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """The headers of the first request are awaited."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._on_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of a request: of its headers while the timer runs."""
        if self._timer is None and self._answered:
            self._await_headers()  # of the next request of this connection
        self._size += len(data)
        super().data_received(data)
        if self._timer is not None and self._size > self.bounds.header:
            self._refuse(HeadersTooLarge(self.bounds.header))

    def on_headers_complete(self) -> None:
        """The headers are there, within their bound or not."""
        self._on_time()
        self._size = 0
        self._answered = False
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self.bounds.header:
            self._refuse(HeadersTooLarge(self.bounds.header))
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body, unless the request was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of the request, unless it was refused."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """A request is answered; another may follow."""
        self._answered = True
        super().on_response_complete()

    def _await_headers(self) -> None:
        self._timer = self.loop.call_later(self.bounds.seconds, self._late)

    def _on_time(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if self._size:
            self._refuse(RequestTimeout(self.bounds.seconds))
        elif not self.transport.is_closing():
            self.transport.close()  # it never said anything

    def _refuse(self, error: ProtocolError) -> None:
        self._on_time()
        if self.transport.is_closing():
            return
        content = error.operation_outcome()
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\ncontent-type: application/json\r\n"
            f"cache-control: no-store\r\nconnection: close\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()


_M_ARENA_MAX = -8
"""glibc's number for it (malloc.h)."""
_COLLECT_AFTER = 10_000
"""Objects more than were freed, after which the youngest are looked at: Python's own 700 are made by a fraction of one evaluation."""


_SWITCH = 0.0005
"""Seconds after which an evaluation in a thread makes room for the event loop that waits: Python's own 5 ms would be most of an answer."""


class Server(uvicorn.Server):
    """Stops in two steps on SIGTERM or SIGHUP: first it says that it is no longer ready and goes on answering, then it finishes what is in hand.

    From the first step on each answer closes its connection, so that clients which keep theirs find another server for the next call.

    Args:
        config: uvicorn's; `timeout_graceful_shutdown` bounds the second step.
        stopping: called when the first step begins.
        drain: seconds of the first step, in which a load balancer takes notice. SIGINT and a second SIGTERM leave it out.
        parent: process id of the parent without which it does not go on; None where there is none.
        alive: called several times a second.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        stopping: Callable[[], None],
        drain: float,
        parent: int | None = None,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._parent = parent
        self._alive = alive
        self._stopping = stopping
        self._drain = drain
        self._stop_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop."""
        self._stopping()
        self._close_connections()
        if sig in _POLITE and self._stop_at is None:
            self._stop_at = time.monotonic() + self._drain
        else:
            super().handle_exit(sig, frame)

    def _close_connections(self) -> None:
        if _CLOSE not in self.config.encoded_headers:
            self.config.encoded_headers.append(_CLOSE)  # with the next tick of a whole second
            self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """SIGHUP stops like SIGTERM, unless it is ignored (`nohup`): a terminal that closes ends no call in hand."""
        hangup = getattr(signal, "SIGHUP", None)
        if hangup is None or signal.getsignal(hangup) == signal.SIG_IGN:
            with super().capture_signals():
                yield
            return
        before = signal.signal(hangup, self.handle_exit)
        try:
            with super().capture_signals():
                yield
        finally:
            signal.signal(hangup, before)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; what has been loaded by then stays for good, so the collector of cyclic garbage need not look at it again and again."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)
        sys.setswitchinterval(_SWITCH)

    async def on_tick(self, counter: int) -> bool:
        """Several times a second: whether to stop now."""
        self._alive()
        if self._parent is not None and os.getppid() != self._parent:
            self._parent = None
            self.handle_exit(signal.SIGTERM, None)
        if self._stop_at is not None and time.monotonic() >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)


def one_arena() -> bool:
    """Let all threads of the process share one heap; whether the C library can do that.

    glibc gives each thread a heap of its own, and what evaluations in threads leave behind in theirs grew by 2 kB an order. Python runs one
    thread at a time, so that none waits for another's heap.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1))
    except (AttributeError, OSError, TypeError):  # not glibc
        return False


def serve(
    app: Any,
    bounds: Bounds,
    stopping: Callable[[], None],
    drain: float,
    *,
    listening: socket.socket | None = None,
    parent: int | None = None,
    alive: Callable[[], None] = lambda: None,
    proxies: Sequence[str] = (),
    **options: Any,
) -> None:
    """Serve until stopped.

    Args:
        app: the application.
        bounds: on connections.
        stopping: called when it begins to stop.
        drain: seconds for which it still answers.
        listening: the socket to accept on, which others may accept on too; else one is made as `options` say.
        parent: process id of the parent without which it does not go on.
        alive: called several times a second while it serves.
        proxies: addresses and networks whose `X-Forwarded-For` names the client. From others it is what anybody may write.
        options: uvicorn's.
    """
    one_arena()
    protocol = type("Protocol", (BoundedProtocol,), {"bounds": bounds})
    config = uvicorn.Config(
        app,
        http=protocol,
        loop="auto",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        **options,
    )
    Server(config, stopping, drain, parent, alive).run(None if listening is None else [listening])
