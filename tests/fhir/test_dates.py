"""FHIR dates as the days they can mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.dates import parse_date, parse_day

PARIS = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-06-01", date(2026, 6, 1), date(2026, 6, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("1960", date(1960, 1, 1), date(1960, 12, 31)),
        (" 2026-06-01 ", date(2026, 6, 1), date(2026, 6, 1)),
    ],
)
def test_partial_dates_are_ranges(text: str, first: date, last: date) -> None:
    parsed = parse_date(text, UTC)
    assert parsed is not None
    assert (parsed.first, parsed.last) == (first, last)
    assert parsed.exact == (first == last)


def test_a_moment_counts_for_the_day_it_falls_on_here() -> None:
    assert parse_day("2026-05-31T23:30:00Z", PARIS) == date(2026, 6, 1)
    assert parse_day("2026-05-31T23:30:00.123Z", UTC) == date(2026, 5, 31)


def test_with_an_offset_the_day_is_that_of_where_it_was_written() -> None:
    assert parse_day("2014-03-17T00:30:00+01:00", UTC) == date(2014, 3, 17)
    assert parse_day("2014-03-16T22:00:00-05:00", PARIS) == date(2014, 3, 16)
    written = parse_date("2014-03-17T00:30:00+01:00", UTC)
    assert written is not None
    assert written.moment == datetime(2014, 3, 16, 23, 30, tzinfo=UTC)
    assert parse_day("2026-05-31T23:30+00:00", UTC) == date(2026, 5, 31)


def test_a_time_without_an_offset_keeps_its_day() -> None:
    assert parse_day("2026-05-31T23:30:00", PARIS) == date(2026, 5, 31)


@pytest.mark.parametrize(
    "text", [None, "", "yesterday", "2026-13-01", "2026-02-30", "0000", "2026-06-01T25:00:00Z", "2026-6-1"]
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert parse_date(text, UTC) is None


@given(st.text(max_size=40))
def test_no_text_crashes(text: str) -> None:
    parsed = parse_date(text, UTC)
    assert parsed is None or parsed.first <= parsed.last


@given(st.dates())
def test_every_day_survives(day: date) -> None:
    assert parse_day(day.isoformat(), UTC) == day
