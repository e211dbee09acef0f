"""What the service remembers of itself, in SQLite and PostgreSQL."""

import asyncio

import pytest

from cds.store import ForeignSecret, Memory, Store


def run(database, work):
    async def main():
        store = Store(database)
        try:
            return await work(Memory(store))
        finally:
            await store.close()

    return asyncio.run(main())


def test_what_is_remembered_is_recalled_by_another_process(database):
    async def first(memory):
        assert await memory.recall("password") is None
        assert await memory.remember_first("password", "one")
        assert not await memory.remember_first("password", "two")
        assert await memory.recall("password") == "one"
        await memory.remember("password", "three")

    run(database, first)
    assert run(database, lambda memory: memory.recall("password")) == "three"


async def _open(database, fingerprint):
    store = Store(database, fingerprint)
    try:
        await store.open()
    finally:
        await store.close()


def test_a_database_belongs_to_one_secret(database):
    asyncio.run(_open(database, None))
    asyncio.run(_open(database, b"a" * 32))
    asyncio.run(_open(database, b"a" * 32))
    with pytest.raises(ForeignSecret, match="another secret"):
        asyncio.run(_open(database, b"b" * 32))
    asyncio.run(_open(database, b"a" * 32))
