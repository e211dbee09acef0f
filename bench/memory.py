"""Memory of a worker over many requests, and the seconds until it is ready."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench import bodies, servers
from bench.load import wrk

FIRST = 10_000


@dataclass(frozen=True, slots=True)
class Memory:
    """What a worker needed.

    Attributes:
        ready_seconds: from start to ready, of three starts the median.
        early_mb, late_mb: resident after 10,000 requests and after the last.
        peak_mb: the most of all.
        requests: how many there were.
    """

    ready_seconds: float
    early_mb: float
    late_mb: float
    peak_mb: float
    requests: int

    @property
    def growth(self) -> float:
        """Share by which it grew."""
        return self.late_mb / self.early_mb - 1


def measure(folder: Path, requests: int) -> Memory:
    """Start three times, then load one worker with orders of baclofen until it has answered so many."""
    starts = []
    for number in range(3):
        with servers.ours(folder / f"start-{number}") as server:
            starts.append(server.ready_seconds)
    body = folder / "memory.json"
    body.write_bytes(bodies.order_sign())
    with servers.ours(folder / "memory") as server:
        answered, early = 0, 0.0
        while answered < requests:
            answered += wrk(f"{server.url}/cds-services/baclofen-order-sign", body, connections=16, seconds=5).requests
            if not early and answered >= FIRST:
                early = server.resident_mb()
            print(f"memory: {answered} requests, {server.resident_mb():.1f} MB", flush=True)
        return Memory(sorted(starts)[1], early, server.resident_mb(), server.peak_mb(), answered)
