"""`make bench`: the service beside the ceiling and its peers, in one run on one machine, as ratios.

Three rounds, interleaved, so that what else the machine does falls on all; medians. Writes `bench/results.md`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import bodies, growth, memory, report, servers, tokens
from bench.load import Load, wrk

ROUNDS = 3
CONNECTIONS = (16, 1)
PER_SECOND = 1500
"""Tokens kept ready for each second: more than a signed call can use up."""


@dataclass(slots=True)
class Subject:
    """One row of the table.

    Attributes:
        name: in words.
        server: that is loaded.
        path: below its address.
        body: file of the request.
        tokens: file of tokens; None for unsigned calls.
        loads: what was found, by connections.
        used: tokens that are used up.
    """

    name: str
    server: servers.Server
    path: str
    body: Path
    tokens: Path | None = None
    loads: dict[int, list[Load]] = field(default_factory=dict)
    used: int = 0

    def load(self, connections: int, seconds: int) -> None:
        """Load it once."""
        found = wrk(
            self.server.url + self.path,
            self.body,
            connections=connections,
            seconds=seconds,
            tokens=self.tokens,
            first_token=self.used,
        )
        self.used += found.requests + connections
        self.loads.setdefault(connections, []).append(found)

    def median(self, connections: int, member: str) -> float:
        """The median over the rounds."""
        return statistics.median(getattr(each, member) for each in self.loads[connections])

    @property
    def failed(self) -> int:
        """Requests without a good answer, of all rounds."""
        return sum(each.failed for loads in self.loads.values() for each in loads)


SIGN, VIEW = "/cds-services/baclofen-order-sign", "/cds-services/baclofen-patient-view"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4, help="of each load")
    parser.add_argument("--healthchain", type=Path, help="the Python of an environment that has HealthChain")
    parser.add_argument("--long", type=int, default=200_000, help="requests after which memory must not have grown")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        subjects = _subjects(folder, running, chosen.seconds, chosen.healthchain)
        for subject in subjects:
            print(f"warm: {subject.name}, {subject.server.url}, pid {subject.server.pid}", flush=True)
            subject.load(16, 1)  # warm
            subject.loads.clear()
        for number in range(ROUNDS):
            for connections in CONNECTIONS:
                for subject in subjects:
                    print(f"round {number + 1}, {connections} connections: {subject.name}", flush=True)
                    subject.load(connections, chosen.seconds)
        rows = report.table(subjects)
    with tempfile.TemporaryDirectory() as name:
        flat = memory.measure(Path(name), chosen.long)
        grown = growth.measure(Path(name))
    report.write(rows, report.goals(subjects, flat), grown, seconds=chosen.seconds)


def _subjects(folder: Path, running: ExitStack, seconds: int, healthchain: Path | None) -> list[Subject]:
    def body(name: str, content: bytes) -> Path:
        file = folder / f"{name}.json"
        file.write_bytes(content)
        return file

    plain, large = body("plain", bodies.order_sign()), body("large", bodies.order_sign(large=True))
    other, view = body("other", bodies.order_sign("other")), body("view", bodies.patient_view())
    ceiling = running.enter_context(servers.ceiling())
    service = running.enter_context(servers.ours(folder / "plain"))
    found = [
        Subject("ceiling: bare Starlette, orjson, a fixed card", ceiling, SIGN, plain),
        Subject("ceiling, 50 kB", ceiling, SIGN, large),
        Subject("order-sign without baclofen", service, SIGN, other),
        Subject("order-sign, baclofen, three rules and more", service, SIGN, plain),
        Subject("the same, 50 kB", service, SIGN, large),
        Subject("patient-view", service, VIEW, view),
    ]
    number = int(PER_SECOND * (seconds * ROUNDS * len(CONNECTIONS) + 2))
    for alg in ("RS384", "ES384"):
        issuers, signed = tokens.make(alg, number, folder)
        server = running.enter_context(
            servers.ours(folder / alg, CDS_ISSUERS=str(issuers), CDS_PUBLIC_URL=tokens.PUBLIC_URL)
        )
        found.append(Subject(f"order-sign, baclofen, {alg}", server, SIGN, plain, signed))
    if healthchain is not None:
        peer = running.enter_context(servers.healthchain(healthchain))
        found.append(Subject("HealthChain, a fixed card", peer, "/cds" + SIGN, plain))
    return found


if __name__ == "__main__":
    main()
