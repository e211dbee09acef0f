"""Several workers behind one address, with real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from cds.examples import ORDER_SIGN
from tests.ops.running import COMMAND, Running, environment, running
from tests.test_authentication import ISS, KEY, bearer

SIGN = "/cds-services/baclofen-order-sign"
BODY = ORDER_SIGN.read_bytes()
JSON = {"content-type": "application/json"}

pytestmark = pytest.mark.skipif(not hasattr(signal, "sigtimedwait"), reason="workers are for Linux")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, "--workers", "2", PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "figures")) as started:
        wait_for(lambda: len(started.workers()) == 2)
        yield started


def wait_for(true, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def post(url: str, headers: dict[str, str] = JSON) -> int:
    """One call over a connection of its own, so that the kernel chooses a worker for it."""
    return httpx.post(url + SIGN, content=BODY, headers=headers, timeout=20).status_code


def counted(folder: Path) -> set[int]:
    """The processes that counted something."""
    return {int(re.search(r"\d+", file.stem)[0]) for file in folder.glob("counter_*.db")}


def requests(url: str, **labels: str) -> float:
    text = httpx.get(f"{url}/metrics").text
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    lines = [line for line in text.splitlines() if line.startswith("cds_requests_total{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(part in line for part in wanted))


def test_a_token_counts_once_whichever_worker_gets_it_and_metrics_are_summed(tmp_path: Path) -> None:
    file, figures = tmp_path / "issuers.json", tmp_path / "figures"
    file.write_text(
        json.dumps(
            {"issuers": [{"name": "A", "iss": ISS, "jwks": {"keys": [KEY.jwk]}, "fhir_servers": [f"{ISS}/fhir"]}]}
        )
    )
    figures.mkdir()
    (figures / "counter_1.db").write_bytes(b"left over")
    with running(tmp_path, CDS_WORKERS="2", CDS_ISSUERS=str(file), PROMETHEUS_MULTIPROC_DIR=str(figures)) as service:
        wait_for(lambda: len(service.workers()) == 2)
        for _ in range(3):
            headers = bearer(service.url + SIGN)
            answers = Counter(post(service.url, headers) for _ in range(16))
            assert answers == {200: 1, 401: 15}
        assert counted(figures) == set(service.workers())
        assert requests(service.url, status="200", hook="order-sign") == 3
        assert requests(service.url, status="401") == 45
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_worker_that_is_killed_comes_back(service: Running, tmp_path: Path) -> None:
    for _ in range(8):
        assert post(service.url) == 200
    before = service.workers()
    os.kill(before[0], signal.SIGKILL)
    wait_for(lambda: len(service.workers()) == 2 and before[0] not in service.workers())
    assert before[1] in service.workers()
    for _ in range(16):  # those that wait at the killed one's socket, too
        assert post(service.url) == 200
    assert "ended (by signal 9); another is started in 0 s" in service.output.read_text()
    assert requests(service.url, hook="order-sign") == 24, "what a worker counted outlives it"
    assert counted(tmp_path / "figures") >= set(service.workers())
    assert service.stop() == 0


FAILING = """
import os, signal, socket, sys, threading
from cds.http.workers import listen, supervise
parent = os.getpid()
sockets = listen("127.0.0.1", 0, 1)
address = sockets[0].getsockname()
def still_open():
    with socket.socket() as probe:
        print("open" if probe.connect_ex(address) == 0 else "closed", flush=True)
for at in (0.5, 2.0):
    threading.Timer(at, still_open).start()
threading.Timer(3.6, os.kill, (parent, signal.SIGTERM)).start()
supervise(lambda *_: sys.exit(4), sockets, stopping=1, ended=lambda pid: print("ended", flush=True))
"""


def test_one_that_fails_again_and_again_is_started_more_and_more_seldom_and_lets_nobody_wait() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FAILING],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert run.stdout.split() == ["ended", "open", "ended", "closed", "ended"], "at 0, 1 and 3 s"
    assert [int(each) for each in re.findall(r"another is started in (\d) s", run.stderr)] == [1, 2, 4]


HALF = """
import http.server, os, signal, sys, threading
from cds.http.workers import listen, supervise
sockets = listen("127.0.0.1", 0, 2)
print(sockets[0].getsockname()[1], flush=True)
broken = sockets[0].fileno()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
def work(its, parent, alive):
    if its.fileno() == broken or its is not sockets[1]:
        sys.exit(4)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer, bind_and_activate=False)
    server.socket = its
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        alive()
        server.timeout = 0.2
        server.handle_request()
supervise(work, sockets, stopping=1, ended=lambda pid: None)
"""


def test_a_place_where_no_worker_can_start_takes_no_call() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HALF], env=environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            url = f"http://127.0.0.1:{process.stdout.readline().strip()}/"
            time.sleep(1.8)  # it failed twice
            assert [httpx.get(url, timeout=1).status_code for _ in range(24)] == [204] * 24
        finally:
            process.terminate()
            process.wait(15)


def test_a_worker_that_hangs_is_killed_and_another_started(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", CDS_STOP_SECONDS="1", CDS_MAX_SECONDS="1") as service:
        wait_for(lambda: len(service.workers()) == 2)
        hanging = service.workers()[0]
        time.sleep(1)
        os.kill(hanging, signal.SIGSTOP)
        wait_for(lambda: len(service.workers()) == 2 and hanging not in service.workers(), 20)
        assert f"worker {hanging} has given no sign of life for 7 s and is killed" in service.output.read_text()
        assert [post(service.url) for _ in range(12)] == [200] * 12
        assert service.stop() == 0


def test_a_stop_loses_no_call_in_hand(service: Running) -> None:
    connections = [socket.create_connection(("127.0.0.1", service.port), timeout=20) for _ in range(8)]
    head = f"POST {SIGN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    for each in connections:
        each.sendall(head.encode() + BODY[:-10])
    time.sleep(0.3)
    workers = service.workers()
    service.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert httpx.get(f"{service.url}/readyz").status_code == 503
    assert post(service.url) == 200, "new calls are still answered"
    for each in connections:
        each.sendall(BODY[-10:])
    for each in connections:
        with each:
            answer = b""
            while piece := each.recv(65_536):
                answer += piece
            assert answer.startswith(b"HTTP/1.1 200 ")
    assert service.process.wait(15) == 0
    assert not any(psutil.pid_exists(worker) for worker in workers)
    with pytest.raises(httpx.ConnectError):
        post(service.url)


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", CDS_DRAIN_SECONDS="20") as service:
        started = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(15) == 0
        assert time.monotonic() - started < 10


def test_a_worker_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", CDS_STOP_SECONDS="1", CDS_DRAIN_SECONDS="1") as service:
        os.kill(service.workers()[0], signal.SIGSTOP)
        assert service.stop(20) == 0
        assert "did not stop in time" in service.output.read_text()


def test_workers_do_not_outlive_their_parent(service: Running) -> None:
    workers = service.workers()
    service.process.kill()
    wait_for(lambda: not any(psutil.pid_exists(worker) for worker in workers))


def test_an_address_that_is_taken_is_refused(service: Running, tmp_path: Path) -> None:
    """The workers' sockets would share it in silence, and each service get half of the calls."""
    run = subprocess.run(
        [*COMMAND, "serve", "--workers", "2", "--port", str(service.port)],
        env=environment(CDS_DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {service.port}: Address already in use" in run.stderr


def test_no_folder_of_metrics_stays_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with running(tmp_path, "--workers", "2", TMPDIR=str(temporary)) as service:
        assert len(list(temporary.iterdir())) == 1
        assert service.stop() == 0
    assert list(temporary.iterdir()) == []


def test_connections_are_spread_and_one_worker_needs_no_folder(tmp_path: Path, service: Running) -> None:
    answers: list[int] = []
    with_kept = [httpx.Client(base_url=service.url, headers=JSON, timeout=20) for _ in range(16)]

    def ask(client: httpx.Client) -> None:
        with client:
            answers.extend(client.post(SIGN, content=BODY).status_code for _ in range(5))

    threads = [threading.Thread(target=ask, args=(client,)) for client in with_kept]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 80
    assert len(counted(tmp_path / "figures")) == 2, "with 16 connections one worker gets none once in 32,768 times"
    with running(tmp_path / "one") as alone:
        assert alone.workers() == []
        assert post(alone.url) == 200
        assert alone.stop() == 0
