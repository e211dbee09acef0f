"""An order that mixes up milligrams and micrograms.

Fires for an oral order in micrograms, and for an intrathecal daily dose that would be a usual one if its milligrams were micrograms:
from 12 mg a day, because 12 micrograms is the least that pumps give. Between the highest intrathecal dose and that it is a range
error, which IntrathecalDailyRange says. There is no upper end: nothing above is a plausible dose either.

Deliberately not covered: boluses (IntrathecalTestDose), and tablets mixed up with mg.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.dose import MG_TO_UG
from cds.rules._common import MG_PER_DAY, notes
from cds.rules.finding import Finding, Indicator, Measure

RULE = "UnitMismatch"

UG_PER_DAY = "ug/d"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Critical for micrograms by mouth and for milligrams into the spinal canal."""
    oral = [order for order in chart.therapy.checked_oral if order.plan.has_problem("micrograms-by-mouth")]
    if oral:
        amounts = [peak * MG_TO_UG for order in oral if (peak := order.peak) is not None]
        values = {"dailyDose": Measure(max(amounts), UG_PER_DAY)} if amounts else {}
        return Finding(RULE, Indicator.CRITICAL, "oral", values, notes=notes(chart))
    daily = [amount for order in chart.therapy.checked_intrathecal if (amount := _daily(order)) is not None]
    if not daily:
        return None  # no intrathecal daily dose is ordered, or it cannot be told
    highest = max(daily)
    milligrams = highest / MG_TO_UG
    if milligrams < knowledge.figure("unit.intrathecal.mg_threshold", chart.evaluation_date):
        return None  # in micrograms it would be no usual dose; if it is too high, IntrathecalDailyRange says so
    facts = {"milligrams": Measure(milligrams, MG_PER_DAY), "meant": Measure(milligrams, UG_PER_DAY)}
    return Finding(RULE, Indicator.CRITICAL, "intrathecal", {"dailyDose": Measure(highest, UG_PER_DAY)}, facts)


def _daily(order: Order) -> Fraction | None:
    """µg a day; None for a bolus, which is given once."""
    return None if order.plan.bolus is not None and not order.plan.infusion else order.peak
