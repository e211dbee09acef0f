"""The same store in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import IntegrityError

from cds.store import NewerTables, Store, StoredReplays, StoreUnavailable, sqlite_url
from cds.store.engine import MIGRATIONS
from cds.store.migrations import HEAD
from cds.store.tables import Base, SeenToken

LATER = 4_000_000_000


def run(database, work):
    async def main():
        store = Store(database)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(main())


def count(database):
    async def work(store):
        async with store.session() as session:
            return await session.scalar(select(func.count()).select_from(SeenToken))

    return run(database, work)


def test_migrations_make_the_tables(database):
    async def work(store):
        await store.open()
        await store.open()
        async with store.session() as session:
            connection = await session.connection()
            return await connection.run_sync(lambda it: compare_metadata(MigrationContext.configure(it), Base.metadata))

    assert run(database, work) == []


def test_a_database_of_the_newest_revision_does_not_load_alembic(tmp_path):
    url = sqlite_url(tmp_path)
    opening = (
        "import asyncio, sys\nfrom cds.store import Store\n"
        f"store = Store({url!r})\nasyncio.run(store.open())\nprint('alembic' in sys.modules)"
    )

    def loaded() -> str:
        return subprocess.run(
            [sys.executable, "-c", opening], capture_output=True, text=True, check=True
        ).stdout.strip()

    assert (loaded(), loaded()) == ("True", "False")
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_processes_that_start_together_migrate_once(database):
    async def main():
        stores = [Store(database) for _ in range(5)]
        await asyncio.gather(*(store.open() for store in stores))
        await asyncio.gather(*(store.close() for store in stores))

    asyncio.run(main())
    assert count(database) == 0


def test_a_file_that_another_process_holds_longer_than_a_statement_waits_is_opened_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr("cds.store.engine._SECONDS", 0.4)
    file = tmp_path / "held.sqlite"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN IMMEDIATE")

    async def main():
        store = Store(f"sqlite:///{file}")
        opening = asyncio.create_task(store.open())
        await asyncio.sleep(0.6)
        assert not opening.done()
        holder.execute("COMMIT")
        await opening
        await store.close()

    asyncio.run(main())
    holder.close()


def test_a_file_that_stays_held_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr("cds.store.engine._SECONDS", 0.1)
    file = tmp_path / "held.sqlite"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        asyncio.run(Store(f"sqlite:///{file}").open())
    holder.close()


def test_a_token_is_new_once(database):
    async def work(store):
        replays = StoredReplays(store)
        first = [
            await replays.first_use("urn:a", jti, LATER) for jti in ("one", "one", "two", "ONE", "\ud800", "é" * 999)
        ]
        other = await replays.first_use("urn:b", "one", LATER)
        again = await StoredReplays(store).first_use("urn:a", "two", LATER)
        return first, other, again

    assert run(database, work) == ([True, False, True, True, True, True], True, False)
    assert run(database, lambda store: StoredReplays(store).first_use("urn:a", "one", LATER)) is False


def test_what_is_kept_is_no_token(database):
    async def work(store):
        await StoredReplays(store).first_use("urn:a", "secret-jti", LATER)
        async with store.session() as session:
            (row,) = (await session.execute(text("SELECT issuer, jti, until FROM seen_token"))).all()
            return row

    issuer, jti, until = run(database, work)
    assert (issuer, len(jti), until) == ("urn:a", 32, LATER)
    assert b"secret" not in bytes(jti)


def test_old_tokens_are_forgotten(database):
    now = [1_000_000.0]

    async def work(store):
        replays = StoredReplays(store, lambda: now[0])
        assert await replays.first_use("urn:a", "short", 1_000_299)
        assert await replays.first_use("urn:a", "edge", 1_000_300)
        assert await replays.first_use("urn:a", "long", 1_000_999)
        now[0] += 299
        assert not await replays.first_use("urn:a", "short", 1)
        now[0] += 1
        assert await replays.first_use("urn:a", "short", LATER)
        assert not await replays.first_use("urn:a", "edge", LATER)
        assert not await replays.first_use("urn:a", "long", LATER)

    run(database, work)
    assert count(database) == 3


def test_a_failed_transaction_leaves_nothing(database):
    async def work(store):
        async def fails():
            async with store.session() as session:
                session.add(SeenToken(issuer="urn:a", jti=b"x", until=1))
                await session.flush()
                raise RuntimeError("inside")

        async def violates():
            async with store.session() as session:
                session.add(SeenToken(issuer="urn:a", jti=b"x", until=None))

        with pytest.raises(RuntimeError, match="inside"):
            await fails()
        with pytest.raises(IntegrityError):
            await violates()

    run(database, work)
    assert count(database) == 0


RACE = """
import asyncio, sys
from cds.store import Store, StoredReplays

async def main():
    store = Store(sys.argv[1])
    await store.open()
    print("ready", flush=True)
    sys.stdin.readline()
    replays = StoredReplays(store)
    won = await asyncio.gather(*(replays.first_use("urn:a", f"jti-{number}", 4_000_000_000) for number in range(40)))
    print("".join("x" if first else "." for first in won), flush=True)
    await store.close()

asyncio.run(main())
"""


def test_of_processes_that_present_a_token_at_once_one_wins(database):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("\n")
        racer.stdin.flush()
    results = [racer.communicate(timeout=60)[0].strip() for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    for outcome in zip(*results, strict=True):
        assert sorted(outcome) == [".", ".", "x"]
    assert count(database) == 40


def test_sqlite_writes_through(tmp_path):
    async def work(store):
        async with store.session() as session:
            return [await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]

    folder = tmp_path / "a" / "b%20c"
    assert run(sqlite_url(folder), work) == ["wal", 2]
    assert (folder / "baclofen-cds.sqlite").exists()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://cds:secret@127.0.0.1:9/cds",
        "postgres://cds:secret@127.0.0.1:9/cds",
        "sqlite:////proc/nowhere/baclofen-cds.sqlite",
    ],
)
def test_a_database_that_is_down_is_said_without_its_address(address):
    with pytest.raises(StoreUnavailable) as caught:
        run(address, lambda store: StoredReplays(store).first_use("urn:a", "one", LATER))
    for part in ("secret", "127.0.0.1", "nowhere"):
        assert part not in str(caught.value)


def test_tables_of_a_newer_version_are_said(database):
    async def work(store):
        async with store.session() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        again = Store(database)
        with pytest.raises(NewerTables, match="newer version"):
            await again.open()
        assert not again.opened
        await again.close()

    run(database, work)


def test_a_wrong_password_is_told_by_its_state(postgresql):
    address = make_url(postgresql).set(username="nobody", password="hunter2").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable, match=r"SQLSTATE (28000|28P01)") as caught:
        run(address, lambda store: store.open())
    assert "hunter2" not in str(caught.value)


def test_a_database_that_comes_back_is_used(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")

    async def work(store):
        with pytest.raises(StoreUnavailable):
            await store.open()
        (tmp_path / "data").unlink()
        return await StoredReplays(store).first_use("urn:a", "one", LATER)

    assert run(sqlite_url(tmp_path / "data"), work) is True


@pytest.mark.parametrize("address", ["mysql://a/b", "nonsense", "postgresql+psycopg2://a/b", ""])
def test_other_databases(address):
    with pytest.raises(ValueError, match=r"address"):
        Store(address)
