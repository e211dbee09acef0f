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
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, UG_PER_DAY, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent

RULE = "UnitMismatch"


_OTHER_ROUTE = Silent(Phrase("No baclofen by mouth or into the spinal canal is being ordered."))
_NO_MICROGRAMS = Silent(Phrase("No dose by mouth that can be read is in micrograms."))
_BOLUS = Silent(Phrase("Into the spinal canal only single doses are ordered, which have no daily dose."))
_UNTOLD = Silent(Phrase("The intrathecal daily dose cannot be told."))
_USUAL = Phrase(
    "Highest known intrathecal dose {value}: below {limit}; read as µg, its milligrams would be no usual dose."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Critical for micrograms by mouth and for milligrams into the spinal canal."""
    oral = [order for order in chart.therapy.checked_oral if order.plan.has_problem("micrograms-by-mouth")]
    if oral:
        amounts = [peak * MG_TO_UG for order in oral if (peak := order.peak) is not None]
        values = {"dailyDose": Measure(max(amounts), UG_PER_DAY)} if amounts else {}
        return Finding(RULE, Indicator.CRITICAL, "oral", values, notes=notes(chart))
    daily = [amount for order in chart.therapy.checked_intrathecal if (amount := _daily(order)) is not None]
    if not daily:
        return _no_daily(chart)
    highest = max(daily)
    milligrams = highest / MG_TO_UG
    threshold = knowledge.figure("unit.intrathecal.mg_threshold", chart.evaluation_date)
    if milligrams < threshold:
        facts = {"value": Measure(highest, UG_PER_DAY), "limit": Measure(threshold * MG_TO_UG, UG_PER_DAY)}
        return Silent(_USUAL, facts)
    facts = {"milligrams": Measure(milligrams, MG_PER_DAY), "meant": Measure(milligrams, UG_PER_DAY)}
    return Finding(RULE, Indicator.CRITICAL, "intrathecal", {"dailyDose": Measure(highest, UG_PER_DAY)}, facts)


def _daily(order: Order) -> Fraction | None:
    """µg a day; None for a bolus, which is given once."""
    return None if _single(order) else order.peak


def _single(order: Order) -> bool:
    return order.plan.bolus is not None and not order.plan.infusion


def _no_daily(chart: Chart) -> Silent:
    pump = chart.therapy.checked_intrathecal
    if not pump:
        return _NO_MICROGRAMS if chart.therapy.checked_oral else _OTHER_ROUTE
    return _BOLUS if all(_single(order) for order in pump) else _UNTOLD
