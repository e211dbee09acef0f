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
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "DoseNotComputable"

ORAL_CHECKS = ("OralDailyMaximum", "OralSingleDose", "OralStartingDose", "OralTitrationStep", "OralDosesPerDay")
INTRATHECAL_CHECKS = ("UnitMismatch",)

_TOLD = Silent(Phrase("The dose of every baclofen order can be told."))
_OTHER_ROUTE = Silent(Phrase("Baclofen is ordered by another route than by mouth or into the spinal canal."))
_NO_CONCENTRATION = Silent(
    Phrase("The dose cannot be told for want of a concentration, which LiquidConcentration says.")
)
_NO_LIMIT = Silent(Phrase("The dose cannot be told for want of a limit on as-needed use, which OralAsNeeded says."))
_NOT_WRITTEN = Silent(Phrase("No dosage has been written yet."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Say which order's dose cannot be told, why, and what was not checked."""
    checked = chart.therapy.checked
    orders = [order for order in checked if _settled(order, chart) is None]
    if not orders:
        settled = [why for order in checked if (why := _settled(order, chart)) is not None]
        return next((why for why in settled if why is not _TOLD), _TOLD if settled else NOTHING_ORDERED)
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


def _settled(order: Order, chart: Chart) -> Silent | None:
    """Why nothing is to be said of an order; None where its dose cannot be told and no other rule says so."""
    plan = order.plan
    if not order.oral and not order.intrathecal:
        return _OTHER_ROUTE
    if order.peak is not None or plan.bolus is not None:
        return _TOLD
    if plan.has_problem("no-concentration"):
        return _NO_CONCENTRATION
    if plan.phases and all(_only_unlimited(phase) for phase in plan.phases):
        return _NO_LIMIT
    unwritten = plan.read_from == "nothing" and not order.text
    return _NOT_WRITTEN if chart.hook == "order-select" and unwritten else None


def _only_unlimited(phase: DosePhase) -> bool:
    """Whether nothing but the limit of its as-needed part is missing."""
    scheduled_told = not phase.scheduled or phase.dosing_day is not None
    return phase.as_needed and phase.per_dose is not None and scheduled_told
