"""Counts reach the store, are added up between workers, and outlive a database that is down."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from cds.feedback import AnsweredCall, Shown, Tallies, tallies
from cds.store import Store, sqlite_url
from cds.store.tables import ShownCard, Tally
from tests.feedback.told import card, run

AT = datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC).timestamp()
CALL = {"issuer": "north", "unit": "Ward 3", "hook": "order-sign", "concerned": True, "seconds": 0.004}


def answered(**changes):
    return AnsweredCall(**(CALL | changes))


async def counts(store):
    async with store.session() as session:
        found = (await session.scalars(select(Tally))).all()
    return {(row.day, row.issuer, row.unit, row.hook, row.kind, row.name, row.detail): row.count for row in found}


async def shown(store):
    async with store.session() as session:
        return (await session.scalars(select(ShownCard).order_by(ShownCard.card))).all()


def test_a_call_is_counted_in_all_that_it_tells(database):
    async def work(store):
        mine = Tallies(store, lambda: AT)
        mine.note(
            answered(
                findings=(("RenalSevere", "critical"), ("AlcoholUse", "info")),
                unknown=("weight",),
                cards=(Shown(card(1), "RenalSevere", "critical"),),
            )
        )
        mine.note(answered(concerned=False, unit="", seconds=9))
        assert await mine.flush()
        assert await mine.flush()
        return await counts(store), await shown(store)

    found, cards = run(database, work)
    ward, other = ("2026-11-25", "north", "Ward 3", "order-sign"), ("2026-11-25", "north", "", "order-sign")
    assert found == {
        (*ward, "call", "concerned", ""): 1,
        (*ward, "finding", "RenalSevere", "critical"): 1,
        (*ward, "finding", "AlcoholUse", "info"): 1,
        (*ward, "unknown", "weight", ""): 1,
        (*ward, "latency", "5", "concerned"): 1,
        (*other, "call", "other", ""): 1,
        (*other, "latency", "more", "other"): 1,
    }
    (row,) = cards
    assert (row.issuer, row.card, row.at, row.unit) == ("north", card(1), AT * 1000, "Ward 3")
    assert (row.hook, row.rule, row.indicator) == ("order-sign", "RenalSevere", "critical")


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0, "1"), (0.001, "1"), (0.0011, "2"), (0.005, "5"), (5, "5000"), (5.001, "more")]
)
def test_a_latency_counts_under_the_bound_that_it_does_not_exceed(tmp_path, seconds, bucket):
    async def work(store):
        mine = Tallies(store, lambda: AT)
        mine.note(answered(seconds=seconds))
        await mine.flush()
        return await counts(store)

    found = run(sqlite_url(tmp_path), work)
    assert [key[5] for key in found if key[4] == "latency"] == [bucket]


def test_days_are_those_of_utc(tmp_path):
    async def work(store):
        at = [AT]
        mine = Tallies(store, lambda: at[0])
        mine.note(answered())
        at[0] += 1
        mine.note(answered())
        await mine.flush()
        return await counts(store)

    assert {key[0] for key in run(sqlite_url(tmp_path), work)} == {"2026-11-25", "2026-11-26"}


def test_workers_add_up(database):
    async def main():
        stores = [Store(database) for _ in range(4)]
        workers = [Tallies(store, lambda: AT) for store in stores]
        for number in range(300):
            for worker in workers:
                worker.note(
                    answered(unit=f"Ward {number % 50}", cards=(Shown(card(number), "RenalSevere", "critical"),))
                )
        assert all(await asyncio.gather(*(worker.flush() for worker in workers)))
        found = await counts(stores[0]), await shown(stores[0])
        await asyncio.gather(*(store.close() for store in stores))
        return found

    found, cards = asyncio.run(main())
    assert sum(count for key, count in found.items() if key[4] == "call") == 1200
    assert {count for key, count in found.items() if key[4] == "call"} == {24}
    assert len(cards) == 300


def test_of_a_card_shown_twice_the_first_time_counts(database):
    async def work(store):
        at = [AT]
        mine = Tallies(store, lambda: at[0])
        for _ in range(2):
            mine.note(answered(cards=(Shown(card(1), "RenalSevere", "critical"),)))
            at[0] += 60
        await mine.flush()
        mine.note(answered(cards=(Shown(card(1), "RenalSevere", "critical"),)))
        await mine.flush()
        return await shown(store)

    assert [row.at for row in run(database, work)] == [AT * 1000]


def test_a_database_that_is_down_costs_nothing_but_time(tmp_path):
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be")

    async def work(store):
        mine = Tallies(store, lambda: AT)
        mine.note(answered(cards=(Shown(card(1), "RenalSevere", "critical"),)))
        assert not await mine.flush()
        mine.note(answered(cards=(Shown(card(2), "RenalSevere", "critical"),)))
        assert not await mine.flush()
        folder.unlink()
        assert await mine.flush()
        return await counts(store), await shown(store)

    found, cards = run(sqlite_url(folder), work)
    assert found["2026-11-25", "north", "Ward 3", "order-sign", "call", "concerned", ""] == 2
    assert {row.card for row in cards} == {card(1), card(2)}


def test_what_is_kept_is_bounded_and_only_units_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(tallies, "_MOST_COUNTS", 10)

    async def work(store):
        mine = Tallies(store, lambda: AT)
        for number in range(100):
            mine.note(answered(unit=f"Ward {number}"))
        assert len(mine._counts) <= 12
        await mine.flush()
        return await counts(store)

    found = run(sqlite_url(tmp_path), work)
    assert sum(count for key, count in found.items() if key[4] == "call") == 100
    assert sum(count for key, count in found.items() if key[4] == "latency") == 100


def test_cards_beyond_the_bound_push_out_the_oldest_and_are_owned_up_to(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(tallies, "_MOST_CARDS", 5)
    folder = tmp_path / "data"
    folder.write_text("in the way")

    async def work(store):
        mine = Tallies(store, lambda: AT)
        for number in range(8):
            mine.note(answered(cards=(Shown(card(number), "RenalSevere", "critical"),)))
            assert not await mine.flush()
        folder.unlink()
        assert await mine.flush()
        return await shown(store)

    assert {row.card for row in run(sqlite_url(folder), work)} == {card(number) for number in range(3, 8)}
    assert caplog.text.count("3 cards shown were not kept") == 1


def test_they_are_written_every_few_seconds_and_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(tallies, "_SECONDS", 0.01)

    async def work(store):
        mine = Tallies(store, lambda: AT)
        async with mine.written():
            mine.note(answered())
            for _ in range(500):
                await asyncio.sleep(0.01)
                if await counts(store):
                    break
            assert await counts(store)
            monkeypatch.setattr(tallies, "_SECONDS", 60)
            await asyncio.sleep(0.02)
            mine.note(answered(cards=(Shown(card(1), "RenalSevere", "critical"),)))
        return await counts(store), await shown(store)

    found, cards = run(sqlite_url(tmp_path), work)
    assert found["2026-11-25", "north", "Ward 3", "order-sign", "call", "concerned", ""] == 2
    assert len(cards) == 1


def test_a_fault_of_ours_does_not_end_the_writing(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(tallies, "_SECONDS", 0.01)
    failures = []

    async def failing(*_):
        failures.append(1)
        raise KeyError("secret ward")

    async def work(store):
        mine = Tallies(store, lambda: AT)
        async with mine.written():
            mine.note(answered())
            with monkeypatch.context() as patch:
                patch.setattr(tallies, "add_counts", failing)
                for _ in range(500):
                    await asyncio.sleep(0.01)
                    if len(failures) > 2:
                        break
            assert len(failures) > 2
        return await counts(store)

    assert sum(run(sqlite_url(tmp_path), work).values()) == 2
    assert caplog.text.count("the figures cannot be written (KeyError)") == 1
    assert "secret" not in caplog.text


def test_an_end_without_a_database_says_what_is_lost(tmp_path, caplog):
    (tmp_path / "data").write_text("in the way")

    async def work(store):
        async with (mine := Tallies(store, lambda: AT)).written():
            mine.note(answered(unit="secret ward"))

    run(sqlite_url(tmp_path / "data"), work)
    assert "2 counts and 0 cards shown could not be written" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("unit", ["a\0b", " a \n b", "a  b"])
def test_a_unit_is_written_as_any_database_takes_it(database, unit):
    async def work(store):
        mine = Tallies(store, lambda: AT)
        mine.note(answered(unit=unit + "x" * 300))
        assert await mine.flush()
        return await counts(store)

    ((unit, *_),) = {(key[2],) for key in run(database, work)}
    assert unit == "a b" + "x" * 197
