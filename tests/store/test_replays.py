"""Tokens that are presented together are written together, and each is still used once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from cds.store import Store, StoredReplays, StoreUnavailable
from tests.store.test_store import LATER, count, run


class Counting(Store):
    """A store that counts its transactions."""

    transactions = 0

    @asynccontextmanager
    async def session(self):
        self.transactions += 1
        async with super().session() as session:
            yield session


def test_what_comes_at_once_is_written_together(database):
    async def main():
        store = Counting(database)
        replays = StoredReplays(store)
        await store.open()
        won = await asyncio.gather(*(replays.first_use("urn:a", f"jti-{number % 30}", LATER) for number in range(60)))
        await store.close()
        return won, store.transactions

    won, transactions = asyncio.run(main())
    assert won == [True] * 30 + [False] * 30
    assert transactions <= 2
    assert count(database) == 30


def test_what_comes_while_others_are_written_comes_next(database, monkeypatch):
    monkeypatch.setattr("cds.store.replays._TOGETHER", 7)

    async def work(store):
        replays = StoredReplays(store)
        first = [asyncio.create_task(replays.first_use("urn:a", f"jti-{number}", LATER)) for number in range(10)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        again = await asyncio.gather(*(replays.first_use("urn:a", f"jti-{number}", LATER) for number in range(20)))
        return [await each for each in first], again

    first, again = run(database, work)
    assert first == [True] * 10
    assert again == [False] * 10 + [True] * 10
    assert count(database) == 20


def test_a_caller_who_leaves_takes_nobody_along(database):
    async def work(store):
        replays = StoredReplays(store)
        leaving = asyncio.create_task(replays.first_use("urn:a", "left", LATER))
        staying = asyncio.create_task(replays.first_use("urn:a", "stayed", LATER))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying, await replays.first_use("urn:a", "left", LATER)

    assert run(database, work) == (True, False)


def test_all_are_told_that_the_database_does_not_answer_and_the_next_ones_are_served(tmp_path):
    folder = tmp_path / "data"
    folder.write_text("in the way")

    async def work(store):
        replays = StoredReplays(store)
        told = await asyncio.gather(
            *(replays.first_use("urn:a", str(number), LATER) for number in range(5)), return_exceptions=True
        )
        folder.unlink()
        return told, await replays.first_use("urn:a", "0", LATER)

    told, later = run(f"sqlite:///{folder}/cds.sqlite", work)
    assert [type(each) for each in told] == [StoreUnavailable] * 5
    assert later is True


def test_order_of_arrival_decides_within_a_process(database):
    async def work(store):
        replays = StoredReplays(store)
        return await asyncio.gather(*(replays.first_use("urn:a", "same", LATER) for _ in range(3)))

    assert run(database, work) == [True, False, False]


@pytest.mark.parametrize("number", [1, 200, 201])
def test_batches_are_bounded(database, number):
    async def work(store):
        replays = StoredReplays(store)
        return await asyncio.gather(*(replays.first_use("urn:a", str(each), LATER) for each in range(number)))

    assert all(run(database, work))
    assert count(database) == number
