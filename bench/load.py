"""Load by wrk (Debian) on loopback: one thread, so many connections, one body."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LUA = Path(__file__).with_name("post.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk found.

    Attributes:
        requests: that were answered.
        seconds: the run took.
        p50_ms, p99_ms: latency.
        failed: connections, reads, writes and answers with an error status.
    """

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failed: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def wrk(
    url: str, body: Path, *, connections: int, seconds: int, tokens: Path | None = None, first_token: int = 0
) -> Load:
    """Load an address.

    Raises:
        RuntimeError: wrk is not installed, or ended with an error.
    """
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is missing: apt-get install wrk")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(LUA), url, "--"]
    command += [str(body), str(tokens or "-"), str(first_token)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    line = next((each for each in found.stdout.splitlines() if each.startswith("RESULT ")), None)
    if found.returncode or line is None:
        raise RuntimeError(f"wrk ended with {found.returncode}: {found.stdout}{found.stderr}")
    return Load(**json.loads(line.removeprefix("RESULT ")))
