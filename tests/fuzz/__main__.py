"""`make fuzz`: every run with new examples, round and round, until the time is up; the first failure ends it with its smallest example."""

from __future__ import annotations

import os
import platform
import sys
import time

import structlog

from cds import __version__
from tests.fuzz.runs import RUNS, bounded
from tests.fuzz.seeds import seeds
from tests.fuzz.service import Service

QUIET = 50
ROUND = 5
"""Times the examples of `make test`."""


def main() -> None:
    """Run for FUZZ_SECONDS seconds (300) and print what was done."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "300"))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(QUIET))
    began, examples, rounds = time.monotonic(), 0, 0
    with Service() as service:
        while time.monotonic() - began < seconds:
            for run, each in RUNS.values():
                run(service, bounded(each * ROUND, derandomize=False))
                examples += each * ROUND
            rounds += 1
            _tell(service, examples, rounds, time.monotonic() - began)
    sys.stdout.write(
        f"no failure: baclofen-cds {__version__}, Python {platform.python_version()}, {len(seeds())} seeds\n"
    )


def _tell(service: Service, examples: int, rounds: int, seconds: float) -> None:
    counted = service.counted
    parts = [f"{name} {count}" for name, count in sorted(counted.items())]
    sys.stdout.write(
        f"{seconds:.0f} s, {rounds} rounds, {examples} examples ({examples / seconds:.1f}/s), "
        f"{counted['requests'] / seconds:.0f} requests/s: {', '.join(parts)}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
