from fractions import Fraction

import pytest

from cds.fhir.datatypes import Timing
from cds.fhir.lenient import fit
from cds.fhir.timing import read_code, read_timing
from tests.fhir.orders import span


def schedule(**repeat):
    return read_timing(fit({"repeat": repeat}, Timing)[0])


@pytest.mark.parametrize(
    ("repeat", "mean", "dosing_day"),
    [
        ({"frequency": 3, "period": 1, "periodUnit": "d"}, span(3), span(3)),
        ({"period": 1, "periodUnit": "d"}, span(1), span(1)),
        ({"frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d"}, span(2, 3), span(2, 3)),
        ({"frequency": 1, "period": 6, "periodMax": 8, "periodUnit": "h"}, span(3, 4), span(3, 4)),
        ({"frequency": 1, "period": 30, "periodUnit": "min"}, span(48), span(48)),
        ({"frequency": 1, "period": 2, "periodUnit": "d"}, span("0.5"), span(1)),
        ({"when": ["MORN", "EVE"]}, span(2), span(2)),
        ({"when": ["C"]}, span(3), span(3)),
        ({"when": ["AC"], "frequency": 2, "period": 1, "periodUnit": "d"}, span(2), span(2)),
        ({"when": ["EVE.late"]}, span(1), span(1)),
        ({"timeOfDay": ["08:00:00", "14:00:00", "20:00:00"]}, span(3), span(3)),
        ({"timeOfDay": ["20:00:00"], "when": ["EVE"]}, span(1), span(1)),
        ({"timeOfDay": ["08:00:00", "20:00:00"], "frequency": 2, "period": 2, "periodUnit": "d"}, span(1), span(2)),
    ],
)
def test_rhythms(repeat, mean, dosing_day):
    found = schedule(**repeat)
    assert (found.per_day, found.on_dosing_day) == (mean, dosing_day)


def test_seven_hours_are_not_rounded():
    assert schedule(frequency=1, period=7, periodUnit="h").per_day.high == Fraction(24, 7)


@pytest.mark.parametrize(
    ("repeat", "mean", "heaviest"),
    [
        ({"dayOfWeek": ["mon", "wed", "fri"]}, Fraction(3, 7), 1),
        ({"dayOfWeek": ["mon", "wed", "fri"], "frequency": 2, "period": 1, "periodUnit": "d"}, Fraction(6, 7), 2),
        ({"dayOfWeek": ["tue"], "frequency": 1, "period": 1, "periodUnit": "wk"}, Fraction(1, 7), 1),
        ({"frequency": 3, "period": 1, "periodUnit": "wk"}, Fraction(3, 7), 1),
        ({"frequency": 10, "period": 1, "periodUnit": "wk"}, Fraction(10, 7), 2),
        ({"frequency": 1, "period": 36, "periodUnit": "h"}, Fraction(2, 3), 1),
    ],
)
def test_the_mean_hides_the_dosing_day(repeat, mean, heaviest):
    found = schedule(**repeat)
    assert (found.per_day.high, found.on_dosing_day.high) == (mean, heaviest)


@pytest.mark.parametrize(
    ("code", "mean"),
    [
        ("QD", 1),
        ("AM", 1),
        ("BED", 1),
        ("BID", 2),
        ("TID", 3),
        ("QID", 4),
        ("Q4H", 6),
        ("Q6H", 4),
        ("Q8H", 3),
        ("QOD", Fraction(1, 2)),
    ],
)
def test_timing_codes(code, mean):
    assert read_code(code).per_day.high == mean
    assert read_code(code.lower()).per_day.high == mean


@pytest.mark.parametrize("code", ["", "Q0H", "XYZ", "1234"])
def test_codes_that_mean_nothing_here(code):
    assert read_code(code) is None


def test_a_code_and_a_repeat_say_the_same_thing_once():
    timing = {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}, "code": {"coding": [{"code": "TID"}]}}
    found = read_timing(fit(timing, Timing)[0])
    assert found.per_day == span(3)
    assert not found.problems


def test_a_code_that_contradicts_the_repeat_is_named():
    timing = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}, "code": {"coding": [{"code": "TID"}]}}
    found = read_timing(fit(timing, Timing)[0])
    assert found.per_day == span(1)
    assert [problem.code for problem in found.problems] == ["doubtful-frequency"]


@pytest.mark.parametrize(
    "repeat",
    [
        {"frequency": 30, "period": 1, "periodUnit": "d"},
        {"frequency": 8, "period": 1, "periodUnit": "d", "boundsDuration": {"value": 8, "code": "d"}},
        {"frequency": 3, "period": 8, "periodUnit": "h"},
    ],
)
def test_a_frequency_that_looks_like_something_else_is_named(repeat):
    assert [problem.code for problem in schedule(**repeat).problems] == ["doubtful-frequency"]


@pytest.mark.parametrize(
    "repeat",
    [
        {"frequency": 3},
        {"frequency": 3, "period": 1},
        {"frequency": 0, "period": 1, "periodUnit": "d"},
        {"frequency": 3, "period": 0, "periodUnit": "d"},
        {"frequency": 3, "period": -1, "periodUnit": "d"},
        {"frequency": 3, "period": 1, "periodUnit": "mg"},
    ],
)
def test_a_rhythm_that_cannot_be_read_is_named_and_not_guessed(repeat):
    found = schedule(**repeat)
    assert found.per_day is None
    assert found.problems


def test_one_event_is_one_administration():
    assert read_timing(fit({"event": ["2026-11-20T09:00:00Z"]}, Timing)[0]).once
    assert not read_timing(fit({"event": ["2026-11-20", "2026-11-21"]}, Timing)[0]).once


@pytest.mark.parametrize(
    ("bounds", "length"),
    [
        ({"boundsDuration": {"value": 2, "code": "wk"}}, 14),
        ({"boundsDuration": {"value": 10, "unit": "jours"}}, 10),
        ({"boundsPeriod": {"start": "2026-01-01", "end": "2026-01-03"}}, 3),
        ({"boundsPeriod": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T23:59:59Z"}}, 2),
        ({"boundsPeriod": {"start": "2026-01-01"}}, None),
        ({"boundsPeriod": {"start": "2026-01-03", "end": "2026-01-01"}}, None),
        ({"boundsPeriod": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T23:59:59"}}, None),
        ({"boundsPeriod": {"start": "soon", "end": "later"}}, None),
    ],
)
def test_lengths(bounds, length):
    assert schedule(frequency=1, period=1, periodUnit="d", **bounds).days == length
