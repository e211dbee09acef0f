"""Baclofen by mouth together with an NSAID or another drug that lowers renal clearance, at an eGFR below 60 or from age 65.

Counts drugs on file and drafted ones, as needed included. It is checked from the other side, too: such a drug ordered for a patient who
takes baclofen. Not covered: contrast media, a course that has ended, topical use.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, Chart, Egfr, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import YEARS, may_be_at_least
from cds.rules._interaction import beside_baclofen, names, still_taken
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.renal._kidneys import (
    age_value,
    egfr_facts,
    egfr_unknown_because,
    impaired,
    kidney_facts,
    kidney_notes,
    kidney_values,
    usable_egfr,
)
from cds.rules.silence import age_unknown_because, years

RULE = "RenalNephrotoxic"
CLASSES = ("nsaid", "lowers_renal_clearance")

_NO_DRUG = Silent(
    Phrase("No NSAID and no other drug that lowers renal clearance is current on file, and none is being ordered.")
)
_DRUGS_UNKNOWN = Phrase("Whether a drug that lowers renal clearance is taken cannot be told: {because}.")
_NO_BACLOFEN = Phrase("No baclofen by mouth goes on or is ordered beside {drugs}.")
_BACLOFEN_UNKNOWN = Phrase("Whether baclofen by mouth goes on beside {drugs} cannot be told: {because}.")
_NOTHING_NEW = Phrase(
    "Neither baclofen by mouth nor a drug that lowers renal clearance is being ordered; on file: {drugs}."
)
_NEITHER = Phrase("eGFR {egfr} of {date}: not below {limit}. {age}: not {older} or older.")
_YOUNGER = Phrase("{age}: not {older} or older. Renal function cannot be told: {because}.")
_AGELESS = Phrase("eGFR {egfr} of {date}: not below {limit}. The age cannot be told: {age_because}.")
_UNTOLD = Phrase("Renal function cannot be told: {because}. Nor can the age: {age_because}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    drugs = beside_baclofen(chart, *CLASSES, oral=True)
    if not drugs:
        return _no_pair(chart)
    egfr = usable_egfr(chart)
    low = egfr is not None and impaired(egfr, chart, knowledge)
    older = knowledge.figure("older_adult.age", chart.evaluation_date)
    if not (low or may_be_at_least(chart.age, older)):
        return _neither(egfr, chart, knowledge.figure("renal.moderate", chart.evaluation_date), older)
    named: dict[str, Value] = {"drugs": names(drugs)}
    return Finding(
        RULE,
        Indicator.WARNING,
        "kidneys" if low else "age",
        values=kidney_values(chart) | age_value(chart) | named,
        facts=kidney_facts(chart),
        notes=kidney_notes(chart, age=not low),  # the birth date matters only where the age decides
    )


def _no_pair(chart: Chart) -> Silent:
    """Why no such drug meets baclofen in this signing."""
    drugs, missing = chart.taking(*CLASSES), chart.drugs.missing
    if not drugs:
        return _NO_DRUG if missing is None else Silent(_DRUGS_UNKNOWN, {"because": missing.because})
    facts: dict[str, Fact] = {"drugs": names(drugs)}
    if any(order.oral for order in still_taken(chart)):
        return Silent(_NOTHING_NEW, facts)
    if missing is None:
        return Silent(_NO_BACLOFEN, facts)
    return Silent(_BACLOFEN_UNKNOWN, facts | {"because": missing.because})


def _neither(egfr: Egfr | None, chart: Chart, line: Fraction, older: Fraction) -> Silent:
    """Neither renal function nor the age makes the pair a risk, or that cannot be told."""
    facts: dict[str, Fact] = {"because": egfr_unknown_because(chart)} if egfr is None else egfr_facts(egfr, line)
    match chart.age:
        case Known(age):
            facts |= {"age": years(age), "older": Measure(older, YEARS)}
            return Silent(_YOUNGER if egfr is None else _NEITHER, facts)
        case Absent() | Unknown() as untold:
            facts["age_because"] = age_unknown_because(untold)
            return Silent(_UNTOLD if egfr is None else _AGELESS, facts)
