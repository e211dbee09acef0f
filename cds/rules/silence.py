"""Why rules are silent: the sentences that several of them share.

A figure that was compared stands in the sentence beside the line it was held against: "80 mg/day: not above 80 mg/day".
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Absent, AgeRange, Chart, Known, Reading, Therapy, Unknown
from cds.chart.orders import Total
from cds.knowledge import Period
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, YEARS
from cds.rules.finding import Fact, Measure, Silent

__all__ = [
    "NOTHING_BY_MOUTH",
    "NOTHING_INTRATHECAL",
    "NOTHING_ORDERED",
    "NO_AMOUNT",
    "abroad",
    "age_unknown_because",
    "cannot_be_told",
    "dose_below",
    "dose_not_above",
    "earlier_unknown",
    "no_increase",
    "no_start",
    "not_above",
    "not_below",
    "not_in_period",
    "not_older",
    "not_sent",
    "not_younger",
    "years",
]

NOTHING_BY_MOUTH = Silent(Phrase("No baclofen by mouth is being ordered."))
NOTHING_INTRATHECAL = Silent(Phrase("No intrathecal baclofen is being ordered."))
NOTHING_ORDERED = Silent(Phrase("No baclofen is being ordered."))
NO_AMOUNT = Silent(Phrase("No daily dose by mouth can be told."))

# A figure beside its line

_NOT_ABOVE = Phrase("{value}: not above {limit}.")
_NOT_BELOW = Phrase("{value}: not below {limit}.")


def not_above(value: Fraction, limit: Fraction, unit: str) -> Silent:
    """A figure that is at its upper line or below it."""
    return Silent(_NOT_ABOVE, {"value": Measure(value, unit), "limit": Measure(limit, unit)})


def not_below(value: Fraction, limit: Fraction, unit: str) -> Silent:
    """A figure that is at its lower line or above it."""
    return Silent(_NOT_BELOW, {"value": Measure(value, unit), "limit": Measure(limit, unit)})


# What nobody can tell

_CANNOT_BE_TOLD = Phrase("{what}: cannot be told, because {because}.")
_NOT_SENT = Phrase("{what}: cannot be told, because {because}. ChecksIncomplete says so.")


def cannot_be_told(what: Phrase, unknown: Unknown) -> Silent:
    """What the rule asks for is unknown, and nothing else says so."""
    return Silent(_CANNOT_BE_TOLD, {"what": what, "because": unknown.because})


def not_sent(what: Phrase, unknown: Unknown) -> Silent:
    """What the rule asks for is unknown for want of a part of the record that ChecksIncomplete names."""
    return Silent(_NOT_SENT, {"what": what, "because": unknown.because})


# Age

_NOT_OLDER = Phrase("{age}: not {limit} or older.")
_NOT_YOUNGER = Phrase("{age}: not younger than {limit}.")
_AGE_UNKNOWN = Phrase("The age cannot be told: {because}.")
_NO_BIRTH_DATE = Phrase("no birth date is on file")


def not_older(age: Reading[AgeRange], limit: Fraction) -> Silent:
    """An age in years that does not reach a line, or that nothing tells."""
    return _beside(_NOT_OLDER, age, limit)


def not_younger(age: Reading[AgeRange], limit: Fraction) -> Silent:
    """An age in years that has reached a line, or that nothing tells."""
    return _beside(_NOT_YOUNGER, age, limit)


def years(age: AgeRange) -> Fact:
    """An age in years; both ends where the birth date is incomplete."""
    if age.partial:
        return Phrase("{low} or {high} years", low=age.low, high=age.high)
    return Measure(Fraction(age.low), YEARS)


def age_unknown_because(age: Absent | Unknown) -> Phrase:
    """Why the age cannot be told."""
    match age:
        case Absent():
            return _NO_BIRTH_DATE
        case Unknown(because):
            return because


def _beside(why: Phrase, age: Reading[AgeRange], limit: Fraction) -> Silent:
    match age:
        case Known(value):
            return Silent(why, {"age": years(value), "limit": Measure(limit, YEARS)})
        case Absent() | Unknown():
            return Silent(_AGE_UNKNOWN, {"because": age_unknown_because(age)})


# Country

_ABROAD = Phrase("Not in France: jurisdiction {jurisdiction}.")


def abroad(chart: Chart) -> Silent | None:
    """Why a rule that is France's alone does not apply; None in France."""
    code = chart.jurisdiction.code
    return None if code == "FR" else Silent(_ABROAD, {"jurisdiction": code})


# Dates

_BEFORE_PERIOD = Phrase("The rule applies from {start} on; this is {day}.")
_AFTER_PERIOD = Phrase("The rule applied until {end}; this is {day}.")


def not_in_period(period: Period, day: date) -> Silent:
    """A day outside of the period in which a rule applies."""
    if period.end is not None and day > period.end:
        return Silent(_AFTER_PERIOD, {"end": period.end, "day": day})
    return Silent(_BEFORE_PERIOD, {"start": period.start or day, "day": day})


# The daily dose by mouth

_AT_LEAST_NOT_ABOVE = Phrase("What can be told of the dose, {value}, is not above {limit}; the rest cannot: {because}.")
_AT_LEAST_BELOW = Phrase("What can be told of the dose, {value}, is below {limit}; the rest cannot: {because}.")
_BELOW = Phrase("{value}: below {limit}.")
_REST_UNKNOWN = Phrase("a part of the dose cannot be told")


def dose_not_above(total: Total, limit: Fraction) -> Silent:
    """A daily dose that is at its upper line or below it, as far as it is known."""
    return _dose(_AT_LEAST_NOT_ABOVE if total.at_least else _NOT_ABOVE, total, limit)


def dose_below(total: Total, limit: Fraction) -> Silent:
    """A daily dose that does not reach a line, as far as it is known."""
    return _dose(_AT_LEAST_BELOW if total.at_least else _BELOW, total, limit)


def _dose(why: Phrase, total: Total, limit: Fraction) -> Silent:
    facts: dict[str, Fact] = {"value": Measure(total.value, MG_PER_DAY), "limit": Measure(limit, MG_PER_DAY)}
    if total.at_least:
        facts["because"] = total.because or _REST_UNKNOWN
    return Silent(why, facts)


# Starts and increases

_NOT_A_START = Silent(Phrase("The patient has had baclofen by mouth before: this is no start."))
_START_UNKNOWN = Phrase("Whether this is a start cannot be told: {because}.")
_STARTS = Silent(Phrase("Baclofen by mouth is started: there is no dose before that could rise."))
_NOTHING_TO_RISE = Silent(Phrase("No baclofen by mouth was in effect whose dose could rise."))
_RISE_UNKNOWN = Phrase("Whether the dose rises cannot be told: {because}.")
_DOES_NOT_RISE = Phrase("The dose does not rise: {before} before, {after} now.")
_ONE_DOSE_UNKNOWN = Phrase("the dose of one order cannot be told")


def no_start(therapy: Therapy) -> Silent:
    """No start of baclofen by mouth, or none that is proven."""
    match therapy.starts:
        case Unknown(because):
            return Silent(_START_UNKNOWN, {"because": because})
        case Known() | Absent():
            return _NOT_A_START


def earlier_unknown(chart: Chart) -> Unknown | None:
    """Why "no baclofen by mouth before this signing" cannot be concluded where none is found; None where it can."""
    starts = chart.therapy.starts
    return starts if isinstance(starts, Unknown) else chart.drugs.missing


def no_increase(chart: Chart) -> Silent:
    """No increase of baclofen by mouth, or none that is proven."""
    therapy = chart.therapy
    if therapy.is_start:
        return _STARTS
    match therapy.before:
        case Unknown(because):
            return Silent(_RISE_UNKNOWN, {"because": because})
        case Absent():
            unknown = earlier_unknown(chart)
            return _NOTHING_TO_RISE if unknown is None else Silent(_RISE_UNKNOWN, {"because": unknown.because})
        case Known(before):
            total = therapy.total
            if total is None or total.at_least:
                known = None if total is None else total.because
                return Silent(_RISE_UNKNOWN, {"because": known or _ONE_DOSE_UNKNOWN})
            facts = {"before": Measure(before, MG_PER_DAY), "after": Measure(total.value, MG_PER_DAY)}
            return Silent(_DOES_NOT_RISE, facts)
