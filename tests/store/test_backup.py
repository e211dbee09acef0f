"""Backup while others write, restore, and what stands in the way; through the command line as an operator would."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from cds.security import load_keys
from cds.store import Store, sqlite_url
from cds.store.backup import BackupError, back_up, database_file, restore
from tests.feedback.told import NOW, log, run
from tests.store.conftest import running_postgresql
from tests.store.durable import SERVICE, items
from tests.store.test_durability import Writer, check, check_file, kept_calls


def command(folder, *arguments, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    return subprocess.run(
        [sys.executable, "-c", "from cds.cli import main; main()", "store", *map(str, arguments)],
        env=kept | {"CDS_DATA_DIR": str(folder)} | environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )


def fill(folder, calls):
    """A database as a service with its own secret leaves it."""
    keys = load_keys(folder / "secret")

    async def main():
        store = Store(sqlite_url(folder), keys.fingerprint)
        for number in calls:
            await log(store).record("north", SERVICE, items(number), NOW)
        await store.close()

    asyncio.run(main())


def test_a_backup_under_load_is_whole_and_can_be_restored(tmp_path):
    folder, copies = tmp_path / "data", tmp_path / "copies"
    copies.mkdir()
    writer = Writer(sqlite_url(folder))
    try:
        for number in range(5):
            writer.has_written(random.randint(1, 20))
            before = writer.acknowledged
            back_up(folder / "baclofen-cds.sqlite", copies / f"{number}.sqlite")
            found = check(f"sqlite:///{copies / f'{number}.sqlite'}", before)
            assert len(found) <= len(writer.acknowledged) + 1
    finally:
        acknowledged = writer.kill()
    assert check(sqlite_url(folder), acknowledged)
    kept = kept_calls(f"sqlite:///{copies / '4.sqlite'}")
    (tmp_path / "new").mkdir()
    assert restore(copies / "4.sqlite", tmp_path / "new" / "baclofen-cds.sqlite", None) is None
    assert kept_calls(sqlite_url(tmp_path / "new")) == kept
    check_file(tmp_path / "new")


def test_there_and_back_on_the_command_line(tmp_path):
    folder, copy = tmp_path / "data", tmp_path / "copy.sqlite"
    fill(folder, range(3))
    told = command(folder, "backup", copy)
    assert (told.returncode, told.stderr) == (0, "")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []
    fill(folder, range(3, 9))
    told = command(folder, "restore", copy)
    assert (told.returncode, told.stderr) == (0, "")
    assert set(kept_calls(sqlite_url(folder))) == {0, 1, 2}
    former = folder / "baclofen-cds.sqlite.before-restore-1"
    assert str(former) in told.stdout
    assert set(kept_calls(f"sqlite:///{former}")) == set(range(9))
    assert command(folder, "restore", copy).returncode == 0
    assert (folder / "baclofen-cds.sqlite.before-restore-2").exists()
    fill(folder, [20])
    assert set(kept_calls(sqlite_url(folder))) == {0, 1, 2, 20}


def test_a_backup_is_never_written_over(tmp_path):
    fill(tmp_path / "data", [1])
    copy = tmp_path / "copy.sqlite"
    copy.write_text("mine")
    told = command(tmp_path / "data", "backup", copy)
    assert (told.returncode, copy.read_text()) == (3, "mine")
    assert "is there already" in told.stderr


def test_a_database_in_use_is_not_replaced(tmp_path):
    folder, copy = tmp_path / "data", tmp_path / "copy.sqlite"
    fill(folder, [1])
    back_up(folder / "baclofen-cds.sqlite", copy)

    async def work(store):
        await log(store).record("north", SERVICE, items(2), NOW)
        told = await asyncio.to_thread(command, folder, "restore", copy)
        await log(store).record("north", SERVICE, items(3), NOW)
        return told

    told = run(sqlite_url(folder), work)
    assert told.returncode == 3
    assert "is in use; stop the service first" in told.stderr
    assert set(kept_calls(sqlite_url(folder))) == {1, 2, 3}


def test_a_backup_of_another_secret_is_not_restored(tmp_path):
    fill(tmp_path / "one", [1])
    fill(tmp_path / "two", [2])
    copy = tmp_path / "copy.sqlite"
    assert command(tmp_path / "one", "backup", copy).returncode == 0
    told = command(tmp_path / "two", "restore", copy)
    assert told.returncode == 3
    assert "another secret" in told.stderr
    assert set(kept_calls(sqlite_url(tmp_path / "two"))) == {2}


def test_without_a_secret_it_is_said_that_one_is_needed(tmp_path):
    fill(tmp_path / "one", [1])
    copy = tmp_path / "copy.sqlite"
    back_up(tmp_path / "one" / "baclofen-cds.sqlite", copy)
    told = command(tmp_path / "new", "restore", copy)
    assert told.returncode == 0
    assert "There is no secret at" in told.stdout
    assert not (tmp_path / "new" / "secret").exists()


def test_what_is_no_backup_is_refused(tmp_path):
    foreign = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE other (x)")
    text = tmp_path / "text"
    text.write_text("not a database, and long enough to be looked at " * 20)
    for file, why in (
        (foreign, "no database of this service"),
        (text, "not a database"),
        (tmp_path / "none", "no such file"),
    ):
        with pytest.raises(BackupError, match=why):
            restore(file, tmp_path / "data" / "baclofen-cds.sqlite", None)
    assert not (tmp_path / "data" / "baclofen-cds.sqlite").exists()


def test_a_damaged_backup_is_refused(tmp_path):
    fill(tmp_path / "data", range(40))
    copy = tmp_path / "copy.sqlite"
    back_up(tmp_path / "data" / "baclofen-cds.sqlite", copy)
    content = bytearray(copy.read_bytes())
    content[8192:12288] = b"\x55" * 4096
    copy.write_bytes(content)
    with pytest.raises(BackupError):
        restore(copy, tmp_path / "new" / "baclofen-cds.sqlite", None)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_damaged_database_is_replaced(tmp_path):
    fill(tmp_path / "data", [1])
    database, copy = tmp_path / "data" / "baclofen-cds.sqlite", tmp_path / "copy.sqlite"
    back_up(database, copy)
    database.write_bytes(b"lost " * 2000)
    former = restore(copy, database, None)
    assert former.read_bytes() == b"lost " * 2000
    assert set(kept_calls(sqlite_url(tmp_path / "data"))) == {1}


def test_there_is_nothing_to_back_up(tmp_path):
    with pytest.raises(BackupError, match="there is no database"):
        back_up(tmp_path / "none", tmp_path / "copy")


def test_a_dump_of_postgresql_under_load_can_be_restored(tmp_path):
    """With the commands of docs/store.md."""
    copy = tmp_path / "copy.dump"
    with running_postgresql() as server:
        url = server.get_uri()
        writer = Writer(url)
        try:
            writer.has_written(20)
            before = writer.acknowledged
            dump = [server.bin_path / "pg_dump", "--format=custom", f"--file={copy}", url]
            subprocess.run(dump, check=True, timeout=60)
            writer.has_written(20)
        finally:
            acknowledged = writer.kill()
        assert len(check(url, acknowledged)) >= len(before) + 20
        put_back = [server.bin_path / "pg_restore", "--clean", "--if-exists", f"--dbname={url}", copy]
        subprocess.run(put_back, check=True, timeout=60)
        found = check(url, before)
        assert len(found) < len(acknowledged)
        run(url, lambda store: log(store).record("north", SERVICE, items(1_000_000), NOW))
        assert len(check(url, [*before, 1_000_000])) == len(found) + 1


def test_postgresql_has_its_own_tools(tmp_path):
    assert database_file("postgresql://host/cds") is None
    told = command(tmp_path, "backup", tmp_path / "copy", CDS_DATABASE_URL="postgresql://host/cds")
    assert told.returncode == 4
    assert "pg_dump" in told.stderr
