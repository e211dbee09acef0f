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
        first_seconds: from start to ready where the database has to be made first, of three starts the median.
        first_mb: the most memory of such a start, which loads what migrates.
        ready_seconds: from start to ready on a database that is there, likewise.
        early_mb, late_mb: resident after 10,000 requests and after the last.
        peak_mb: the most of all.
        requests: how many there were.
    """

    first_seconds: float
    first_mb: float
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
    """Start on three new databases and again on each, then load one worker as a hospital does: one order of baclofen among twenty of other drugs."""
    first, again = [], []
    for number in range(3):
        for starts in (first, again):
            with servers.ours(folder / f"start-{number}") as server:
                starts.append((server.ready_seconds, server.peak_mb()))
    files = {kind: folder / f"{kind}.json" for kind in ("baclofen", "other")}
    for kind, file in files.items():
        file.write_bytes(bodies.order_sign("baclofen" if kind == "baclofen" else "other"))
    with servers.ours(folder / "start-0") as server:
        answered, early = dict.fromkeys(files, 0), 0.0
        while sum(answered.values()) < requests:
            kind = "baclofen" if answered["baclofen"] * 20 <= answered["other"] else "other"
            url = f"{server.url}/cds-services/baclofen-order-sign"
            answered[kind] += wrk(url, files[kind], connections=16, seconds=2).requests
            if not early and sum(answered.values()) >= FIRST:
                early = server.resident_mb()
        print(f"memory: {sum(answered.values())} requests, {server.resident_mb():.1f} MB", flush=True)
        (first_seconds, first_mb), (ready_seconds, _) = (sorted(starts)[1] for starts in (first, again))
        return Memory(
            first_seconds,
            first_mb,
            ready_seconds,
            early,
            server.resident_mb(),
            server.peak_mb(),
            sum(answered.values()),
        )
