"""Comments: the newest first, of cards of ours, by the same filters as everything else."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from cds.feedback import AnsweredCall, Shown, Tallies
from cds.feedback.comments import forget_comment, read_comments
from cds.feedback.figures import ANY, Filters
from cds.protocol.feedback import FeedbackItem, Reason
from cds.store import Store
from cds.store.tables import Feedback
from tests.feedback.told import card, log

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


async def filled(store):
    mine = Tallies(store, MONDAY.timestamp)
    shown = tuple(Shown(card(seed), "RenalSevere", "critical") for seed in (1, 2))
    mine.note(AnsweredCall(issuer="north", unit="Ward A", hook="order-sign", concerned=True, cards=shown, seconds=0.01))
    assert await mine.flush()
    for hours, issuer, item in (
        (0, "north", FeedbackItem(card=card(1), outcome="overridden", comment="first", reason=Reason(display="Other"))),
        (1, "north", FeedbackItem(card=card(2), outcome="accepted")),
        (2, "north", FeedbackItem(card=card(1), outcome="accepted", comment="then")),
        (24, "south", FeedbackItem(card=card(3, "OralDailyMaximum", "warning"), outcome="overridden", comment="<b>last</b>", reason=Reason("urn:s", "Code"))),
        (25, "north", FeedbackItem(card="foreign", outcome="overridden", comment="of nobody's card")),
    ):  # fmt: skip
        await log(store).record(issuer, "baclofen-order-sign", [item], MONDAY + timedelta(hours=hours))


def read(database, filters=ANY, **some):
    async def main():
        store = Store(database)
        try:
            await filled(store)
            return await read_comments(store, filters, **some)
        finally:
            await store.close()

    return asyncio.run(main())


def test_the_newest_comes_first_with_what_is_known_of_it(database):
    found = read(database)
    assert [one.text for one in found.some] == ["<b>last</b>", "then"]
    last, then = found.some
    assert (last.rule, last.indicator, last.outcome, last.issuer, last.unit, last.reason) == (
        *("OralDailyMaximum", "warning", "overridden", "south", "", ("urn:s", "Code", "")),
    )
    assert (then.unit, then.hook, then.reason, then.received) == (
        "Ward A",
        "order-sign",
        ("", "", ""),
        MONDAY + timedelta(hours=2),
    )


def test_a_card_is_counted_once_however_often_it_was_told_of(database):
    found = read(database)
    assert (found.count, found.of) == (2, 3)


def test_a_comment_is_not_hidden_by_what_is_told_later_without_one(database):
    async def main():
        store = Store(database)
        try:
            for hours, item in (
                (0, FeedbackItem(card=card(1), outcome="overridden", comment="said once")),
                (1, FeedbackItem(card=card(1), outcome="accepted")),
            ):
                await log(store).record("north", "baclofen-order-sign", [item], MONDAY + timedelta(hours=hours))
            return await read_comments(store)
        finally:
            await store.close()

    found = asyncio.run(main())
    assert ([one.text for one in found.some], found.count, found.of) == (["said once"], 1, 1)


@pytest.mark.parametrize(
    ("skip", "most", "texts"),
    [(0, 1, ["<b>last</b>"]), (1, 1, ["then"]), (1, 5, ["then"]), (2, 5, []), (0, 0, [])],
)
def test_a_page_of_them_knows_how_many_there_are(database, skip, most, texts):
    found = read(database, skip=skip, most=most)
    assert [one.text for one in found.some] == texts
    assert (found.count, found.of) == (2, 3)


@pytest.mark.parametrize(
    ("filters", "count", "of"),
    [
        ({"since": date(2026, 11, 24)}, 1, 1),
        ({"until": date(2026, 11, 23)}, 1, 2),
        ({"until": date(2026, 11, 22)}, 0, 0),
        ({"issuer": "north"}, 1, 2),
        ({"unit": "Ward A"}, 1, 2),
        ({"unit": ""}, 1, 1),
        ({"hook": "order-select"}, 0, 0),
        ({"rules": ("OralDailyMaximum",)}, 1, 1),
        ({"rules": ()}, 0, 0),
        ({"indicator": "critical"}, 1, 2),
    ],
)
def test_comments_are_filtered(database, filters, count, of):
    found = read(database, Filters(**filters))
    assert (found.count, found.of) == (count, of)


def test_a_deleted_comment_is_gone_with_earlier_ones_and_does_not_come_back(database):
    async def main():
        store = Store(database)
        try:
            await filled(store)
            before = await read_comments(store)
            (then,) = [one for one in before.some if one.text == "then"]
            first = await forget_comment(store, then.id)
            again = [await forget_comment(store, number) for number in (then.id, 0, 2**31 - 1)]
            item = FeedbackItem(card=card(1), outcome="accepted", comment="then")
            told = await log(store).record("north", "baclofen-order-sign", [item], MONDAY + timedelta(days=2))
            async with store.session() as session:
                kept = (await session.scalars(select(Feedback.comment).order_by(Feedback.id))).all()
            return first, again, told.new, kept, before, await read_comments(store)
        finally:
            await store.close()

    first, again, new, kept, before, after = asyncio.run(main())
    assert (first, again, new) == (True, [False] * 3, 0)
    assert kept == [None, None, None, "<b>last</b>", "of nobody's card"]
    assert [one.text for one in after.some] == ["<b>last</b>"]
    assert (before.count, after.count, before.of, after.of) == (2, 1, 3, 3)
