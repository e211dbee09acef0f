"""What was acknowledged is kept: by writers that are killed, databases that are stopped, disks that are full, and beside other writers."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import httpx
import psutil
import pytest
from sqlalchemy import event, select

from cds.store import Store, sqlite_url
from cds.store.tables import Feedback
from tests.feedback.told import run
from tests.http.test_server import Running, free_port, wait_until_ready
from tests.store.conftest import running_postgresql
from tests.store.durable import ITEMS, SERVICE, items
from tests.test_feedback import Running as InMemory
from tests.test_feedback import tell

KILLED = 300


def durable(*arguments):
    return [sys.executable, "-m", "tests.store.durable", *map(str, arguments)]


def after(*arguments):
    finished = subprocess.run(durable(*arguments), stdout=subprocess.PIPE, check=True, timeout=300)
    return json.loads(finished.stdout)


def kept_calls(database):
    """Items by number of their call."""

    async def work(store):
        async with store.session() as session:
            return list(await session.scalars(select(Feedback.card)))

    cards = run(database, work)
    assert len(set(cards)) == len(cards), "something was kept twice"
    return Counter(int(card.split("-")[1]) for card in cards)


def check(database, acknowledged):
    found = kept_calls(database)
    assert set(acknowledged) <= found.keys(), "something that was acknowledged is lost"
    assert set(found.values()) <= {ITEMS}, "a call was kept in part"
    return found


def check_file(folder):
    with closing(sqlite3.connect(folder / "baclofen-cds.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_writers_that_are_killed_lose_nothing_in_sqlite(tmp_path):
    database = sqlite_url(tmp_path)
    acknowledged = after("killed", database, KILLED, 0.08)
    assert len(acknowledged) > KILLED, "the writers hardly wrote"
    found = check(database, acknowledged)
    assert len(found) <= len(acknowledged) + KILLED
    check_file(tmp_path)


@pytest.fixture
def own_postgresql():
    """A PostgreSQL server that may be stopped."""
    with running_postgresql() as server:
        yield server


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_writers_that_are_killed_lose_nothing_in_postgresql(database):
    acknowledged = after("killed", database, 25, 0.4)
    assert len(acknowledged) > 25
    check(database, acknowledged)


class Writer:
    """A process that writes until it is ended."""

    def __init__(self, database, first=0):
        self.process = subprocess.Popen(durable("write", database, first), stdout=subprocess.PIPE, text=True)
        self.lines = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    @property
    def acknowledged(self):
        return [int(line) for line in self.lines if line != "refused"]

    def has_written(self, more):
        """Wait for so many acknowledgements more."""
        goal = len(self.acknowledged) + more
        for _ in range(3000):
            if len(self.acknowledged) >= goal:
                return
            time.sleep(0.01)
        raise AssertionError("the writer hangs")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        return self.acknowledged


def test_a_postgresql_that_is_stopped_at_once_loses_nothing(own_postgresql):
    writer = Writer(own_postgresql.get_uri())
    try:
        for _ in range(3):
            writer.has_written(10)
            time.sleep(random.uniform(0, 0.05))
            server = psutil.Process(own_postgresql.get_pid())
            server.send_signal(signal.SIGQUIT)  # its immediate shutdown: no checkpoint, all sessions dropped
            psutil.wait_procs([server], timeout=20)
            own_postgresql.ensure_postgres_running()
        writer.has_written(10)
    finally:
        acknowledged = writer.kill()
    assert "refused" in writer.lines
    check(own_postgresql.get_uri(), acknowledged)


def test_a_second_writer_costs_neither_anything(database):
    first, second = Writer(database, 0), Writer(database, 1_000_000)
    try:
        first.has_written(30)
        second.has_written(30)
        killed = second.kill()
        third = Writer(database, killed[-1] + 1)
        first.has_written(30)
        third.has_written(30)
    finally:
        acknowledged = [*first.kill(), *second.kill(), *third.kill()]
    assert "refused" not in first.lines + second.lines + third.lines
    check(database, acknowledged)


@pytest.mark.parametrize("round_", range(3))
def test_a_server_that_is_killed_has_kept_what_it_acknowledged(tmp_path, round_):
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    command = [sys.executable, "-c", "from cds.cli import main; main()", "serve", "--port", str(port)]
    acknowledged = []
    with subprocess.Popen(
        command, env=kept | {"CDS_DATA_DIR": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            wait_until_ready(Running(process, port))
            killer = threading.Timer(random.uniform(0.1, 0.6), process.kill)
            killer.start()
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
                try:
                    for number in range(100_000):
                        told = [{"card": item.card, "outcome": item.outcome} for item in items(number)]
                        answer = client.post(f"/cds-services/{SERVICE}/feedback", json={"feedback": told})
                        assert answer.json() == {"received": ITEMS, "repeated": 0, "unknown": ITEMS}
                        acknowledged.append(number)
                except httpx.TransportError:
                    pass
            killer.join()
        finally:
            process.kill()
    assert acknowledged
    found = check(sqlite_url(tmp_path), acknowledged)
    assert len(found) <= len(acknowledged) + 1
    check_file(tmp_path)


def test_a_file_that_may_not_grow_refuses_and_goes_on_when_it_may(tmp_path):
    told = after("limited", sqlite_url(tmp_path))
    assert told["refused"] == 3
    assert len(told["acknowledged"]) > 4
    assert check(sqlite_url(tmp_path), told["acknowledged"]).keys() == set(told["acknowledged"])
    check_file(tmp_path)


def test_a_full_disk_is_a_clear_503_and_calls_are_answered(tmp_path):
    service = InMemory(sqlite_url(tmp_path))
    pages = [1_000_000]

    def room(connection, *_):
        connection.cursor().execute(f"PRAGMA max_page_count={pages[0]}")

    event.listen(service.store._engine.sync_engine, "checkout", room)

    def item(number):
        return {"card": f"card-{number}-0", "outcome": "overridden", "overrideReason": {"userComment": "x" * 3000}}

    async def work(client):
        answers = [await tell(client, item(0))]
        pages[0] = 1
        answers += [await tell(client, *(item(20 * number + each) for each in range(20))) for number in range(1, 6)]
        pages[0] = 1_000_000
        return answers, await tell(client, item(1000))

    answers, last = service.live(work)
    assert (answers[0].status_code, last.status_code) == (200, 200)
    (refused, *_) = [answer for answer in answers if answer.status_code != 200]
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    (issue,) = refused.json()["issue"]
    assert "is full" in issue["details"]["text"]
    told = sum(answer.json()["received"] for answer in [*answers, last] if answer.status_code == 200)
    assert sum(kept_calls(sqlite_url(tmp_path)).values()) == told
    check_file(tmp_path)


def test_feedback_waits_for_a_writer_that_holds_the_file(tmp_path):
    """Another process may hold SQLite's lock for a while; what is told waits for it."""
    database = sqlite_url(tmp_path)
    run(database, Store.open)
    holder = sqlite3.connect(tmp_path / "baclofen-cds.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    service = InMemory(database)

    async def work(client):
        telling = asyncio.create_task(tell(client, {"card": "card-1-0", "outcome": "overridden"}))
        await asyncio.sleep(0.5)
        assert not telling.done()
        holder.execute("COMMIT")
        return await telling

    assert service.live(work).status_code == 200
    holder.close()
