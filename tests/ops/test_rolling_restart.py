"""Two instances behind a real HAProxy, with the configuration that we give operators, restarted while a client never stops."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from cds.examples import ORDER_SIGN
from tests.certificates import certificate
from tests.ops.running import Running, environment, free_port, running, tool
from tests.store.conftest import postgresql  # noqa: F401 -- a fixture
from tests.test_authentication import ISS, KEY, bearer

CONFIGURATION = Path(__file__).resolve().parents[2] / "docker" / "haproxy.cfg"
SIGN = "/cds-services/baclofen-order-sign"
BODY = ORDER_SIGN.read_bytes()
CLIENTS = 4


@contextmanager
def proxy(folder: Path, first: Running, second: Running) -> Iterator[tuple[str, ssl.SSLContext]]:
    """HAProxy in front of two instances; its address and what verifies its certificate."""
    listen, file = free_port(), certificate(folder)
    variables = environment() | {
        "CDS_A": f"127.0.0.1:{first.port}",
        "CDS_B": f"127.0.0.1:{second.port}",
        "CDS_LISTEN": f"127.0.0.1:{listen}",
        "CDS_CERTIFICATE": str(file),
    }
    command = [tool("haproxy"), "-db", "-f", str(CONFIGURATION)]
    context = ssl.create_default_context(cafile=str(file))
    with (
        (folder / "haproxy.log").open("w") as log,
        subprocess.Popen(command, env=variables, stdout=log, stderr=log) as it,
    ):
        try:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                try:
                    if httpx.get(f"https://127.0.0.1:{listen}/readyz", verify=context).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            else:
                pytest.fail(f"HAProxy serves nothing:\n{(folder / 'haproxy.log').read_text()}")
            yield f"https://127.0.0.1:{listen}", context
        finally:
            it.kill()


@dataclass
class Client:
    """An EHR with a few connections, each of which sends the next call as soon as the last is answered."""

    url: str
    context: ssl.SSLContext
    answers: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    async def send(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, verify=self.context, timeout=30) as client:
            while not self.stopped:
                try:
                    answer = await client.post(SIGN, content=BODY, headers=bearer("rolling"))
                except httpx.TransportError as error:
                    self.answers[repr(error)] += 1
                else:
                    told = "cards" if answer.status_code == 200 and answer.json()["cards"] else "no cards"
                    self.answers[f"{answer.status_code} {told}"] += 1

    async def run(self, meanwhile) -> None:
        senders = [asyncio.create_task(self.send()) for _ in range(CLIENTS)]
        try:
            await asyncio.to_thread(meanwhile)
        finally:
            self.stopped = True
            await asyncio.gather(*senders)


def test_no_call_fails(tmp_path: Path, postgresql: str) -> None:  # noqa: F811 -- the fixture
    tool("haproxy")
    issuers = tmp_path / "issuers.json"
    issuers.write_text(
        json.dumps(
            {
                "issuers": [
                    {
                        "name": "A",
                        "iss": ISS,
                        "jwks": {"keys": [KEY.jwk]},
                        "fhir_servers": [f"{ISS}/fhir"],
                        "audience": ["rolling"],
                    }
                ]
            }
        )
    )
    settings = {
        "CDS_ISSUERS": str(issuers),
        "CDS_DATABASE_URL": postgresql,
        "CDS_SECRET_FILE": str(tmp_path / "secret"),
        "CDS_DRAIN_SECONDS": "3",
    }
    with ExitStack() as stack:

        def start(name: str, port: int | None = None) -> Running:
            return stack.enter_context(running(tmp_path / name, port=port, **settings))

        instances = {"a": start("a"), "b": start("b")}
        url, context = stack.enter_context(proxy(tmp_path, instances["a"], instances["b"]))
        client = Client(url, context)
        counts: list[int] = []

        def restart_both() -> None:
            time.sleep(2)
            for name, old in instances.items():
                counts.append(client.answers["200 cards"])
                assert old.stop() == 0
                counts.append(client.answers["200 cards"])
                start(name, old.port)
                time.sleep(2)  # the proxy takes it in again
            counts.append(client.answers["200 cards"])

        asyncio.run(client.run(restart_both))
        answered = client.answers.pop("200 cards")
        assert client.answers == Counter(), f"beside {answered} that were answered"
        assert all(later - earlier > 5 for earlier, later in itertools.pairwise(counts)), counts
        assert httpx.get(f"{url}/metrics", verify=context).status_code == 404
