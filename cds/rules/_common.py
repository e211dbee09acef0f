"""What several families of rules need: units, notes on a finding, ages that may be a range, the dose of a first phase."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from fractions import Fraction

from cds.chart.model import Absent, AgeRange, Chart, Known, Reading, Unknown
from cds.chart.orders import Order, Total
from cds.phrases import Phrase
from cds.rules.finding import Fact, Measure, Value

MG_PER_DAY = "mg/d"
UG_PER_DAY = "ug/d"
MG = "mg"
UG = "ug"
DAYS = "d"
HOURS = "h"
PERCENT = "%"
YEARS = "a"
KG = "kg"


def notes(chart: Chart, *, regime: bool = False, dose: Total | None = None, age: bool = False) -> tuple[str, ...]:
    """The shared notes that belong on a finding.

    Args:
        chart: the patient.
        regime: the finding rests on the regime, so what is uncertain about the choice of it is said.
        dose: the total that was compared; where it is only a lower bound, that is said.
        age: the finding rests on the age; an incomplete birth date is said.
    """
    found: list[str] = list(chart.regime.caveats) if regime else []
    if dose is not None and dose.at_least:
        found.append("at_least")
    if age and isinstance(chart.age, Known) and chart.age.value.partial:
        found.append("partial_birth_date")
    if chart.therapy.renewals:
        found.append("renewal")
    return tuple(found)


def may_be_below(age: Reading[AgeRange], years: Fraction) -> bool:
    """Whether the age is known and one end of it lies below."""
    match age:
        case Known(value):
            return value.below(years)
        case Absent() | Unknown():
            return False


def may_be_at_least(age: Reading[AgeRange], years: Fraction) -> bool:
    """Whether the age is known and one end of it is this or above."""
    match age:
        case Known(value):
            return value.at_least(years)
        case Absent() | Unknown():
            return False


def certainly_below(age: Reading[AgeRange], years: Fraction) -> bool:
    """Whether the age is known and lies below at both ends."""
    return may_be_below(age, years) and not may_be_at_least(age, years)


def first_phase_total(orders: Iterable[Order]) -> Total:
    """mg/day on the heaviest day of the first phases: what a start begins with.

    As-needed use counts at its highest; a part that cannot be told makes the sum a lower bound.
    """
    begun = tuple(_first_phase(order) for order in orders)
    unknown = any(order.partly_unknown for order in begun)
    because = Phrase("a part of the first dose cannot be told") if unknown else None
    return Total(sum((order.floor for order in begun), Fraction(0)), at_least=unknown, because=because, orders=begun)


def _first_phase(order: Order) -> Order:
    return dataclasses.replace(order, plan=dataclasses.replace(order.plan, phases=order.plan.phases[:1]))


def dose_values(chart: Chart) -> dict[str, Value]:
    """The baclofen dose among a finding's values: D, else the intrathecal dose; empty where neither can be told, or for a test dose."""
    dose = _dose(chart)
    return {} if dose is None or dose.unit == UG else {"dailyDose": dose}


def dose_facts(chart: Chart) -> dict[str, Fact]:
    """What `{daily}` says where D cannot: the intrathecal dose of a patient who takes nothing by mouth. Empty otherwise."""
    dose = _dose(chart)
    return {} if dose is None or chart.therapy.total is not None else {"daily": dose}


def _dose(chart: Chart) -> Measure | None:
    """D; where there is no oral baclofen the intrathecal dose, ordered or on file, µg/24 h or µg at once."""
    therapy = chart.therapy
    if therapy.total is not None:
        return Measure(therapy.total.value, MG_PER_DAY)
    if therapy.oral:
        return None
    for order in (*therapy.checked_intrathecal, *therapy.intrathecal, *therapy.taken):
        if order.intrathecal and order.plan.bolus is not None:
            return Measure(order.plan.bolus, UG)
        if order.intrathecal and order.peak is not None:
            return Measure(order.peak, UG_PER_DAY)
    return None


def clock(hours: Fraction) -> Phrase:
    """A time in hours and minutes: `23 h 59 min`."""
    whole = int(hours)
    minutes = int((hours - whole) * 60)
    return (
        Phrase("{hours} h {minutes} min", hours=whole, minutes=minutes) if minutes else Phrase("{hours} h", hours=whole)
    )
