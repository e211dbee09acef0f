"""The servers that are measured: each a process of its own with one worker, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UVICORN = ["-m", "uvicorn", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        url: its address.
        pid: of its process.
        ready_seconds: from its start to its first answer.
    """

    url: str
    pid: int
    ready_seconds: float

    def peak_mb(self) -> float:
        """The most memory it has had, in MB (10^6 bytes)."""
        return self._status("VmHWM") * 1024 / 1e6

    def resident_mb(self) -> float:
        """The memory it has now, in MB."""
        return self._status("VmRSS") * 1024 / 1e6

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


@contextmanager
def ceiling() -> Iterator[Server]:
    """Bare Starlette."""
    with _running(sys.executable, [*UVICORN, "bench.ceiling:app"], {}, "/") as server:
        yield server


@contextmanager
def healthchain(python: Path) -> Iterator[Server]:
    """HealthChain, in an environment of its own: it needs other versions of Starlette and httpx than we do."""
    with _running(str(python), [*UVICORN, "bench.peer_healthchain:app"], {}, "/") as server:
        yield server


@contextmanager
def ours(folder: Path, **settings: str) -> Iterator[Server]:
    """The service as `serve` serves it: logs, metrics, the store, every limit but the rate, at which one client is refused."""
    environment = {"CDS_DATA_DIR": str(folder), "CDS_MAX_RATE": "1000000", "CDS_LOG_FORMAT": "json", **settings}
    program = "from cds.cli import main; main()"
    with _running(sys.executable, ["-c", program, "serve"], environment, "/readyz") as server:
        yield server


@contextmanager
def _running(python: str, arguments: list[str], settings: Mapping[str, str], probe: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    started = time.monotonic()
    command = [python, *arguments, "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=kept | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}{probe}", process)
            yield Server(url, process.pid, time.monotonic() - started)
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url):
                return
        except urllib.error.HTTPError as error:
            if error.code != 503:  # it answers, and has nothing at this address
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError("the server did not become ready")
