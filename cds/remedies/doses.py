"""The draft with a dose that keeps to every limit the chart shows.

One dose serves all cards of an answer: the regime's maximum or a child's, the starting dose at a start, the largest step at an increase, the
reduced starting dose of impaired kidneys. It is offered only where it cannot itself be a sudden drop: what was taken before must be known.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from cds.chart.model import Absent, Chart, Known
from cds.chart.orders import DoseStep, Order
from cds.knowledge import Knowledge
from cds.pharmacology.taper import TaperLimits, plan_taper
from cds.remedies.amounts import highest_within, intakes_of, redosed, smallest_amount, stages_from
from cds.remedies.model import Limit, Redose, Remedy, Stage
from cds.rules._common import MG_PER_DAY, may_be_below
from cds.rules._conditions import allergic_to
from cds.rules._maximum import BRITISH_OR_FRENCH, daily_maximum, pediatric_maximum
from cds.rules._withdrawal import tolerance_lost
from cds.rules.age._weight import fresh_weight
from cds.rules.dose._titration import resumes_for_withdrawal
from cds.rules.finding import Measure
from cds.rules.renal._advice import scale_of
from cds.rules.renal._kidneys import band_of, on_dialysis, usable_egfr


def sole_order(chart: Chart) -> Order | None:
    """The one oral draft with a single scheduled phase; None where there are several, or it is no such draft."""
    if len(chart.therapy.checked_oral) != 1:
        return None
    (order,) = chart.therapy.checked_oral
    phases = order.plan.phases
    if not order.draft or order.plan.as_needed or len(phases) != 1 or phases[0].peak is None:
        return None
    return order


def fitting_dose(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """The highest dose of the draft within every limit; None where the draft keeps to them, or where it would be a sudden drop."""
    order, total = sole_order(chart), chart.therapy.total
    if order is None or total is None or order.peak is None or _to_be_avoided(chart, knowledge):
        return None
    most = _limit(chart, knowledge) - (total.value - order.peak)
    if most >= order.peak:
        return None
    intakes = highest_within(most, order, chart, knowledge)
    if intakes is None:
        return None
    stage = Stage(intakes, chart.evaluation_date)
    if _drops(total.value - order.peak + stage.daily_dose, chart, knowledge):
        return None
    return Remedy("dose", Redose(order, (stage,)), facts=_facts(stage))


def renal_dose(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """The dose as published for the renal function: the reduced start, or the dose before scaled, in steps where it is far below."""
    order, before, on = sole_order(chart), chart.therapy.before, chart.evaluation_date
    egfr = usable_egfr(chart)
    band = None if egfr is None else band_of(egfr, chart, knowledge)
    if order is None or egfr is None or band is None or band == "severe":
        return None
    if isinstance(before, Absent):
        fitting = fitting_dose(chart, knowledge)
        return None if fitting is None else replace(fitting, key="renal_dose")
    if not isinstance(before, Known) or len(chart.therapy.oral) != 1 or not order.peak:
        return None
    unit = smallest_amount(order, knowledge, on)
    scale = scale_of(egfr, band, chart, knowledge)
    scaled = before.value * (1 - knowledge.figure(scale.reduction, on))
    if band == "lower_moderate" and unit is not None:
        scaled = min(
            scaled, knowledge.figure("renal.moderate_high.dose", on) - unit
        )  # below the dose of the higher risk
    intakes = highest_within(scaled, order, chart, knowledge)
    if intakes is None or unit is None or sum(intakes) >= min(order.peak, before.value):
        return None
    target = Stage(intakes, on)
    if not _drops(target.daily_dose, chart, knowledge):
        return Remedy("renal_dose", Redose(order, (target,)), facts=_facts(target))
    limits = TaperLimits(knowledge.figure("taper.step", on), int(knowledge.figure("taper.interval", on)), 0)
    steps = plan_taper(
        before.value,
        unit=unit,
        intakes=intakes_of(order, chart, knowledge),
        limits=limits,
        target=target.daily_dose,
    )
    if steps is None or len(steps) > knowledge.figure("dispensing.longest_plan", on):
        return None
    stages = stages_from(steps, on)
    return Remedy("renal_steps", Redose(order, stages), facts=_facts(target))


def as_needed_limit(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """The as-needed draft with a daily maximum: what the limits of the whole day leave beside the other orders, in whole doses."""
    orders = [order for order in chart.therapy.checked_oral if order.plan.as_needed]
    if len(orders) != 1 or not orders[0].draft or orders[0].plan.scheduled:
        return None
    (order,) = orders
    others = [other for other in chart.therapy.oral if other is not order]
    if any(other.partly_unknown for other in others) or order.plan.per_dose is None:
        return None
    rest = _limit(chart, knowledge) - sum((other.floor for other in others), Fraction(0))
    limit = rest // order.plan.per_dose.high * order.plan.per_dose.high  # whole doses
    if limit <= 0:
        return None
    return Remedy("limit", Limit(order, limit), facts={"limit": Measure(limit, MG_PER_DAY)})


def with_remedy(chart: Chart, remedy: Remedy) -> Chart:
    """The chart as it would be with the draft changed: for asking the rules again."""
    change, therapy = remedy.change, chart.therapy
    match change:
        case Redose(order, stages, to_zero):
            changed = redosed(order, stages, to_zero=to_zero)
        case Limit(order, maximum):
            phases = tuple(replace(phase, as_needed_maximum=maximum) for phase in order.plan.phases)
            changed = replace(order, plan=replace(order.plan, phases=phases))
        case _:
            return chart
    total = therapy.total
    if total is not None:
        total = replace(total, value=total.value - order.floor + changed.floor)
    return replace(
        chart,
        therapy=replace(
            therapy,
            checked=tuple(changed if one is order else one for one in therapy.checked),
            oral=tuple(changed if one is order else one for one in therapy.oral),
            total=total,
            steps=_steps(changed, order, chart),
        ),
    )


def _steps(changed: Order, order: Order, chart: Chart) -> tuple[DoseStep, ...]:
    """The first step of the changed draft; the levels of a stepwise reduction are planned within the limits."""
    therapy = chart.therapy
    if not isinstance(therapy.before, Known) or therapy.total is None:
        return ()
    first = changed.plan.phases[0].peak or Fraction(0)
    after = therapy.total.value - order.floor + first
    if after == therapy.before.value:
        return ()
    since = therapy.before_since
    days = None if since is None else Fraction((chart.evaluation_date - since).days)
    return (DoseStep(therapy.before.value, after, days, first=True),)


def _to_be_avoided(chart: Chart, knowledge: Knowledge) -> bool:
    """Whether no dose at all is to be recommended: dialysis, an eGFR that says avoid, acute injury, an allergy to baclofen."""
    egfr = usable_egfr(chart)
    if on_dialysis(chart) or (egfr is not None and band_of(egfr, chart, knowledge) == "severe"):
        return True
    return isinstance(chart.kidneys.acute, Known) or bool(allergic_to(chart, "baclofen_allergy"))


def _limit(chart: Chart, knowledge: Knowledge) -> Fraction:
    """The lowest figure for the whole oral dose of a day."""
    limits = [daily_maximum(chart, knowledge)]
    on, regime, therapy = chart.evaluation_date, chart.regime, chart.therapy
    child = pediatric_maximum(chart, knowledge) is not None
    weight = fresh_weight(chart, knowledge) if chart.jurisdiction.code in BRITISH_OR_FRENCH else None
    by_weight = weight is not None and may_be_below(chart.age, knowledge.figure("age.adult", on))
    if weight is not None and by_weight:
        limits.append(weight.kg * knowledge.figure("pediatric.mg_per_kg", on))
    egfr = usable_egfr(chart)
    impaired = egfr is not None and band_of(egfr, chart, knowledge) is not None
    if isinstance(therapy.before, Absent) or tolerance_lost(chart, knowledge):
        limits.append(regime.start)
        if weight is not None and by_weight and child:
            limits.append(weight.kg * knowledge.figure("pediatric.start_mg_per_kg", on))
        if impaired:
            limits.append(knowledge.figure("renal.start.moderate", on))
    elif isinstance(therapy.before, Known) and therapy.increases and not resumes_for_withdrawal(chart):
        first = therapy.increases[0]
        soon = first.days is not None and first.days < regime.interval_days
        limits.append(therapy.before.value if soon or impaired else therapy.before.value + regime.step)
    return min(limits)


def _drops(after: Fraction, chart: Chart, knowledge: Knowledge) -> bool:
    """Whether going to a dose at once would be more than one step of a taper, or that cannot be told."""
    if isinstance(chart.therapy.before, Absent) or tolerance_lost(chart, knowledge):
        return False
    if not isinstance(chart.therapy.before, Known):
        return True
    return chart.therapy.before.value - after > knowledge.figure("taper.step", chart.evaluation_date)


def _facts(stage: Stage) -> dict[str, Measure]:
    return {"new_dose": Measure(stage.daily_dose, MG_PER_DAY)}
