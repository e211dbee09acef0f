"""A creatinine that cannot be in its unit: above 20 "mg/dL" or below 10 "µmol/L". Nothing is computed from it.

Where another result tells the eGFR, renal function was checked, and the card says by what. The guard itself is applied when the chart is
built; at exactly 20 mg/dL or 10 µmol/L a value counts. The card names the unit as sent.
Not covered: a wrong unit whose figure is still possible.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.renal._kidneys import kidney_values, shown, usable_egfr
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "RenalImplausible"

_POSSIBLE = Phrase("No creatinine that counts on {day} is above {highest} or below {lowest}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    day = chart.evaluation_date
    highest = Measure(knowledge.figure("renal.implausible.mg_dl", day), "mg/dL")
    lowest = Measure(knowledge.figure("renal.implausible.umol_l", day), "umol/L")
    if not chart.kidneys.implausible:
        return Silent(_POSSIBLE, {"highest": highest, "lowest": lowest, "day": day})
    newest = max(chart.kidneys.implausible, key=lambda creatinine: creatinine.on)
    by_mass = newest.unit.startswith("mg")
    message = "too_high" if by_mass else "too_low"
    facts: dict[str, Fact] = {"limit": highest if by_mass else lowest, "sample_date": newest.on}
    egfr = usable_egfr(chart)
    if egfr is not None:
        message = f"{message}_beside"
        facts |= {"egfr_shown": shown(egfr), "egfr_date": egfr.on}
    return Finding(
        RULE,
        Indicator.INFO,
        message,
        values={**kidney_values(chart), "creatinine": Measure(newest.value, newest.unit)},
        facts=facts,
    )
