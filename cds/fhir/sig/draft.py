"""Doses and steps while an instruction is being read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from cds.fhir.sig.model import SigAmount, SigDose
from cds.fhir.timing import NO_SCHEDULE, Schedule, regular
from cds.pharmacology.dose import Span
from cds.phrases import Phrase

_SAME_INTAKE = ({"EVE", "NIGHT"}, {"EVE", "CV"}, {"MORN", "CM"}, {"NOON", "CD"})


class NotUnderstoodError(ValueError):
    """The text says something about the dose that the reader does not know.

    Attributes:
        what: what it is, as it follows "not understood:".
    """

    def __init__(self, what: Phrase) -> None:
        super().__init__(what)
        self.what = what


@dataclass(slots=True)
class Draft:
    """One dose as far as it has been read."""

    joined_by: str = ""
    amounts: list[SigAmount] = field(default_factory=list)
    a_day: bool = False
    times: Span | None = None
    period: Span | None = None
    daily: Fraction | None = None
    moments: list[str] = field(default_factory=list)
    clocks: int = 0
    meals: bool = False
    weekdays: set[int] = field(default_factory=set)
    once: bool = False
    divided: Span | None = None
    led_by_moment: bool = False
    one_intake: bool = False
    strength: SigAmount | None = None
    as_needed: bool = False
    concentration: Fraction | None = None

    @property
    def has_rhythm(self) -> bool:
        """Whether something says how often."""
        return bool(
            self.a_day
            or self.times
            or self.period
            or self.daily
            or self.moments
            or self.clocks
            or self.meals
            or self.once
            or self.weekdays
        )

    @property
    def several_times(self) -> bool:
        """Whether the rhythm alone fills the day: a frequency, an interval or a daily total, not a time of day."""
        return bool(self.a_day or self.times or self.period) and not self.moments

    def add_moment(self, moment: str, *, separated: bool) -> None:
        """A time of day; "in the evening at bedtime" is one."""
        if moment in self.moments:
            return
        if not separated and self.moments and {self.moments[-1], moment} in _SAME_INTAKE:
            return
        self.moments.append(moment)

    def set_times(self, times: Span, period: Span) -> None:
        """A frequency; said twice it must be the same.

        Raises:
            NotUnderstoodError: two different frequencies of one dose.
        """
        if self.times is not None and (self.times, self.period) != (times, period):
            raise NotUnderstoodError(Phrase("two frequencies for one dose"))
        if self.period is not None and self.times is None:
            raise NotUnderstoodError(Phrase("a frequency and an interval for one dose"))
        self.times, self.period = times, period

    def set_interval(self, period: Span) -> None:
        """An interval between doses.

        Raises:
            NotUnderstoodError: it contradicts a frequency or another interval.
        """
        if self.times is not None and self.period is not None:
            if self.times.high / self.period.low != 1 / period.low:
                raise NotUnderstoodError(Phrase("a frequency and an interval that differ"))
            return
        if self.period is not None and self.period != period:
            raise NotUnderstoodError(Phrase("two intervals for one dose"))
        self.period = period

    def schedule(self) -> Schedule:
        """How often, as `timing` counts it.

        Raises:
            NotUnderstoodError: the parts contradict each other.
        """
        clock = self.clocks or len(self.moments)
        week = len(self.weekdays)
        if self.times is not None and self.period is not None:
            if clock > 1 and self.period == Span.of(1) and not self.times.low <= clock <= self.times.high:
                raise NotUnderstoodError(Phrase("the number of times of day is not the frequency"))
            return regular(self.times, self.period, weekdays=week, clock=clock if self.period.low > 1 else 0)
        if self.times is not None:
            raise NotUnderstoodError(Phrase("a number of times without a period"))
        if self.period is not None:
            if clock > 1 and self.period.low < 1:
                raise NotUnderstoodError(Phrase("an interval of hours and several times of day"))
            return regular(
                Span.of(max(clock, 1) if self.period.low >= 1 else 1), self.period, weekdays=week, clock=clock
            )
        if clock or self.daily or week:
            period = self.daily or Fraction(1)
            return regular(Span.of(max(clock, 1)), Span.of(period), weekdays=week, clock=clock)
        if self.meals:
            return regular(Span.of(3), Span.of(1))
        return Schedule(once=True, written=True) if self.once else NO_SCHEDULE

    def finish(self, unit: str | None) -> SigDose:
        """The dose; an amount without a unit takes the one before it.

        Raises:
            NotUnderstoodError: no amount, or a rhythm that contradicts itself.
        """
        if not self.amounts:
            raise NotUnderstoodError(Phrase("a rhythm without a dose"))
        amounts = tuple(amount if amount.unit is not None else replace(amount, unit=unit) for amount in self.amounts)
        if any(amount.span.low < 0 for amount in amounts):
            raise NotUnderstoodError(Phrase("a dose below zero"))
        if self.divided is not None and not self.a_day and self.several_times:
            raise NotUnderstoodError(Phrase("a dose that is divided and repeated"))
        a_day = self.a_day or self.divided is not None
        if a_day:
            schedule = (
                regular(self.divided, Span.of(1))
                if self.divided and self.divided.low > 0
                else self._of_total(amounts[0])
            )
        else:
            schedule = self.schedule()
        return SigDose(amounts, schedule, a_day, self.as_needed, self.concentration)

    def _of_total(self, amount: SigAmount) -> Schedule:
        """The rhythm of a daily total: of one tablet a day it is once; otherwise only what else is said."""
        if self.times is not None or self.moments or self.clocks or self.weekdays:
            return replace(self, a_day=False).schedule()
        one = amount.unit == "{tbl}" and amount.span.high <= 1
        return regular(Span.of(1), Span.of(1)) if one else NO_SCHEDULE


@dataclass(slots=True)
class Change:
    """An increase or decrease by steps, as far as it has been read."""

    sign: int
    by: SigAmount | None = None
    a_day: bool = False
    per_dose: bool = False
    every: Fraction | None = None
    until: Draft | None = None


@dataclass(slots=True)
class DraftStep:
    """A step as far as it has been read."""

    doses: list[Draft] = field(default_factory=list)
    days: Fraction | None = None
    stop: bool = False
    change: Change | None = None
