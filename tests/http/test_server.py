"""The real server in a process of its own: slow and chatty clients, and how it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cds.examples import ORDER_SIGN

SIGN = "/cds-services/baclofen-order-sign"
BODY = ORDER_SIGN.read_bytes()


@dataclass
class Running:
    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    port = free_port()
    bounds = {
        "CDS_MAX_READ_SECONDS": "1",
        "CDS_MAX_HEADER": "2000",
        "CDS_DRAIN_SECONDS": "2",
        "CDS_MAX_IDLE_SECONDS": "1",
        "CDS_DATA_DIR": str(tmp_path),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    command = [sys.executable, "-c", "from cds.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=kept | bounds, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        running = Running(process, port)
        try:
            wait_until_ready(running)
            yield running
        finally:
            process.kill()


def test_threads_share_one_heap_where_the_c_library_can():
    asked = (
        "import platform; from cds.http.server import one_arena; print(platform.libc_ver()[0] == 'glibc', one_arena())"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert said in (["True", "True"], ["False", "False"])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_ready(running: Running) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{running.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not become ready")


def all_of(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def head(length: int = len(BODY), extra: str = "") -> bytes:
    return f"POST {SIGN} HTTP/1.1\r\nHost: x\r\n{extra}Content-Length: {length}\r\n\r\n".encode()


def test_bounds_on_connections(server: Running) -> None:
    """One server for all of them: starting it takes longer than they do."""
    with server.connect() as slow, server.connect() as silent, server.connect() as half:
        started = time.monotonic()
        slow.sendall(head())
        half.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ")
        for byte in BODY[:8]:
            slow.sendall(bytes([byte]))
            time.sleep(0.05)
        answer = all_of(slow)
        assert answer.startswith(b"HTTP/1.1 408 "), answer
        assert b'"timeout"' in answer
        assert all_of(half).startswith(b"HTTP/1.1 408 ")
        assert all_of(silent) == b""
        assert time.monotonic() - started < 4
    with server.connect() as kept:
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        started = time.monotonic()
        assert b"alive" in all_of(kept)  # until the server ends the idle connection
        assert 0.5 < time.monotonic() - started < 5
    with server.connect() as endless:
        endless.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 5000)
        assert all_of(endless).startswith(b"HTTP/1.1 431 ")
    with server.connect() as often:
        often.sendall(head(extra="".join(f"X-{number}: value\r\n" for number in range(200))) + BODY)
        answer = all_of(often)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert answer.count(b"HTTP/1.1") == 1
    with httpx.Client(base_url=server.url) as client:
        for _ in range(3):
            assert client.post(SIGN, content=BODY, headers={"X-Long": "x" * 1500}).status_code == 200
        assert client.post(SIGN, content=BODY * 3).status_code == 400


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_finishes_what_is_in_hand(server: Running, number: signal.Signals) -> None:
    with server.connect() as begun, httpx.Client(base_url=server.url) as client:
        begun.sendall(head() + BODY[:-10])
        time.sleep(0.2)
        assert "connection" not in client.get("/healthz").headers
        server.process.send_signal(number)
        time.sleep(0.4)
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "stopping" in ready.json()["issue"][0]["details"]["text"]
        assert ready.headers.get_list("connection") == ["close"]
        assert client.get("/healthz").status_code == 200
        assert client.post(SIGN, content=BODY).status_code == 200
        begun.sendall(BODY[-10:])
        assert all_of(begun).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(10) == 0


def test_a_second_signal_stops_at_once(server: Running) -> None:
    started = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)
    assert time.monotonic() - started < 1.8
