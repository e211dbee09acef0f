"""The real service in processes of its own, as an operator starts it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

COMMAND = (sys.executable, "-c", "from cds.cli import main; main()")
TOOLS = ("haproxy", "promtool")
"""Programs of Debian packages that `.ci/run` installs."""


def tool(name: str) -> str:
    """Where a program is; the test is skipped without it, unless CI says that it has to be there."""
    for folder in (*os.environ.get("PATH", "").split(":"), "/usr/sbin"):
        if os.access(Path(folder) / name, os.X_OK):
            return str(Path(folder) / name)
    if os.environ.get("CI") == "true":
        raise FileNotFoundError(f"{name} has to be installed")
    pytest.skip(f"{name} is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Running:
    """A service; its output lies in a file."""

    process: subprocess.Popen[str]
    port: int
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Process ids of its workers."""
        return sorted(child.pid for child in psutil.Process(self.process.pid).children() if child.status() != "zombie")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 90  # a machine that does much else starts it slowly
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail(f"the service did not become ready:\n{self.output.read_text()}")

    def stop(self, seconds: float = 15) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@contextlib.contextmanager
def running(
    folder: Path, *arguments: str, port: int | None = None, ready: bool = True, **settings: str
) -> Iterator[Running]:
    """Start `baclofen-cds serve` with its data in a folder; at the end it and its workers are gone."""
    listen = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / f"output-{listen}-{time.monotonic_ns()}"
    with (
        output.open("w") as log,
        subprocess.Popen(
            [*COMMAND, "serve", "--port", str(listen), *arguments],
            env=environment(CDS_DATA_DIR=str(folder), CDS_LOG_FORMAT="json", **settings),
            text=True,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        started = Running(process, listen, output)
        try:
            if ready:
                started.wait_until_ready()
            yield started
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in psutil.Process(process.pid).children(recursive=True):
                    each.kill()
            process.kill()


def environment(**settings: str) -> Mapping[str, str]:
    """This process's own without what is ours, and with the settings."""
    ours = ("CDS_", "PROMETHEUS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings
