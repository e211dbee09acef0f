"""Acute kidney injury and an oral order: the eGFR does not hold while creatinine is moving.

Fires on an active problem, or on a creatinine of 1.5 times an earlier value within 7 days. It leads the kidneys' card; the rules of the
eGFR bands and RenalOlderAdult are not listed beside it, RenalDialysis is. Not covered: urine output, baseline creatinine older than that.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, AcuteInjury, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import DAYS
from cds.rules._toxicity import recent_toxicity, undated_toxicity
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value
from cds.rules.renal._advice import advice_notes, situation
from cds.rules.renal._kidneys import kidney_facts, kidney_notes, kidney_values

RULE = "RenalAcute"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is ordered
    match chart.kidneys.acute:
        case Known(injury):
            return _finding(injury, chart, knowledge)
        case Absent() | Unknown():
            return None  # ChecksIncomplete says what was not sent


def _finding(injury: AcuteInjury, chart: Chart, knowledge: Knowledge) -> Finding:
    advice = tuple(note for note in advice_notes(chart, knowledge) if note != "renal_scaled")  # the eGFR does not hold
    return Finding(
        RULE,
        Indicator.CRITICAL,
        situation(chart, knowledge),
        values=kidney_values(chart) | _values(injury),
        facts=kidney_facts(chart) | _facts(injury) | _signs(chart, knowledge),
        notes=_evidence(injury) + kidney_notes(chart) + advice,
    )


def _values(injury: AcuteInjury) -> dict[str, Value]:
    values: dict[str, Value] = {}
    if injury.creatinine is not None:
        values["creatinine"] = Measure(injury.creatinine, "umol/L")
    if injury.days is not None:
        values["days"] = Measure(Fraction(injury.days), DAYS)
    return values


def _facts(injury: AcuteInjury) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    if injury.condition is not None:
        facts["condition"] = injury.condition
    if injury.earlier is not None:
        facts["earlier"] = Measure(injury.earlier, "umol/L")
    if injury.ratio is not None:
        facts["ratio"] = injury.ratio
    return facts


def _evidence(injury: AcuteInjury) -> tuple[str, ...]:
    notes: list[str] = []
    if injury.condition is not None:
        notes.append("acute_condition")
    if injury.creatinine is not None and injury.earlier is not None:
        notes.append("acute_creatinine")
    return tuple(notes)


def _signs(chart: Chart, knowledge: Knowledge) -> dict[str, Fact]:
    signs = recent_toxicity(chart, knowledge) or undated_toxicity(chart)
    return {"signs": tuple(sign.name for sign in signs)} if signs else {}
