"""A contraindication of the French programme, while it ran (2014-03-17 to 2020-12-13).

Uncontrolled (refractory) epilepsy or any Parkinson disease, psychosis, bipolar disorder, severe depression, severe renal, hepatic, cardiac
or respiratory insufficiency (renal also by dialysis or an eGFR below 30), porphyria, pregnancy for 45 weeks from its onset, breastfeeding,
dependence on another substance, tobacco and alcohol apart. All that are found stand on the card. A problem list that is not whole proves no
absence; ChecksIncomplete says so. Not covered: contraception, driving, social situation, wheat allergy (WheatAllergy).
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.kidneys import EGFR_UNIT
from cds.chart.model import Absent, Chart, Known, Problem, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import pregnancy_counts
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.renal._kidneys import egfr_facts, egfr_unknown_because
from cds.rules.rtu._programme import outside

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

_NONE = Phrase(
    "No contraindication of the programme that counts is on the problem list. eGFR {egfr} of {date}: not below {limit}."
)
_NO_EGFR = Phrase(
    "No contraindication of the programme that counts is on the problem list. Renal function cannot be told: {because}."
)
_DIALYSIS_UNKNOWN = Phrase(
    "No contraindication of the programme that counts is on the problem list; whether the patient is on dialysis cannot be told: "
    "{dialysis_because}. eGFR {egfr} of {date}: not below {limit}."
)
_KIDNEYS_UNKNOWN = Phrase(
    "No contraindication of the programme that counts is on the problem list; whether the patient is on dialysis cannot be told: "
    "{dialysis_because}. Nor can renal function: {because}."
)
_PARTLY_LISTED = Phrase(
    "Whether a contraindication of the programme is on record cannot be told: {list_because}. eGFR {egfr} of {date}: not "
    "below {limit}."
)
_UNKNOWN = Phrase(
    "Whether a contraindication of the programme is on record cannot be told: {list_because}. Nor can renal function: "
    "{because}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    elsewhere = outside(chart, knowledge, "rtu.contraindications")
    if elsewhere is not None:
        return elsewhere
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
    line = knowledge.figure("renal.severe", chart.evaluation_date)
    match chart.kidneys.egfr:
        case Known(egfr) if egfr.below(line):
            values["eGFR"] = Measure(egfr.value, EGFR_UNIT)
            kinds.add("egfr")
        case Known() | Absent() | Unknown():
            pass
    if not kinds:
        return _none(chart, line)
    facts: dict[str, Fact] = {"conditions": tuple(dict.fromkeys(names)), "kinds": tuple(sorted(kinds))}
    message = "both" if names and values else "conditions" if names else "kidneys"
    return Finding(RULE, Indicator.CRITICAL, message, values=values, facts=facts)


def _none(chart: Chart, line: Fraction) -> Silent:
    """Why none is found; dialysis, which a procedure may show where the problem list does not, is told apart from that list."""
    missing, dialysis = chart.problems.missing, chart.kidneys.dialysis
    facts: dict[str, Fact] = {}
    with_egfr, without = _NONE, _NO_EGFR
    if missing is not None:
        with_egfr, without, facts["list_because"] = _PARTLY_LISTED, _UNKNOWN, missing.because
    elif isinstance(dialysis, Unknown):
        with_egfr, without, facts["dialysis_because"] = _DIALYSIS_UNKNOWN, _KIDNEYS_UNKNOWN, dialysis.because
    match chart.kidneys.egfr:
        case Known(egfr):
            return Silent(with_egfr, facts | egfr_facts(egfr, line))
        case Absent() | Unknown():
            return Silent(without, facts | {"because": egfr_unknown_because(chart)})


def _counts(problem: Problem, chart: Chart, knowledge: Knowledge) -> bool:
    contraindicated = problem.kinds & CONTRAINDICATED
    if not problem.active or not contraindicated:
        return False
    return contraindicated != {"pregnancy"} or pregnancy_counts(problem, chart, knowledge)
