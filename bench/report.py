"""The results as Markdown, with the goals beside the figures, and the plot of growth."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.growth import Growth
from bench.memory import Memory

if TYPE_CHECKING:
    from bench.run import Subject

HERE = Path(__file__).parent
VERIFY_MS = 0.38
"""An ES384 verification on the reference machine; the floor of signed calls is measured anew in `floor`."""
GOALS = {
    "order-sign without baclofen": 1.0,
    "order-sign, baclofen, three rules and more": 0.5,
    "order-sign, baclofen, RS384": 0.45,
}
"""Least share of the ceiling's requests a second, at 16 connections."""
CONNECTIONS_OF_GOALS = 16
MEMORY_MB, MEMORY_GROWTH, READY_SECONDS, P99 = 120, 0.02, 2, 3
PACKAGES = (
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "msgspec",
    "orjson",
    "PyJWT",
    "cryptography",
    "fhir.resources",
)


def table(subjects: Sequence[Subject]) -> list[str]:
    """One line a subject."""
    lines = [
        "| | requests/s, 16 | ratio | p50 ms | p99 ms | p99 ratio | requests/s, 1 | ratio | p50 ms | p99 ms | peak MB | failed |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    ceilings = {len(subject.body.read_bytes()): subject for subject in subjects if subject.name.startswith("ceiling")}
    for subject in subjects:
        size = len(subject.body.read_bytes())
        ceiling = ceilings[min(ceilings, key=lambda other: abs(other - size))]
        cells = [f"{subject.name}, {size / 1000:.1f} kB"]
        for connections in (16, 1):
            rate = subject.median(connections, "rate")
            cells += [f"{rate:,.0f}", f"{rate / ceiling.median(connections, 'rate'):.2f}"]
            cells += [f"{subject.median(connections, 'p50_ms'):.2f}", f"{subject.median(connections, 'p99_ms'):.2f}"]
            if connections == CONNECTIONS_OF_GOALS:
                cells.append(f"{subject.median(16, 'p99_ms') / ceiling.median(16, 'p99_ms'):.1f}")
        cells += [f"{subject.server.peak_mb():.0f}", str(subject.failed)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def goals(subjects: Sequence[Subject], memory: Memory) -> list[str]:
    """Every goal with what was found."""
    by_name = {subject.name: subject for subject in subjects}
    ceiling = subjects[0]
    lines = ["| goal | wanted | found | |", "|---|---|---|---|"]

    def line(goal: str, wanted: str, found: str, *, met: bool) -> None:
        lines.append(f"| {goal} | {wanted} | {found} | {'met' if met else '**missed**'} |")

    for name, least in GOALS.items():
        ratio = by_name[name].median(16, "rate") / ceiling.median(16, "rate")
        line(f"{name}, share of the ceiling", f"≥ {least}", f"{ratio:.2f}", met=ratio >= least)
        slower = by_name[name].median(16, "p99_ms") / ceiling.median(16, "p99_ms")
        line(f"{name}, p99 at 16 connections", f"≤ {P99} × the ceiling's", f"{slower:.1f}", met=slower <= P99)
    plain = by_name["order-sign, baclofen, three rules and more"].median(16, "rate")
    floor = 1000 / (1000 / plain + VERIFY_MS)
    signed = by_name["order-sign, baclofen, ES384"].median(16, "rate") / floor
    line(
        "ES384, share of the floor: the unsigned call and one verification", "≥ 0.9", f"{signed:.2f}", met=signed >= 0.9
    )
    line("memory of a worker", f"≤ {MEMORY_MB} MB", f"{memory.peak_mb:.0f} MB", met=memory.peak_mb <= MEMORY_MB)
    line(
        f"its growth from the 10,000th to the {memory.requests:,}th request",
        f"< {MEMORY_GROWTH:.0%}",
        f"{memory.growth:.1%}",
        met=memory.growth < MEMORY_GROWTH,
    )
    ready = memory.ready_seconds
    line("ready after", f"≤ {READY_SECONDS} s", f"{ready:.2f} s", met=ready <= READY_SECONDS)
    first = (
        f"The first start, which makes the database, takes {memory.first_seconds:.2f} s and {memory.first_mb:.0f} MB."
    )
    return [*lines, "", f"Memory and readiness are those of a start on a database that is there. {first}"]


def write(rows: list[str], reached: list[str], grown: Growth, *, seconds: int) -> None:
    """`bench/results.md` and `bench/growth.svg`."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        "<!-- Written by `make bench`: run it anew instead of changing this. -->",
        "# How fast",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {platform.system()} {platform.release()}, Python {platform.python_version()}.",
        f"{versions}.",
        "",
        f"One worker on loopback, wrk with one thread, {seconds:g} s a load, three interleaved rounds, medians. Ratios are to the ceiling of",
        "the same run with a body of that size: bare Starlette on uvicorn (uvloop, httptools) that reads the body, parses it with orjson and",
        "answers a fixed card of 1.5 kB. The service runs as `serve` runs it: logs, metrics, counts, limits; the limit on the rate is lifted.",
        "Tokens are used once each.",
        "",
        "## Goals",
        "",
        *reached,
        "",
        "## Throughput and latency",
        "",
        *rows,
        "",
        "## Growth",
        "",
        "Median ms of an answer on one connection.",
        "",
        *_growth(grown),
        "",
        "![Growth](growth.svg)",
    ]
    (HERE / "results.md").write_text("\n".join(lines) + "\n", "utf-8")
    _plot(grown)


def _growth(grown: Growth) -> list[str]:
    lines = ["| prefetched resources | baclofen | another drug |", "|---|---|---|"]
    lines += [
        f"| {size:,} | {spent:.2f} | {grown.other_by_resources[size]:.2f} |"
        for size, spent in grown.by_resources.items()
    ]
    lines += ["", "| drafted orders | baclofen |", "|---|---|"]
    return lines + [f"| {size} | {spent:.2f} |" for size, spent in grown.by_orders.items()]


def _plot(grown: Growth) -> None:
    mpl.rcParams["svg.hashsalt"] = "baclofen-cds"  # the same figures, the same file
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for label, found in (("baclofen", grown.by_resources), ("another drug", grown.other_by_resources)):
        left.plot(list(found), list(found.values()), marker="o", label=label)
    left.set(xscale="log", yscale="log", xlabel="prefetched resources", ylabel="median ms")
    left.legend()
    right.plot(list(grown.by_orders), list(grown.by_orders.values()), marker="o", label="baclofen")
    right.set(xscale="log", yscale="log", xlabel="drafted orders")
    figure.savefig(HERE / "growth.svg", metadata={"Date": None})


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{model}, {sum(line.startswith('processor') for line in lines)} cores"
