"""How an answer's time grows with what is sent and with what must be read: one connection, medians."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench import bodies, servers

RESOURCES = (1, 10, 100, 1000)
ORDERS = (1, 10, 100)
TIMES = 60


@dataclass(frozen=True, slots=True)
class Growth:
    """Median ms.

    Attributes:
        by_resources: of an order of baclofen, by prefetched resources.
        other_by_resources: of an order of another drug, whose prefetch is never parsed.
        by_orders: of an order of baclofen beside so many drafts.
    """

    by_resources: Mapping[int, float]
    other_by_resources: Mapping[int, float]
    by_orders: Mapping[int, float]


def measure(folder: Path) -> Growth:
    """Ask a service of its own."""
    with servers.ours(folder / "growth", CDS_MAX_BODY="4000000") as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        return Growth(
            {size: _median(connection, bodies.sized(resources=size)) for size in RESOURCES},
            {size: _median(connection, bodies.sized("other", resources=size)) for size in RESOURCES},
            {size: _median(connection, bodies.sized(orders=size)) for size in ORDERS},
        )


def _median(connection: http.client.HTTPConnection, body: bytes) -> float:
    spent = []
    for _ in range(TIMES):
        since = time.perf_counter()
        connection.request("POST", "/cds-services/baclofen-order-sign", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}")
        spent.append(1000 * (time.perf_counter() - since))
    return statistics.median(spent[5:])
