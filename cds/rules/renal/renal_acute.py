"""Acute kidney injury and an oral order: the eGFR does not hold while creatinine is moving.

Fires on an active problem, or on a creatinine of the last 7 days that is 1.5 times one of the 7 days before it, while the newest is that high as
well. It leads the kidneys' card; the rules of the eGFR bands and RenalOlderAdult are not listed beside it, RenalDialysis is. Not covered: urine output, baseline creatinine older than that.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, AcuteInjury, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.renal._advice import advice_notes, sign_facts, situation
from cds.rules.renal._kidneys import kidney_facts, kidney_notes, kidney_values
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "RenalAcute"

_NONE = Phrase(
    "No acute kidney injury is active on the problem list, and of the creatinines of the {window} up to {day} none is {ratio} times one of the "
    "{window} before it while the newest is that high as well."
)
_UNKNOWN = Phrase("Acute kidney injury cannot be excluded: {because}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    match chart.kidneys.acute:
        case Known(injury):
            return _finding(injury, chart, knowledge)
        case Absent():
            day = chart.evaluation_date
            window = Measure(knowledge.figure("renal.acute.window", day), DAYS)
            return Silent(_NONE, {"ratio": knowledge.figure("renal.acute.ratio", day), "window": window, "day": day})
        case Unknown(because):
            return Silent(_UNKNOWN, {"because": because})


def _finding(injury: AcuteInjury, chart: Chart, knowledge: Knowledge) -> Finding:
    advice = tuple(note for note in advice_notes(chart, knowledge) if note != "renal_scaled")  # the eGFR does not hold
    return Finding(
        RULE,
        Indicator.CRITICAL,
        situation(chart, knowledge),
        values=kidney_values(chart) | _values(injury),
        facts=kidney_facts(chart) | _facts(injury) | sign_facts(chart, knowledge),
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
    if injury.on is not None:
        facts["sample_date"] = injury.on
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
