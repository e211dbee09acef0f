"""What the rules of admission and discharge say of the baclofen taken at home."""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.rules._common import MG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Value


def omission(chart: Chart, rule: str, indicator: Indicator, message: str) -> Finding:
    """Home baclofen that is missing where it should be ordered: its dose, or the same said without one."""
    values: dict[str, Value] = {}
    match chart.stay.home_dose:
        case Known(dose):
            values["dailyDose"] = Measure(dose, MG_PER_DAY)
        case Absent() | Unknown():
            message = f"{message}_dose_unknown"
    return Finding(rule, indicator, message, values)
