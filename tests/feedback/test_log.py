"""Feedback is kept once, with what the card's id says of it, in SQLite and PostgreSQL."""

import asyncio
import json

import pytest
from sqlalchemy import select

from cds.feedback import Recorded
from cds.protocol.feedback import FeedbackItem, Reason
from cds.store import Store, StoreUnavailable
from cds.store.tables import Feedback
from tests.feedback.told import IDENTITIES, NOW, card, log, run, suggestion

SERVICE = "baclofen-order-sign"


def rows(database):
    async def work(store):
        async with store.session() as session:
            return (await session.scalars(select(Feedback).order_by(Feedback.id))).all()

    return run(database, work)


def record(database, *items, issuer="north", now=NOW):
    return run(database, lambda store: log(store).record(issuer, SERVICE, items, now))


def test_everything_that_was_told_is_kept(database):
    chosen = (suggestion(1), suggestion(2, "cancel"), "foreign")
    item = FeedbackItem(
        card=card(1).upper(),
        outcome="accepted",
        outcome_at=1_700_000_000_123,
        suggestions=chosen,
        reason=Reason("urn:s", "c", "d"),
        comment="é — 😀",
    )
    assert record(database, item) == Recorded(1, 0, 0, (("RenalSevere", "accepted"),))
    (row,) = rows(database)
    assert (row.issuer, row.service, row.card, row.known) == ("north", SERVICE, card(1), True)
    assert (row.rule, row.indicator, row.hook, row.knowledge) == ("RenalSevere", "critical", "order-sign", "abcd")
    assert (row.received, row.outcome, row.outcome_at) == (NOW.timestamp() * 1000, "accepted", 1_700_000_000_123)
    assert (row.reason_system, row.reason_code, row.reason_display, row.comment) == ("urn:s", "c", "d", "é — 😀")
    assert json.loads(row.suggestions) == list(chosen)
    assert json.loads(row.remedies) == ["dose", "cancel"]


def test_the_same_told_again_is_one_row(database):
    item = FeedbackItem(card=card(1), outcome="overridden", suggestions=("a", "b"), comment="x")
    again = FeedbackItem(card=card(1), outcome="overridden", suggestions=("b", "a"), comment="x")
    assert record(database, item, again) == Recorded(1, 1, 0, (("RenalSevere", "overridden"),))
    assert record(database, again) == Recorded(0, 1, 0, ())
    assert len(rows(database)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "accepted"},
        {"suggestions": ("a",)},
        {"reason": Reason(code="c")},
        {"reason": Reason(display="c")},
        {"comment": "x"},
        {"card": card(2)},
    ],
)
def test_anything_else_told_of_it_is_another_row(database, change):
    item = {"card": card(1), "outcome": "overridden"}
    record(database, FeedbackItem(**item))
    assert record(database, FeedbackItem(**(item | change))).new == 1
    assert len(rows(database)) == 2


def test_a_repeat_that_the_ehr_stamps_anew_is_one_row_with_the_first_time_and_the_newest_moment(database):
    at = int(NOW.timestamp() * 1000) - 5000

    def told(moment):
        return FeedbackItem(card=card(1), outcome="overridden", comment="x", outcome_at=moment)

    assert record(database, told(at), told(at + 1)).repeated == 1
    (row,) = rows(database)
    assert (row.outcome_at, row.moment) == (at, at + 1)
    for moment, newest in ((at + 2000, at + 2000), (at + 1000, at + 2000), (None, at + 2000), (at + 5001, at + 2000)):
        assert record(database, told(moment)) == Recorded(0, 1, 0, ())
        (row,) = rows(database)
        assert (row.outcome_at, row.moment, row.received) == (at, newest, at + 5000)


@pytest.mark.parametrize(("before", "moment"), [(None, 0), (-1, 0), (0, 0), (1, 1)])
def test_a_moment_that_is_not_told_or_yet_to_come_is_that_of_receipt(database, before, moment):
    received = int(NOW.timestamp() * 1000)
    at = None if before is None else received - before
    record(database, FeedbackItem(card=card(1), outcome="overridden", outcome_at=at))
    assert [row.moment for row in rows(database)] == [received - moment]


def test_two_issuers_may_tell_the_same(database):
    item = FeedbackItem(card=card(1), outcome="overridden")
    assert [record(database, item, issuer=name).new for name in ("north", "south", "", "n" * 300)] == [1, 1, 1, 1]


def test_unknown_cards_are_kept_and_counted(database):
    items = [FeedbackItem(card=name, outcome="overridden") for name in ("not-ours", "x" * 200, None, suggestion(1))]
    assert record(database, *items, FeedbackItem(card=card(1), outcome="accepted")) == Recorded(
        5, 0, 4, ((None, "overridden"),) * 4 + (("RenalSevere", "accepted"),)
    )
    found = rows(database)
    assert [row.known for row in found] == [False] * 4 + [True]
    assert [row.card for row in found] == ["not-ours", "x" * 200, "", suggestion(1), card(1)]
    assert {(row.rule, row.indicator, row.hook, row.knowledge) for row in found[:4]} == {(None,) * 4}


def test_nothing_told_is_nothing_kept(database):
    assert record(database) == Recorded(0, 0, 0, ())


def test_a_call_of_a_thousand_items(database):
    items = [FeedbackItem(card=card(number), outcome="overridden") for number in range(1000)]
    assert record(database, *items, *items).new == 1000
    assert len(rows(database)) == 1000


def test_workers_that_are_told_the_same_at_once_keep_it_once(database):
    items = [FeedbackItem(card=card(number), outcome="overridden") for number in range(20)]

    async def main():
        stores = [Store(database) for _ in range(4)]
        found = await asyncio.gather(*(log(store).record("north", SERVICE, items, NOW) for store in stores))
        await asyncio.gather(*(store.close() for store in stores))
        return found

    found = asyncio.run(main())
    assert sum(each.new for each in found) == 20
    assert sum(each.repeated for each in found) == 60
    assert len(rows(database)) == 20


def test_a_store_that_is_down_keeps_nothing(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable):
        record(f"sqlite:///{tmp_path}/data/file.sqlite", FeedbackItem(card=card(1), outcome="accepted"))


def test_the_identities_of_this_test_are_read():
    assert IDENTITIES.card(card(1)).rule == "RenalSevere"
    assert IDENTITIES.suggestion(suggestion(1)).remedy == "dose"
