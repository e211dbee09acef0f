"""Doses in amounts that a patient can take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.dose import DosePhase, Span
from cds.pharmacology.taper import TaperStep
from cds.remedies.model import Stage


def smallest_amount(order: Order, knowledge: Knowledge, on: date) -> Fraction | None:
    """The smallest amount of the order's own product, mg; None for an injection."""
    product = order.product
    if product.form == "injection":
        return None
    if product.form == "liquid" and product.concentration_mg_per_ml is not None:
        return product.concentration_mg_per_ml * knowledge.figure("dispensing.smallest_volume", on)
    if product.strength_mg is not None:
        whole = product.form == "granules"  # a packet is not divided
        return product.strength_mg * (1 if whole else knowledge.figure("dispensing.tablet_fraction", on))
    return knowledge.figure("dispensing.amount_unknown_strength", on)


def intakes_of(order: Order, chart: Chart, knowledge: Knowledge) -> int:
    """Intakes a day that the order asks for, between one and the most that the texts know."""
    times, on = order.plan.doses_per_day, chart.evaluation_date
    if times is None:
        return int(knowledge.figure("dispensing.usual_intakes", on))
    return max(1, min(int(knowledge.figure("dose.per_day.maximum", on)), int(times.high)))


def highest_within(limit: Fraction, order: Order, chart: Chart, knowledge: Knowledge) -> tuple[Fraction, ...] | None:
    """The highest dose up to a limit in equal intakes, as intakes in mg; None where the smallest amount is above it.

    Single doses stay within the labels' usual one where that is possible; as many intakes as the order asks for are preferred, and one
    intake a day only where two are not possible.
    """
    on = chart.evaluation_date
    unit = smallest_amount(order, knowledge, on)
    if unit is None or limit < unit:
        return None
    usual, wanted = knowledge.figure("dose.single.usual", on), intakes_of(order, chart, knowledge)
    fewest = int(knowledge.figure("dose.per_day.minimum", on))
    most = int(knowledge.figure("dose.per_day.maximum", on))
    found = []
    for times in range(fewest, most + 1):
        single = limit / times // unit * unit
        if single > 0:
            found.append((single <= usual, single * times, times == wanted, times, single))
    if found:
        _, _, _, times, single = max(found)
        return (single,) * times
    return (limit // unit * unit,)


def stages_from(steps: Iterable[TaperStep], start: date) -> tuple[Stage, ...]:
    """The levels of a plan with their days."""
    stages = []
    day = start
    for step in steps:
        stages.append(Stage(step.intakes, day, step.days))
        if step.days is not None:
            day += timedelta(days=step.days)
    return tuple(stages)


def redosed(order: Order, stages: Iterable[Stage], *, to_zero: bool = False) -> Order:
    """The order with these stages for its dosage, as the chart would read it back."""
    phases = tuple(_phase(stage) for stage in stages)
    if to_zero:
        none = Span.of(0)
        phases += (DosePhase(daily=none, dosing_day=none, per_dose=None, doses_per_day=none),)
    plan = replace(order.plan, phases=phases, read_from="structure", problems=(), sequenced=len(phases) > 1)
    return replace(order, plan=plan)


def _phase(stage: Stage) -> DosePhase:
    daily = Span.of(stage.daily_dose)
    return DosePhase(
        days=None if stage.days is None else Fraction(stage.days),
        daily=daily,
        dosing_day=daily,
        per_dose=Span(min(stage.intakes), max(stage.intakes)),
        doses_per_day=Span.of(len(stage.intakes)),
    )
