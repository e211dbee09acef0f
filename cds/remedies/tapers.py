"""Tapers: instead of a stop, slower than a fast one, of a draft that should not go on, of the oral order beside a pump."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Reading, Unknown
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.taper import TaperLimits, plan_taper
from cds.remedies.amounts import intakes_of, smallest_amount, stages_from
from cds.remedies.doses import sole_order
from cds.remedies.model import Redose, Remedy, Stage, Taper
from cds.rules._common import DAYS, MG_PER_DAY
from cds.rules.finding import Fact, Measure


@dataclass(frozen=True, slots=True)
class _Course:
    """What a taper is planned from.

    Attributes:
        order: whose product is taken.
        dose: mg/day in effect before.
        start: the first day of the first reduction.
        exposure: days of baclofen so far; what is not known counts as long.
    """

    order: Order
    dose: Fraction
    start: date
    exposure: Reading[int]


def taper_instead_of_stop(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """A taper of the one oral order that is stopped; none for a stop that toxicity calls for."""
    stops = [stop for stop in chart.therapy.stops if not stop.taper_on_record]
    if len(stops) != 1 or any(order.draft for order in chart.therapy.oral):
        return None  # two tapers side by side could fall by two steps on one day; another draft would add to the taper
    (stop,) = stops
    if stop.toxicity or not stop.order.oral:
        return None
    exposure: Reading[int] = Absent() if stop.exposure is None else Known(stop.exposure)
    return _following("taper", _course(stop.order, chart.today, exposure), chart, knowledge, ("AbruptStop",))


def taper_beside_pump(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """A taper of the one oral baclofen order that runs, or would run on, beside the pump; other antispasmodics stay to be dealt with."""
    mends = () if chart.taking("oral_antispasmodic") else ("IntrathecalWithOral",)
    draft = taper_of_draft(chart, knowledge)
    if draft is not None:
        return replace(draft, key="oral_taper", mends=mends)
    running = [order for order in chart.therapy.oral if not order.draft]
    if len(running) != 1 or len(chart.therapy.oral) != 1:
        return None
    course = _course(running[0], chart.evaluation_date, chart.therapy.exposure)
    return _following("oral_taper", course, chart, knowledge, mends)


def taper_of_draft(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """The draft that carries baclofen on, made a taper to zero: where the kidneys say to avoid it."""
    order, before = sole_order(chart), chart.therapy.before
    if order is None or len(chart.therapy.oral) != 1 or not isinstance(before, Known) or before.value <= 0:
        return None
    course = _Course(order, before.value, chart.evaluation_date, chart.therapy.exposure)
    stages = _stages(course, chart, knowledge)
    if stages is None:
        return None
    return Remedy("renal_taper", Redose(order, stages, to_zero=True), facts=_facts(before.value, stages))


def slower_taper(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """The draft as a taper within the limits: to zero where it goes there, else in steps to its own dose."""
    therapy, on = chart.therapy, chart.evaluation_date
    if len(therapy.oral) != 1 or len(therapy.checked_oral) != 1 or not isinstance(therapy.before, Known):
        return None
    (order,) = therapy.checked_oral
    unit = smallest_amount(order, knowledge, on)
    peaks = [phase.peak for phase in order.plan.phases]
    if order.plan.has_problem("micrograms-by-mouth"):
        return None  # a slip of the unit is to be corrected, not tapered
    if not order.draft or unit is None or any(peak is None for peak in peaks) or therapy.before.value <= 0:
        return None
    last = peaks[-1] or Fraction(0)
    target = Fraction(0) if therapy.reaches_zero else -(-last // unit) * unit
    if target >= therapy.before.value:
        return None
    course = _Course(order, therapy.before.value, order.start or on, therapy.exposure)
    stages = _stages(course, chart, knowledge, target=target)
    if stages is None:
        return None
    change = Redose(order, stages, to_zero=target == 0)
    return Remedy("slower_taper", change, ("TaperTooFast",), _facts(course.dose, stages))


def _course(order: Order, start: date, exposure: Reading[int]) -> _Course | None:
    """The course of an order on file; None where its dose is as needed or cannot be told."""
    phase = order.phase_on(start)
    dose = phase[0].peak if phase else None
    return None if not dose or order.plan.as_needed else _Course(order, dose, start, exposure)


def _following(
    key: str, course: _Course | None, chart: Chart, knowledge: Knowledge, mends: tuple[str, ...]
) -> Remedy | None:
    """A taper as an order of its own after the one on file."""
    stages = None if course is None else _stages(course, chart, knowledge)
    if course is None or stages is None:
        return None
    return Remedy(key, Taper(course.order, stages), mends, _facts(course.dose, stages))


def _stages(
    course: _Course, chart: Chart, knowledge: Knowledge, *, target: Fraction = Fraction(0)
) -> tuple[Stage, ...] | None:
    unit = smallest_amount(course.order, knowledge, course.start)
    if unit is None:
        return None
    match course.exposure:
        case Known(days):
            long = days > knowledge.figure("stop.exposure.long", course.start)
        case Absent() | Unknown():
            long = True
    limits = TaperLimits(
        step=knowledge.figure("taper.step", course.start),
        interval=int(knowledge.figure("taper.interval", course.start)),
        length=int(knowledge.figure("taper.length_long" if long else "taper.length", course.start)),
    )
    intakes = intakes_of(course.order, chart, knowledge)
    steps = plan_taper(course.dose, unit=unit, intakes=intakes, limits=limits, target=target)
    if not steps or len(steps) > knowledge.figure("dispensing.longest_plan", course.start):
        return None
    return stages_from(steps, course.start)


def _facts(dose: Fraction, stages: tuple[Stage, ...]) -> dict[str, Fact]:
    days = sum(stage.days for stage in stages if stage.days is not None)
    return {
        "dose": Measure(dose, MG_PER_DAY),
        "new_dose": Measure(stages[-1].daily_dose, MG_PER_DAY),
        "days": Measure(Fraction(days), DAYS),
    }
