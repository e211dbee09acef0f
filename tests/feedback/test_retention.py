"""What is older than the operator wants it kept is deleted; nothing else is."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from cds.app import create_app
from cds.evaluation.report import Answer
from cds.feedback import AnsweredCall, Retention, Shown, Tallies
from cds.feedback.retention import forget_before
from cds.protocol.feedback import FeedbackItem
from cds.protocol.response import Response
from cds.settings import Settings
from cds.store import Store, sqlite_url
from cds.store.tables import Feedback, ShownCard, Tally
from tests.feedback.told import card, log, run

TODAY = datetime(2026, 11, 25, tzinfo=UTC)
BEFORE = (timedelta(days=30, milliseconds=1), timedelta(days=30), timedelta(days=29), timedelta())
"""Just before the first moment of the thirtieth day before, at it, and after it."""


async def filled(store, moments=BEFORE, cards=1):
    seed = 0
    for before in moments:
        at = TODAY - before
        mine = Tallies(store, at.timestamp)
        for _ in range(cards):
            seed += 1
            shown = (Shown(card(seed), "RenalSevere", "critical"),)
            mine.note(AnsweredCall(issuer="", unit="", hook="order-sign", concerned=True, cards=shown, seconds=0.01))
            item = FeedbackItem(card=card(seed), outcome="overridden", comment=f"no. {seed}")
            await log(store).record("north", "baclofen-order-sign", [item], at)
        assert await mine.flush()


async def counts(store):
    """Items told, cards shown, days counted."""
    async with store.session() as session:
        items = await session.scalar(select(func.count()).select_from(Feedback))
        cards = await session.scalar(select(func.count()).select_from(ShownCard))
        return items, cards, await session.scalar(select(func.count(Tally.day.distinct())))


@pytest.mark.parametrize(("days", "left"), [(31, 4), (30, 3), (29, 2), (28, 1), (1, 1), (36_500, 4)])
def test_days_that_lie_further_back_are_deleted(database, days, left):
    async def work(store):
        await filled(store)
        moment = (TODAY + timedelta(hours=23, minutes=59)).timestamp()
        assert await Retention(store, days, lambda: moment).clean()
        return await counts(store)

    assert run(database, work) == (left, left, left)


def test_what_is_more_than_one_transaction_deletes_is_all_deleted(database, monkeypatch):
    monkeypatch.setattr("cds.feedback.retention._ROWS", 3)

    async def work(store):
        await filled(store, BEFORE[:1], cards=7)
        await forget_before(store, TODAY.date() - timedelta(days=30))
        return await counts(store)

    assert run(database, work) == (0, 0, 0)


def test_a_store_that_is_down_is_said_once_and_tried_again(tmp_path, caplog):
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be")

    async def main():
        store = Store(sqlite_url(folder))
        retention = Retention(store, 30, TODAY.timestamp)
        first = [await retention.clean(), await retention.clean()]
        folder.unlink()
        then = await retention.clean()
        await store.close()
        return first, then

    with caplog.at_level(logging.ERROR, "cds.feedback"):
        assert asyncio.run(main()) == ([False, False], True)
    assert [record.getMessage().endswith("its deletion tried again") for record in caplog.records] == [True]


@pytest.mark.parametrize(("days", "left"), [(None, 1), (30, 0)])
def test_the_service_cleans_where_it_is_told_to(tmp_path, days, left):
    async def main():
        store = Store(sqlite_url(tmp_path))
        await filled(store, (timedelta(days=4000),))
        app = create_app(Settings(keep_days=days), None, lambda *_, **__: Answer(Response(cards=())), store=store)
        async with app.router.lifespan_context(app):
            for _ in range(100):
                found = await counts(store)
                if found == (left,) * 3:
                    break
                await asyncio.sleep(0.05)
        return found

    assert asyncio.run(main()) == (left,) * 3
