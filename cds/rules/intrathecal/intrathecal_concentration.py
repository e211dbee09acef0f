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
from cds.phrases import Phrase
from cds.rules._common import UG_PER_DAY
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.intrathecal._pump import UG_PER_ML, no_infusion

RULE = "IntrathecalConcentration"

_NOT_KNOWN = Silent(Phrase("The concentration of the product is not known."))
_USUAL = Phrase("{concentration}: one of {low}, {middle} and {high}; {pump}.")
_COMPOUNDED = Phrase("{concentration}: a compounded product; {pump}.")
_USUAL_PUMP_UNKNOWN = Phrase(
    "{concentration}: one of {low}, {middle} and {high}; what the pump is programmed to cannot be told, because {because}."
)
_COMPOUNDED_PUMP_UNKNOWN = Phrase(
    "{concentration}: a compounded product; what the pump is programmed to cannot be told, because {because}."
)
AS_PROGRAMMED = Phrase("the pump is programmed to the same")
NOT_PROGRAMMED = Phrase("what the pump is programmed to is not on file")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding about the first infusion with a wrong solution."""
    if not chart.intrathecal.infusions:
        return no_infusion(chart)
    said = [_check(infusion, chart, knowledge) for infusion in chart.intrathecal.infusions]
    return next((one for one in said if isinstance(one, Finding)), said[0])


def _check(infusion: PumpOrder, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    concentration = infusion.concentration
    if concentration is None:
        return _NOT_KNOWN
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
    low, middle, high = (Measure(figure, UG_PER_ML) for figure in usual)
    reservoir: dict[str, Fact] = {"low": low, "middle": middle, "high": high}
    if concentration not in usual and not infusion.order.product.compounded:
        return Finding(RULE, Indicator.CRITICAL, "unusual", values, reservoir)
    reservoir |= values
    match chart.intrathecal.programmed_concentration:
        case Unknown(because):
            why = _USUAL_PUMP_UNKNOWN if concentration in usual else _COMPOUNDED_PUMP_UNKNOWN
            return Silent(why, reservoir | {"because": because})
        case Known() | Absent() as reading:
            pump = AS_PROGRAMMED if isinstance(reading, Known) else NOT_PROGRAMMED
            return Silent(_USUAL if concentration in usual else _COMPOUNDED, reservoir | {"pump": pump})
