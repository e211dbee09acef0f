"""A baclofen order whose daily dose cannot be told: why, and which checks did not run because of it.

A warning when the order is signed, an info while it is being chosen. Not where another rule says the same more precisely: as needed
without a limit (OralAsNeeded), a volume without a concentration (LiquidConcentration); and not while an order is chosen that has no
dosage yet. A single intrathecal bolus has no daily dose.

Deliberately not covered: a sequence of which only some phases can be read; its dose counts as "at least".
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.dose import DosePhase
from cds.phrases import Phrase
from cds.rules._common import notes
from cds.rules.finding import Finding, Indicator

RULE = "DoseNotComputable"

ORAL_CHECKS = ("OralDailyMaximum", "OralSingleDose", "OralStartingDose", "OralTitrationStep", "OralDosesPerDay")
INTRATHECAL_CHECKS = ("UnitMismatch",)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Say which order's dose cannot be told, why, and what was not checked."""
    orders = [order for order in chart.therapy.checked if _untold(order, chart)]
    if not orders:
        return None  # every daily dose can be told, or another rule says why not
    reasons = tuple(dict.fromkeys(problem.text for order in orders for problem in order.plan.problems))
    rules = ORAL_CHECKS if any(order.oral for order in orders) else INTRATHECAL_CHECKS
    return Finding(
        rule=RULE,
        indicator=Indicator.INFO if chart.hook == "order-select" else Indicator.WARNING,
        message="because" if reasons else "no_reason",
        values={"drugs": tuple(order.product.name for order in orders)},
        facts={"reasons": reasons, "checks": tuple(Phrase(knowledge.rule(rule).check) for rule in rules)},
        notes=notes(chart),
    )


def _untold(order: Order, chart: Chart) -> bool:
    plan = order.plan
    if not order.oral and not order.intrathecal:
        return False  # neither route: the route itself is the question
    if order.peak is not None or plan.bolus is not None:
        return False  # a dose can be told
    if plan.has_problem("no-concentration"):
        return False  # LiquidConcentration
    if plan.phases and all(_only_unlimited(phase) for phase in plan.phases):
        return False  # OralAsNeeded
    unwritten = plan.read_from == "nothing" and not order.text
    return not (chart.hook == "order-select" and unwritten)  # else no dosage has been written yet


def _only_unlimited(phase: DosePhase) -> bool:
    """Whether nothing but the limit of its as-needed part is missing."""
    scheduled_told = not phase.scheduled or phase.dosing_day is not None
    return phase.as_needed and phase.per_dose is not None and scheduled_told
