"""How often: FHIR Timing as intakes per day.

The mean over time and the number on a day on which something is taken are different things: 20 mg every other day is 10 mg a day in the
mean and 20 mg on a dosing day. The second is what a maximum daily dose is compared with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from cds.fhir.datatypes import CodeableConcept, Timing, TimingRepeat
from cds.fhir.quantity import days as days_of
from cds.fhir.quantity import exact, read_unit
from cds.pharmacology.dose import Problem, Span
from cds.phrases import Phrase

ONCE_A_DAY = Span.of(1)
WEEK = 7

# HL7 v3 GTSAbbreviation, and the Latin that EHRs add to it; `1/days` for less than daily.
_CODES: dict[str, Fraction] = {
    **dict.fromkeys(("QD", "AM", "PM", "BED", "QAM", "QPM", "QHS", "HS", "OD", "QDAY", "DAILY"), Fraction(1)),
    **dict.fromkeys(("BID", "BD", "BDS"), Fraction(2)),
    **dict.fromkeys(("TID", "TDS"), Fraction(3)),
    **dict.fromkeys(("QID", "QDS"), Fraction(4)),
    **dict.fromkeys(("QOD", "Q2D"), Fraction(1, 2)),
    **dict.fromkeys(("WK", "QWK", "WEEKLY"), Fraction(1, 7)),
    "MO": Fraction(16, 487),
}
_EVERY_HOURS = re.compile(r"Q(\d{1,2})H(?:R|RS)?")
_ONCE = frozenset(
    {"ONCE", "ONE TIME", "ONE-TIME", "1X", "STAT", "NOW", "X1", "EINMALIG", "UNE FOIS", "DOSE UNIQUE", "ONE TIME DOSE"}
)
_THREE_MEALS = frozenset({"C", "AC", "PC"})
_WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
# A frequency of this many times a day is more likely the length of the course, written in the wrong member.
_COURSE_LENGTHS = frozenset({7, 10, 14, 15, 20, 21, 28, 30, 60, 90})


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an instruction is carried out.

    Attributes:
        per_day: intakes per 24 h in the mean; None where no rhythm is written.
        on_dosing_day: intakes on the lightest and heaviest day on which something is taken.
        once: a single administration.
        days: how long the instruction holds; None where nothing says so.
        problems: contradictions inside the timing.
        written: something about the rhythm is written, readable or not.
    """

    per_day: Span | None = None
    on_dosing_day: Span | None = None
    once: bool = False
    days: Fraction | None = None
    problems: tuple[Problem, ...] = ()
    written: bool = False


NO_SCHEDULE = Schedule()


def regular(times: Span, period_days: Span, *, weekdays: int = 0, clock: int = 0) -> Schedule:
    """The schedule of so many times in a period.

    Args:
        times: intakes in one period, fewest and most.
        period_days: the period in days, shortest and longest; above zero.
        weekdays: number of days of the week to which it is limited; 0 for no limit.
        clock: how many times of day are named; 0 for none.
    """
    low, high = times.low / period_days.high, times.high / period_days.low
    if weekdays and period_days.high < WEEK:  # so often on those days
        return Schedule(
            Span(low, high).scaled(Fraction(weekdays, WEEK)),
            _on_a_day(times, period_days, low, high, clock),
            written=True,
        )
    if weekdays:  # so often a week, on those days
        weekly = Span(low, high).scaled(WEEK)
        light, heavy = Fraction(max(1, weekly.low // weekdays)), Fraction(max(1, math.ceil(weekly.high / weekdays)))
        return Schedule(Span(low, high), Span(light, heavy), written=True)
    return Schedule(Span(low, high), _on_a_day(times, period_days, low, high, clock), written=True)


def _on_a_day(times: Span, period: Span, low: Fraction, high: Fraction, clock: int) -> Span:
    if period.high <= 1:
        return Span(low, high)
    if clock:  # all the times of day fall on one day
        return Span(min(times.low, Fraction(clock)), min(times.high, Fraction(clock)))
    return Span(
        Fraction(max(1, math.floor(low))),
        Fraction(max(1, math.ceil(high))) if period.low > 1 else max(Fraction(1), high),
    )


def read_timing(timing: Timing | None) -> Schedule:
    """The schedule that a Timing says; structured members first, then its code."""
    if timing is None:
        return NO_SCHEDULE
    repeat = timing.repeat or TimingRepeat()
    by_repeat = _read_repeat(repeat)
    by_code = _read_code(timing.code)
    length = bounds_days(repeat)
    if by_repeat.per_day is None and not by_repeat.problems:
        schedule = by_code
        if by_code.per_day is None and not by_code.once:
            schedule = replace(by_code, once=len(timing.event or ()) == 1 or repeat.count == 1)
        elif by_code.per_day is not None and (weekdays := _weekdays(repeat.dayOfWeek)):
            schedule = regular(by_code.per_day, Span.of(1), weekdays=weekdays)
    else:
        schedule = by_repeat
        if by_code.per_day is not None and by_repeat.per_day is not None and not _same_rhythm(by_code, by_repeat):
            problem = Problem(
                "doubtful-frequency",
                Phrase("The timing code and the timing's frequency do not say the same; the frequency counts."),
            )
            schedule = replace(schedule, problems=(*schedule.problems, problem))
    written = schedule.written or bool(timing.event and len(timing.event) > 1)
    return replace(schedule, days=length, written=written)


def _same_rhythm(code: Schedule, repeat: Schedule) -> bool:
    mean, other, dosing = code.per_day, repeat.per_day, repeat.on_dosing_day
    if mean is None or other is None or dosing is None:
        return True
    return other.low <= mean.low <= other.high or dosing.low <= mean.low <= dosing.high


def bounds_days(repeat: TimingRepeat) -> Fraction | None:
    """Length of the bounds in days: a duration, or a period with both ends; None where they are open or unreadable.

    A period of plain dates includes its last day; one with times is measured to the second.
    """
    if repeat.boundsDuration is not None:
        return days_of(repeat.boundsDuration)
    period = repeat.boundsPeriod
    if period is None or not period.start or not period.end:
        return None
    try:
        if len(period.start) == len("2026-01-01") == len(period.end):
            length = Fraction((date.fromisoformat(period.end) - date.fromisoformat(period.start)).days + 1)
        else:
            span = datetime.fromisoformat(period.end) - datetime.fromisoformat(period.start)
            length = Fraction(round(span.total_seconds() / 60), 1440)  # to the minute: "23:59:59" is the end of a day
    except (ValueError, TypeError, OverflowError):  # TypeError: one end with an offset, one without
        return None
    return length if length > 0 else None


def _read_repeat(repeat: TimingRepeat) -> Schedule:
    clock = len(repeat.timeOfDay or ()) or _moments(repeat.when)
    weekdays = _weekdays(repeat.dayOfWeek)
    period = _period(repeat)
    if isinstance(period, Problem):
        return Schedule(problems=(period,), written=True)
    if repeat.frequency is None and repeat.frequencyMax is None:
        if clock:
            return regular(Span.of(clock), period or ONCE_A_DAY, weekdays=weekdays, clock=clock)
        if period is not None or weekdays:
            return regular(Span.of(1), period or ONCE_A_DAY, weekdays=weekdays)
        return NO_SCHEDULE
    times = _times(repeat)
    if times is None:
        return Schedule(
            problems=(Problem("unreadable", Phrase("The frequency is no number above zero.")),), written=True
        )
    if period is None:
        if clock or weekdays:
            period = ONCE_A_DAY
        else:
            return Schedule(
                problems=(
                    Problem(
                        "no-timing", Phrase("A frequency of {times} is written without its period.", times=times.high)
                    ),
                ),
                written=True,
            )
    schedule = regular(times, period, weekdays=weekdays, clock=clock)
    doubt = _doubt(repeat, times, period)
    return replace(schedule, problems=(doubt,)) if doubt is not None else schedule


def _times(repeat: TimingRepeat) -> Span | None:
    low = repeat.frequency if repeat.frequency is not None else repeat.frequencyMax
    high = repeat.frequencyMax if repeat.frequencyMax is not None else low
    if low is None or high is None or low < 0 or high <= 0 or high > 10**9:
        return None
    return Span(Fraction(min(low, high)), Fraction(max(low, high)))


def _period(repeat: TimingRepeat) -> Span | Problem | None:
    """The period in days; None where none is written."""
    if repeat.period is None and repeat.periodMax is None:
        return None
    if repeat.periodUnit is None:
        return Problem("no-timing", Phrase("The timing's period has no unit."))
    unit = read_unit(repeat.periodUnit, None)
    low = exact(repeat.period if repeat.period is not None else repeat.periodMax)
    high = exact(repeat.periodMax) if repeat.periodMax is not None else low
    if unit is None or unit.dimension != "time" or low is None or high is None or low <= 0 or high <= 0:
        return Problem("unreadable", Phrase("The timing's period cannot be read."))
    return Span(min(low, high) * unit.factor, max(low, high) * unit.factor)


def _moments(when: Sequence[str] | None) -> int:
    """Intakes that event codes stand for: one each, three for the generic meal codes."""
    return sum(3 if code.upper() in _THREE_MEALS else 1 for code in dict.fromkeys(when or ()))


def _weekdays(names: Sequence[str] | None) -> int:
    return len({name[:3].lower() for name in names or ()} & _WEEKDAYS)


def _doubt(repeat: TimingRepeat, times: Span, period: Span) -> Problem | None:
    daily = period.low == period.high == 1
    length = bounds_days(repeat)
    if daily and times.high >= WEEK and (times.high == length or int(times.high) in _COURSE_LENGTHS):
        return Problem(
            "doubtful-frequency", Phrase("{times} times a day looks like a number of days.", times=times.high)
        )
    if period.high < 1 and times.high > 1 and times.high * period.high == 1:
        text = Phrase(
            "{times} times every {hours} hours: perhaps {times} times a day was meant.",
            times=times.high,
            hours=period.high * 24,
        )
        return Problem("doubtful-frequency", text)
    return None


def _read_code(concept: CodeableConcept | None) -> Schedule:
    """The schedule of a timing code, by the code whatever its system, else by its text."""
    if concept is None:
        return NO_SCHEDULE
    texts = [coding.code for coding in concept.coding or () if coding.code]
    texts += [coding.display for coding in concept.coding or () if coding.display]
    if concept.text:
        texts.append(concept.text)
    for text in texts:
        schedule = read_code(text)
        if schedule is not None:
            return schedule
    return Schedule(written=bool(texts))


def read_code(text: str) -> Schedule | None:
    """The schedule of an abbreviation such as BID or Q8H; None where it is none."""
    plain = text.strip().upper().replace(".", "")
    if plain in _ONCE:
        return Schedule(once=True, written=True)
    rate = _CODES.get(plain)
    if rate is None:
        match = _EVERY_HOURS.fullmatch(plain)
        if match is None or int(match[1]) == 0:
            return None
        rate = Fraction(24, int(match[1]))
    if rate < 1:
        return regular(Span.of(1), Span.of(1 / rate))
    return Schedule(Span.of(rate), Span.of(rate), written=True)
