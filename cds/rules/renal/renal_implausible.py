"""A creatinine that cannot be in its unit: above 20 "mg/dL" or below 10 "µmol/L". Nothing is computed from it.

The guard itself is applied when the chart is built; at exactly 20 mg/dL or 10 µmol/L a value counts. The card names the unit as sent.
Not covered: a wrong unit whose figure is still possible.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator, Measure
from cds.rules.renal._kidneys import kidney_values

RULE = "RenalImplausible"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is ordered
    if not chart.kidneys.implausible:
        return None
    newest = max(chart.kidneys.implausible, key=lambda creatinine: creatinine.on)
    day = chart.evaluation_date
    by_mass = newest.unit.startswith("mg")
    limit = (
        Measure(knowledge.figure("renal.implausible.mg_dl", day), "mg/dL")
        if by_mass
        else Measure(knowledge.figure("renal.implausible.umol_l", day), "umol/L")
    )
    return Finding(
        RULE,
        Indicator.INFO,
        "too_high" if by_mass else "too_low",
        values={**kidney_values(chart), "creatinine": Measure(newest.value, newest.unit)},
        facts={"limit": limit, "sample_date": newest.on},
    )
