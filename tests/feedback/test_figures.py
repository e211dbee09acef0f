"""Figures with their denominators: from what was shown and told to what a committee reads."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.feedback import AnsweredCall, Shown, Tallies
from cds.feedback.comments import read_comments
from cds.feedback.figures import (
    ANY,
    CardCount,
    Choices,
    Filters,
    Outcomes,
    Share,
    TallyCount,
    UnknownCards,
    all_calls,
    concerned_calls,
    findings,
    latency,
    outcomes_by,
    overrides_by_reason,
    unknown_readings,
    week_of,
)
from cds.feedback.reading import read_cards, read_choices, read_tallies, read_unknown_cards
from cds.protocol.feedback import FeedbackItem, Reason
from cds.store import Store
from tests.feedback.told import card, log, run

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 23, 59, 59, 999000, tzinfo=UTC)
TOLERATED = Reason("urn:reasons", "LongTolerated", "Long tolerated")
SERVICE = "baclofen-order-sign"


def ms(moment):
    return int(moment.timestamp() * 1000)


async def filled(store):
    """Five cards in two wards and at two sites, and one more that only feedback tells of."""
    at = [SUNDAY.timestamp()]
    mine = Tallies(store, lambda: at[0])

    def show(seed, unit, *, issuer="north", rule="RenalSevere", indicator="critical", unknown=()):
        shown = Shown(card(seed, rule, indicator), rule, indicator)
        mine.note(
            AnsweredCall(
                issuer=issuer, unit=unit, hook="order-sign", concerned=True, seconds=0.004,
                findings=((rule, indicator), ("AlcoholUse", "info")), unknown=unknown, cards=(shown,),
            )
        )  # fmt: skip

    show(1, "Ward A")
    at[0] = MONDAY.timestamp()
    show(2, "Ward A")
    show(3, "Ward B", unknown=("weight", "renal_function"))
    show(4, "Ward B", rule="OralDailyMaximum", indicator="warning", unknown=("weight",))
    show(1, "Ward C", issuer="south")
    mine.note(AnsweredCall(issuer="north", unit="", hook="order-select", concerned=False, seconds=3))
    assert await mine.flush()
    told = [
        FeedbackItem(card=card(1), outcome="overridden", outcome_at=ms(MONDAY), reason=TOLERATED),
        FeedbackItem(card=card(2), outcome="overridden", outcome_at=ms(MONDAY), reason=Reason(display="Free text")),
        FeedbackItem(card=card(2), outcome="accepted", outcome_at=ms(MONDAY) + 1),
        FeedbackItem(card=card(3), outcome="overridden"),
        FeedbackItem(card=card(9), outcome="overridden", reason=TOLERATED),  # its showing was not written
        FeedbackItem(card="foreign", outcome="overridden", reason=TOLERATED),
    ]
    await log(store).record("north", SERVICE, told, MONDAY)
    return store


def read(database, reader, filters=ANY):
    async def main():
        store = Store(database)
        await filled(store)
        found = await reader(store, filters) if reader is not read_choices else await reader(store)
        await store.close()
        return found

    return asyncio.run(main())


def test_what_became_of_the_cards_of_a_rule(database):
    cards = read(database, read_cards)
    assert outcomes_by(cards, lambda each: each.rule) == (
        Outcomes("OralDailyMaximum", 1, 0, 0),
        Outcomes("RenalSevere", 5, 1, 3),
    )
    assert outcomes_by(cards, lambda each: each.rule)[1].unanswered == 1
    assert outcomes_by(cards, lambda each: each.unit) == (
        Outcomes("", 1, 0, 1),
        Outcomes("Ward A", 2, 1, 1),
        Outcomes("Ward B", 2, 0, 1),
        Outcomes("Ward C", 1, 0, 0),
    )
    assert outcomes_by(cards, lambda each: week_of(each.day)) == (
        Outcomes("2026-W47", 1, 0, 1),
        Outcomes("2026-W48", 5, 1, 2),
    )
    assert overrides_by_reason(cards) == (
        Share(("urn:reasons", "LongTolerated", "Long tolerated"), 2, 3),
        Share(("", "", ""), 1, 3),
    )


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({"since": date(2026, 11, 23)}, 5),
        ({"until": date(2026, 11, 22)}, 1),
        ({"since": date(2026, 11, 22), "until": date(2026, 11, 23)}, 6),
        ({"since": date(2026, 11, 24)}, 0),
        ({"until": date(2026, 11, 21)}, 0),
        ({"issuer": "south"}, 1),
        ({"issuer": ""}, 0),
        ({"unit": "Ward B"}, 2),
        ({"unit": ""}, 1),
        ({"hook": "order-sign"}, 6),
        ({"hook": "order-select"}, 0),
        ({"rules": ("OralDailyMaximum",)}, 1),
        ({"rules": ("OralDailyMaximum", "RenalSevere")}, 6),
        ({"rules": ()}, 0),
        ({"indicator": "critical"}, 5),
        ({"indicator": "critical", "unit": "Ward B"}, 1),
    ],
)
def test_cards_are_filtered(database, filters, shown):
    assert sum(each.count for each in read(database, read_cards, Filters(**filters))) == shown


def test_findings_and_unknown_readings_are_of_the_concerned_calls(database):
    tallies = read(database, read_tallies)
    assert (all_calls(tallies), concerned_calls(tallies)) == (6, 5)
    assert findings(tallies) == (
        Share(("AlcoholUse", "info"), 5, 5),
        Share(("RenalSevere", "critical"), 4, 5),
        Share(("OralDailyMaximum", "warning"), 1, 5),
    )
    assert unknown_readings(tallies) == (Share(("weight",), 2, 5), Share(("renal_function",), 1, 5))
    assert latency(tallies).calls == 5


@pytest.mark.parametrize(
    ("filters", "calls", "found"),
    [
        ({"since": date(2026, 11, 23)}, 4, 8),
        ({"until": date(2026, 11, 22)}, 1, 2),
        ({"issuer": "south"}, 1, 2),
        ({"unit": "Ward B"}, 2, 4),
        ({"hook": "order-select"}, 0, 0),
        ({"rules": ("RenalSevere",)}, 5, 4),
        ({"rules": ("RenalSevere", "AlcoholUse")}, 5, 9),
        ({"rules": ()}, 5, 0),
        ({"indicator": "info"}, 5, 5),
    ],
)
def test_tallies_are_filtered_and_a_rule_leaves_the_denominator(database, filters, calls, found):
    tallies = read(database, read_tallies, Filters(**filters))
    assert concerned_calls(tallies) == calls
    assert sum(each.count for each in findings(tallies)) == found


def test_feedback_of_unknown_cards_is_counted(database):
    assert read(database, read_unknown_cards) == UnknownCards(1, 6)
    assert read(database, read_unknown_cards, Filters(issuer="south")) == UnknownCards(0, 0)
    assert read(database, read_unknown_cards, Filters(until=date(2026, 11, 22))) == UnknownCards(0, 0)
    assert read(database, read_unknown_cards, Filters(unit="Ward A")) == UnknownCards(1, 6)


def test_what_there_is_to_choose_from(database):
    found = read(database, read_choices)
    reasons = (("", "", ""), ("", "", "Free text"), ("urn:reasons", "LongTolerated", "Long tolerated"))
    units = ("", "Ward A", "Ward B", "Ward C")
    assert found == Choices(("north", "south"), units, ("order-select", "order-sign"), reasons)


@pytest.mark.parametrize(
    ("moments", "outcome"),
    [
        ((1, 2), "overridden"),
        ((2, 1), "accepted"),
        ((1, 1), "overridden"),
        ((None, 1), "accepted"),
        ((ms(MONDAY) + 1, 5), "accepted"),
        ((5, 2**53), "overridden"),
    ],
)
def test_of_a_card_told_of_twice_the_latest_counts(database, moments, outcome):
    async def main():
        store = Store(database)
        for each, at in zip(("accepted", "overridden"), moments, strict=True):
            await log(store).record("north", SERVICE, [FeedbackItem(card=card(1), outcome=each, outcome_at=at)], MONDAY)
        found = await read_cards(store)
        await store.close()
        return found

    (found,) = asyncio.run(main())
    assert (found.outcome, found.count) == (outcome, 1)


def test_one_code_is_one_reason_and_bears_its_most_frequent_name():
    def overridden(count, *reason):
        where = {"day": date(2026, 11, 23), "issuer": "", "unit": "", "hook": "order-sign"}
        return CardCount(**where, rule="R1", indicator="info", outcome="overridden", reason=reason, count=count)

    assert overrides_by_reason(
        [
            overridden(2, "urn:reasons", "Tolerated", "Tolerated"),
            overridden(3, "urn:reasons", "Tolerated", "Bien toléré"),
            overridden(4, None, None, "Other"),
            overridden(1, None, None, "Another"),
        ]
    ) == (
        Share(("urn:reasons", "Tolerated", "Bien toléré"), 5, 10),
        Share(("", "", "Other"), 4, 10),
        Share(("", "", "Another"), 1, 10),
    )


def buckets(**counts):
    return [
        TallyCount(
            day=date(2026, 11, 23), kind="latency", name=name.removeprefix("ms"), detail="concerned", count=count,
        )
        for name, count in counts.items()
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "quantile", "ms_"),
    [
        ({"ms10": 100}, 0.5, 10),
        ({"ms10": 100}, 0.0, 10),
        ({"ms10": 100}, 1.0, 10),
        ({"ms1": 50, "ms100": 50}, 0.49, 1),
        ({"ms1": 50, "ms100": 50}, 0.5, 1),
        ({"ms1": 50, "ms100": 50}, 0.51, 100),
        ({"ms1": 1, "ms2": 1, "ms5": 1}, 0.5, 2),
        ({"ms1": 98, "more": 2}, 0.98, 1),
        ({"ms1": 98, "more": 2}, 0.99, None),
    ],
)
def test_quantiles_are_the_upper_bounds_of_their_buckets(counts, quantile, ms_):
    assert latency(buckets(**counts), quantiles=[quantile]).quantiles == {quantile: ms_}


def test_no_calls_have_no_quantiles():
    found = latency([])
    assert (found.calls, found.quantiles) == (0, {})
    assert {count for _, count in found.buckets} == {0}


def test_calls_of_no_concern_do_not_count_among_the_latencies():
    other = [TallyCount(day=each.day, kind="latency", name=each.name, detail="other", count=9) for each in buckets(ms1=1)]  # fmt: skip
    assert latency([*buckets(ms1=3), *other]).calls == 3
    assert latency([*buckets(ms1=3), *other], "other").calls == 9


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 22), "2026-W47"),
        (date(2026, 11, 23), "2026-W48"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
    ],
)
def test_iso_weeks(day, week):
    assert week_of(day) == week


counted = st.builds(
    CardCount,
    day=st.dates(), issuer=st.just(""), unit=st.sampled_from(["", "a", "b"]), hook=st.just("order-sign"),
    rule=st.sampled_from(["R1", "R2"]), indicator=st.just("info"),
    outcome=st.sampled_from([None, "accepted", "overridden"]),
    reason=st.tuples(*[st.sampled_from([None, "x"])] * 3), count=st.integers(1, 9),
)  # fmt: skip


@given(st.lists(counted))
def test_groups_add_up_to_the_whole(cards):
    whole = sum(each.count for each in cards)
    for group in (lambda each: each.rule, lambda each: each.unit, lambda each: week_of(each.day)):
        found = outcomes_by(cards, group)
        assert sum(each.shown for each in found) == whole
        assert all(each.unanswered >= 0 for each in found)
    reasons = overrides_by_reason(cards)
    assert all(each.of == sum(one.count for one in reasons) for each in reasons)


def test_what_is_told_again_later_is_the_latest_again(database):
    async def work(store):
        for at, outcome in ((1, "overridden"), (2, "accepted"), (3, "overridden")):
            item = FeedbackItem(card=card(1), outcome=outcome, outcome_at=ms(MONDAY) + at)
            await log(store).record("north", SERVICE, [item], MONDAY + timedelta(hours=1))
        return await read_cards(store)

    (found,) = run(database, work)
    assert (found.outcome, found.count) == ("overridden", 1)


OVERRIDES = (
    Reason("urn:s", "c", "called so"),
    Reason("urn:s", "c", "called otherwise"),
    Reason(None, "c", "no system"),
    Reason(None, None, "words only"),
    None,
)


@pytest.mark.parametrize(
    ("reason", "count"),
    [
        (None, 7),
        (("urn:s", "c", ""), 2),
        (("", "c", ""), 1),
        (("", "", "words only"), 1),
        (("", "", "other words"), 0),
        (("", "", ""), 1),
    ],
)
def test_a_reason_chooses_the_cards_and_comments_that_were_overridden_for_it(database, reason, count):
    async def work(store):
        items = [
            FeedbackItem(card=card(seed), outcome="overridden", reason=reason, comment="x")
            for seed, reason in enumerate(OVERRIDES)
        ]
        items += [FeedbackItem(card=card(90 + one), outcome="accepted", comment="x") for one in range(2)]
        await log(store).record("north", SERVICE, items, MONDAY)
        chosen = Filters(reason=reason)
        return await read_cards(store, chosen), await read_comments(store, chosen), await read_choices(store)

    cards, comments, choices = run(database, work)
    assert sum(one.count for one in cards) == count
    assert (len(comments.some), comments.count, comments.of) == (count, count, count)
    assert choices.reasons == (
        *(("", "", ""), ("", "", "words only"), ("", "c", "no system"), ("urn:s", "c", "called otherwise")),
    )
