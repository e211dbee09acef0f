"""Dose arithmetic: what a reading of an order amounts to, in exact numbers.

Amounts are `fractions.Fraction` in the plan's unit (mg by mouth, µg intrathecally); times are in days. Rules compare these
numbers unrounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from cds.phrases import Phrase

Route = Literal[
    "oral", "intrathecal", "intravenous", "intramuscular", "subcutaneous", "epidural", "topical", "other", "unknown"
]
Unit = Literal["mg", "ug"]
ReadFrom = Literal["structure", "text", "nothing"]

MG_TO_UG = 1000


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range of amounts; a single amount has `low == high`."""

    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, amount: Fraction | int) -> Span:
        """The range of one exact amount."""
        exact = amount if isinstance(amount, Fraction) else Fraction(amount)
        return cls(exact, exact)

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def scaled(self, factor: Fraction | int) -> Span:
        """Both ends times a factor of zero or more."""
        high = self.high * factor
        return Span(high if self.low is self.high else self.low * factor, high)

    def hull(self, other: Span) -> Span:
        """The smallest range that holds both."""
        return Span(min(self.low, other.low), max(self.high, other.high))


ProblemCode = Literal[
    "no-amount",  # no dose is written
    "no-timing",  # no frequency is written
    "no-strength",  # tablets or packets of a product whose strength is unknown
    "no-concentration",  # a volume of a liquid whose concentration is unknown
    "amounts-disagree",  # mg and mL (or tablets) of one dose do not say the same; the higher one counts
    "micrograms-by-mouth",  # an oral order written in µg
    "unknown-unit",
    "needs-weight",  # per kg or per m²
    "not-positive",  # a negative dose, or zero where that cannot mean a stop
    "modifier-extension",
    "text-disagrees",  # text against structure; structure counts
    "cap-below-dose",
    "doubtful-frequency",  # a frequency that looks like a count of days
    "unreadable",  # data that is not FHIR of any version we know, or words outside the grammar
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a dosage that could not be read or that contradicts itself.

    `text` is a sentence of ours; it may quote the order in its parts, which are escaped before they reach a card.
    """

    code: ProblemCode
    text: Phrase


@dataclass(frozen=True, slots=True)
class DosePhase:
    """One phase of an order: what is taken from the phase's first day to its last.

    Attributes:
        days: how long the phase lasts; None where nothing says so.
        daily: mean scheduled amount per 24 h; None where nothing is scheduled or it cannot be told.
        dosing_day: scheduled amount on the lightest and heaviest day on which something is taken.
        per_dose: amount of one intake, smallest and largest.
        doses_per_day: scheduled intakes on a dosing day.
        as_needed: whether some part of the phase is as needed.
        scheduled: whether some part of the phase is not as needed.
        as_needed_maximum: the most that the as-needed timing and cap allow in 24 h; None where unlimited or unknown.
        as_needed_part: amount of one as-needed intake of a phase that has scheduled ones, too; see `as_needed_dose`.
        maximum: the cap written on the order, per 24 h.
    """

    days: Fraction | None = None
    daily: Span | None = None
    dosing_day: Span | None = None
    per_dose: Span | None = None
    doses_per_day: Span | None = None
    as_needed: bool = False
    scheduled: bool = True
    as_needed_maximum: Fraction | None = None
    as_needed_part: Span | None = None
    maximum: Fraction | None = None

    @property
    def as_needed_dose(self) -> Span | None:
        """Amount of one as-needed intake; None without any, and where it cannot be told."""
        if not self.as_needed:
            return None
        return self.as_needed_part if self.scheduled else self.per_dose

    @property
    def peak(self) -> Fraction | None:
        """The most that may be taken on one day: the heaviest dosing day plus all that is allowed as needed.

        None where a part cannot be told. An as-needed part without a limit has no peak.
        """
        scheduled = self.dosing_day.high if self.dosing_day is not None else None
        if self.scheduled and scheduled is None:
            return None
        if self.as_needed and self.as_needed_maximum is None:
            return None
        if scheduled is None or self.as_needed_maximum is None:
            return scheduled or self.as_needed_maximum or Fraction(0)
        return scheduled + self.as_needed_maximum

    @property
    def floor(self) -> Fraction:
        """What is certainly allowed on one day: the peak, or the scheduled part where an as-needed part has no limit."""
        peak = self.peak
        if peak is not None:
            return peak
        return self.dosing_day.high if self.scheduled and self.dosing_day is not None else Fraction(0)


@dataclass(frozen=True, slots=True)
class DosePlan:
    """How one order is dosed, as `baclofen-cds dose` prints it.

    Attributes:
        route: how the drug is given.
        unit: of every amount here: mg, or µg for the intrathecal route.
        phases: in order; one for an order without a sequence; empty where nothing at all could be read.
        read_from: whether amounts and timing come from structured data or from text.
        problems: what could not be read, and every contradiction.
        by_volume: the dose was ordered in mL.
        by_count: the dose was ordered in tablets or other pieces.
        bolus: a single intrathecal dose without a rate or repetition, µg.
        infusion: the dose is a rate.
        sequenced: the instructions carry sequence numbers, so that a last phase of given length is the end.
        nothing: the one amount that is written is zero.
    """

    route: Route = "unknown"
    unit: Unit = "mg"
    phases: tuple[DosePhase, ...] = ()
    read_from: ReadFrom = "nothing"
    problems: tuple[Problem, ...] = ()
    by_volume: bool = False
    by_count: bool = False
    bolus: Fraction | None = None
    infusion: bool = False
    sequenced: bool = False
    nothing: bool = False

    @property
    def as_needed(self) -> bool:
        """Whether some part is as needed."""
        return any(phase.as_needed for phase in self.phases)

    @property
    def scheduled(self) -> bool:
        """Whether some part is scheduled."""
        return any(phase.scheduled for phase in self.phases)

    @property
    def daily(self) -> Span | None:
        """Mean scheduled amount per 24 h, lowest and highest over the phases."""
        return _hull([phase.daily for phase in self.phases])

    @property
    def dosing_day(self) -> Span | None:
        """Scheduled amount on a dosing day, lightest and heaviest over the phases."""
        return _hull([phase.dosing_day for phase in self.phases])

    @property
    def per_dose(self) -> Span | None:
        """Amount of one intake, smallest and largest over the phases."""
        return _hull([phase.per_dose for phase in self.phases])

    @property
    def as_needed_dose(self) -> Span | None:
        """Amount of one as-needed intake, smallest and largest over the phases."""
        return _hull([phase.as_needed_dose for phase in self.phases])

    @property
    def doses_per_day(self) -> Span | None:
        """Scheduled intakes on a dosing day, over the phases."""
        return _hull([phase.doses_per_day for phase in self.phases])

    @property
    def as_needed_maximum(self) -> Fraction | None:
        """The most allowed as needed in 24 h; None where one as-needed phase has no limit."""
        limits = [phase.as_needed_maximum for phase in self.phases if phase.as_needed]
        known = [limit for limit in limits if limit is not None]
        return max(known) if known and len(known) == len(limits) else None

    @property
    def maximum(self) -> Fraction | None:
        """The highest cap written on the order, per 24 h."""
        caps = [phase.maximum for phase in self.phases if phase.maximum is not None]
        return max(caps) if caps else None

    def has_problem(self, *codes: ProblemCode) -> bool:
        """Whether one of these problems was met."""
        return any(problem.code in codes for problem in self.problems)


def _hull(spans: list[Span | None]) -> Span | None:
    known = [span for span in spans if span is not None]
    if not known:
        return None
    return Span(min(span.low for span in known), max(span.high for span in known))
