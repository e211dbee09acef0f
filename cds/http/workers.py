"""Several processes behind one address.

The parent binds the sockets, loads what all need, and forks: the workers share that memory. It starts a worker again that ended and hands signals
on. It reads no request.

Each worker has a socket of its own at the same address (SO_REUSEPORT), and the kernel spreads connections over them: on one socket for all, the
first to wake accepts every connection that waits, and an EHR's or a proxy's kept connections would all lie with one worker. The parent keeps
the sockets open, so that connections wait for the next worker where one ended. Where workers end one after the other it closes theirs: the kernel
then gives their share to the others, and where there are none left a proxy finds the port closed. A worker that gives no sign of life is killed.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from cds.http.pulse import Pulse

__all__ = ["POSSIBLE", "forget_figures", "listen", "shared_figures", "supervise"]

POSSIBLE = sys.platform == "linux"
"""Whether this system can have workers: others share SO_REUSEPORT sockets in other ways, or not at all."""

_log = logging.getLogger("cds.workers")

_STOPS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))
_BACKLOG = 2048
_BETWEEN_STARTS = 1.0  # seconds between the first two starts in one place; doubled with each that fails
_LONGEST_BETWEEN = 30.0
_SOUND = 10.0  # seconds after which a worker has not failed at its start
_TRUSTED = 2  # starts that may fail before nobody is let wait for the next one
_TO_START = 60.0  # seconds before the first sign of life
_PATIENCE = 5.0  # seconds beyond what a worker needs to stop, before it is killed
_SHARED = "PROMETHEUS_MULTIPROC_DIR"


def listen(host: str, port: int, workers: int) -> list[socket.socket]:
    """A listening socket for each worker, all at one address.

    Raises:
        OSError: the address is not of this machine, or is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server(
        (host, port), family=family
    ) as alone:  # refused where somebody else listens, as sharing ones are not
        address = alone.getsockname()
    return [socket.create_server(address, family=family, backlog=_BACKLOG, reuse_port=True) for _ in range(workers)]


@contextlib.contextmanager
def shared_figures() -> Iterator[None]:
    """A folder in which workers keep their metrics, so that whichever is asked can sum them.

    An own one for this time, or the one that `PROMETHEUS_MULTIPROC_DIR` names, emptied. Has to begin before prometheus_client is imported.
    """
    named = os.environ.get(_SHARED)
    folder = Path(named or tempfile.mkdtemp(prefix="baclofen-cds-metrics-"))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    os.environ[_SHARED] = str(folder)
    try:
        yield
    finally:
        if not named:
            del os.environ[_SHARED]
            shutil.rmtree(folder, ignore_errors=True)


def forget_figures(pid: int) -> None:
    """A worker ended: what it had in hand is in nobody's hand; what it counted stays counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 -- looks for the folder when it is imported

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


@dataclass(slots=True, eq=False)
class _Place:
    """Where one worker serves.

    Attributes:
        address: of its socket.
        listening: the parent's hold on the socket; None while nobody is let wait there.
        pulse: of the worker that is there.
        due: when the next one is started.
        started: when this one was.
        failed: how many in a row ended soon.
    """

    address: Any
    listening: socket.socket | None
    pulse: Pulse
    due: float = 0.0
    started: float = 0.0
    failed: int = 0

    def close(self) -> None:
        """Let nobody wait here."""
        if self.listening is not None:
            self.listening.close()
            self.listening = None

    def open(self) -> socket.socket:
        """The socket.

        Raises:
            OSError: the address is taken.
        """
        if self.listening is None:
            family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
            self.listening = socket.create_server(self.address, family=family, backlog=_BACKLOG, reuse_port=True)
        return self.listening

    def ended(self, now: float) -> None:
        """The worker ended by itself: when to start another."""
        self.failed = self.failed + 1 if now - self.started < _SOUND else 0
        if self.failed >= _TRUSTED:
            self.close()
        self.due = self.started + min(_BETWEEN_STARTS * 2 ** max(0, self.failed - 1), _LONGEST_BETWEEN)


def supervise(
    work: Callable[[socket.socket, int, Callable[[], None]], None],
    sockets: Sequence[socket.socket],
    *,
    stopping: float,
    silent: float = 30.0,
    ended: Callable[[int], None] = forget_figures,
) -> None:
    """Keep a worker running at each socket until a signal says to stop, and until the last of them has.

    SIGTERM and SIGHUP reach each worker as SIGTERM, SIGINT as SIGINT; a second one follows the first. A worker that ends before is started again, at
    most once a second, and more seldom where it ends soon each time.

    Args:
        work: serves until stopped; called in each worker with its socket, the parent's process id, and what it has to call once a second
            at least to show that it lives.
        sockets: one a worker, closed here when the stop begins, lest connections wait that nobody accepts.
        stopping: seconds that a worker may take to stop; later it is killed.
        silent: seconds without a sign of life after which it is killed, too, and another started.
        ended: called with the process id of each worker that ended.
    """
    gc.collect()
    gc.freeze()  # what is loaded is not looked at again, and so stays shared
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (*_STOPS, signal.SIGCHLD))
    try:
        _Workers(work, sockets, before, ended, silent).run(stopping)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Workers:
    """The workers, while signals are blocked: they are waited for, so that none comes in between."""

    def __init__(
        self,
        work: Callable[[socket.socket, int, Callable[[], None]], None],
        sockets: Sequence[socket.socket],
        mask: set[int | signal.Signals],
        ended: Callable[[int], None],
        silent: float,
    ) -> None:
        self._work = work
        self._places = [_Place(each.getsockname(), each, Pulse()) for each in sockets]
        self._mask = mask
        self._ended = ended
        self._silent = silent
        self._running: dict[int, _Place] = {}  # by process id

    def run(self, stopping: float) -> None:
        give_up: float | None = None
        while give_up is None or self._running:
            now = time.monotonic()
            if give_up is None:
                self._start(now)
                self._kill_the_silent()
            elif now >= give_up:
                _log.error("%d worker(s) did not stop in time and are killed", len(self._running))
                self._tell(signal.SIGKILL)
                give_up = now + _PATIENCE
            got = signal.sigtimedwait((*_STOPS, signal.SIGCHLD), 0.1 if len(self._running) < len(self._places) else 1.0)
            self._bury(stopping=give_up is not None)
            if got is not None and got.si_signo in _STOPS:
                if give_up is None:
                    for each in self._places:
                        each.close()
                    give_up = time.monotonic() + stopping + _PATIENCE
                self._tell(signal.SIGINT if got.si_signo == signal.SIGINT else signal.SIGTERM)

    def _start(self, now: float) -> None:
        parent = os.getpid()
        empty = [place for place in self._places if place not in self._running.values() and place.due <= now]
        for place in empty:
            place.started = now
            try:
                its = place.open()
            except OSError as error:
                _log.error("no worker can listen at its address again: %s", error.strerror)
                place.ended(now)
                continue
            place.pulse.beat(_TO_START)
            pid = os.fork()
            if pid == 0:
                self._be_one(place, its, parent)
            self._running[pid] = place

    def _kill_the_silent(self) -> None:
        for pid, place in self._running.items():
            if place.pulse.silent > self._silent:
                _log.error("worker %d has given no sign of life for %.0f s and is killed", pid, place.pulse.silent)
                os.kill(pid, signal.SIGKILL)
                place.pulse.beat(self._silent)  # until it is buried

    def _be_one(self, place: _Place, its: socket.socket, parent: int) -> NoReturn:
        """In the worker: work, and end without what the parent does at its end."""
        status = 1
        try:
            os.setpgid(0, 0)  # a terminal's Ctrl-C reaches the parent alone, which hands it on once
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            for each in self._places:
                if each is not place:
                    each.close()
            self._work(its, parent, place.pulse.beat)
            status = 0
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except KeyboardInterrupt:
            status = 128 + signal.SIGINT
        except BaseException as error:  # noqa: BLE001 -- told by type and place only
            from cds.telemetry import log_failure  # noqa: PLC0415 -- after the folder of figures is named

            log_failure("a worker failed", error)
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _bury(self, *, stopping: bool) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid not in self._running:
                continue  # somebody's orphan, where this is the first process of a container
            place = self._running.pop(pid)
            self._ended(pid)
            if not stopping:
                place.ended(time.monotonic())
                after = max(0.0, place.due - time.monotonic())
                _log.error("worker %d ended (%s); another is started in %.0f s", pid, _how(status), after)

    def _tell(self, number: signal.Signals) -> None:
        for pid in self._running:
            os.kill(pid, number)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"by signal {-code}" if code < 0 else f"with status {code}"
