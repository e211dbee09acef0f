"""A reservoir solution that pumps are not filled with, or that is not what the pump is set to.

Fires for an infusion whose product holds another concentration than 500, 1000 or 2000 µg/mL and is not compounded, and for any product unlike
the concentration the pump was last programmed to: the pump counts volumes, so the dose is wrong by the ratio of the two. 500 in place of
2000 µg/mL is a fourfold error. The second leads, for it holds whatever the product.

Silent for boluses (IntrathecalTestDose) and where the product's concentration is not known. Not covered: the bridge bolus that a change of
concentration needs.
"""

from __future__ import annotations

from cds.chart.intrathecal import PumpOrder
from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import UG_PER_DAY
from cds.rules.finding import Fact, Finding, Indicator, Measure
from cds.rules.intrathecal._pump import UG_PER_ML

RULE = "IntrathecalConcentration"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding about the first infusion with a wrong solution, or None."""
    findings = (_check(infusion, chart, knowledge) for infusion in chart.intrathecal.infusions)
    return next((finding for finding in findings if finding is not None), None)


def _check(infusion: PumpOrder, chart: Chart, knowledge: Knowledge) -> Finding | None:
    concentration = infusion.concentration
    if concentration is None:
        return None  # nothing to compare
    values = {"concentration": Measure(concentration, UG_PER_ML)}
    if infusion.daily is not None:
        values["dailyDose"] = Measure(infusion.daily, UG_PER_DAY)
    match chart.intrathecal.programmed_concentration:
        case Known(programmed) if programmed != concentration:
            facts: dict[str, Fact] = {
                "programmed": Measure(programmed, UG_PER_ML),
                "factor": max(programmed, concentration) / min(programmed, concentration),
            }
            return Finding(RULE, Indicator.CRITICAL, "unlike_the_pump", values, facts)
        case Known() | Absent() | Unknown():
            pass
    on = chart.evaluation_date
    usual = [knowledge.figure(f"intrathecal.reservoir.{name}", on) for name in ("low", "middle", "high")]
    if concentration in usual or infusion.order.product.compounded:
        return None
    low, middle, high = (Measure(figure, UG_PER_ML) for figure in usual)
    return Finding(RULE, Indicator.CRITICAL, "unusual", values, {"low": low, "middle": middle, "high": high})
