"""A contraindication of the French programme, while it ran (2014-03-17 to 2020-12-13).

Uncontrolled (refractory) epilepsy or any Parkinson disease, psychosis, bipolar disorder, severe depression, severe renal, hepatic, cardiac
or respiratory insufficiency (renal also by dialysis or an eGFR below 30), porphyria, pregnancy for 45 weeks from its onset, breastfeeding,
dependence on another substance, tobacco and alcohol apart. All that are found stand on the card. A problem list that is not whole proves no
absence; ChecksIncomplete says so. Not covered: contraception, driving, social situation, wheat allergy (WheatAllergy).
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Problem, Unknown
from cds.knowledge import Knowledge
from cds.rules._conditions import pregnancy_counts
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value
from cds.rules.rtu._programme import concerns

RULE = "RtuContraindication"

CONTRAINDICATED = frozenset(
    {
        "refractory_epilepsy",
        "parkinson",
        "schizophrenia_psychosis",
        "bipolar",
        "depression_severe",
        "severe_renal_insufficiency",
        "hepatic_insufficiency_severe",
        "cardiac_insufficiency_severe",
        "respiratory_insufficiency_severe",
        "porphyria",
        "pregnancy",
        "breastfeeding",
        "substance_dependence",
    }
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not concerns(chart) or not knowledge.period("rtu.contraindications").contains(chart.evaluation_date):
        return None
    found = tuple(problem for problem in chart.problems.entries if _counts(problem, chart, knowledge))
    kinds = {kind for problem in found for kind in problem.kinds & CONTRAINDICATED}
    names = [problem.name for problem in found]
    match chart.kidneys.dialysis:
        case Known(dialysis):
            names.append(dialysis.name)
            kinds.add("dialysis")
        case Absent() | Unknown():
            pass
    values: dict[str, Value] = {}
    match chart.kidneys.egfr:
        case Known(egfr) if egfr.below(knowledge.figure("renal.severe", chart.evaluation_date)):
            values["eGFR"] = Measure(egfr.value, "mL/min/{1.73_m2}")
            kinds.add("egfr")
        case Known() | Absent() | Unknown():
            pass
    if not kinds:
        return None
    facts: dict[str, Fact] = {"conditions": tuple(dict.fromkeys(names)), "kinds": tuple(sorted(kinds))}
    message = "both" if names and values else "conditions" if names else "kidneys"
    return Finding(RULE, Indicator.CRITICAL, message, values=values, facts=facts)


def _counts(problem: Problem, chart: Chart, knowledge: Knowledge) -> bool:
    contraindicated = problem.kinds & CONTRAINDICATED
    if not problem.active or not contraindicated:
        return False
    return contraindicated != {"pregnancy"} or pregnancy_counts(problem, chart, knowledge)
