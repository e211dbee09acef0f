"""What the renal rules share: the eGFR in force, its band, and the figures every kidney card shows."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from cds.chart.kidneys import EGFR_UNIT, as_printed
from cds.chart.model import Absent, Chart, Egfr, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, YEARS, notes
from cds.rules.finding import Fact, Measure, Silent, Value

Band = Literal["severe", "lower_moderate", "upper_moderate"]

METHOD_NOTES = {
    "reported": "egfr_reported",
    "CKD-EPI 2021": "creatinine_computed",
    "bedside Schwartz": "schwartz_computed",
}

_NOT_BELOW = Phrase("eGFR {egfr} of {date}: not below {limit}.")
_NO_EGFR = Phrase("Renal function cannot be told: {because}.")
_NONE_ON_FILE = Phrase("no eGFR or creatinine that still counts is on file")
_SEVERE = Phrase("eGFR {egfr} of {date}: below {limit}, where RenalSevere speaks.")


def usable_egfr(chart: Chart) -> Egfr | None:
    """The eGFR in force; None where there is none or it cannot be told, which RenalUnknown says."""
    match chart.kidneys.egfr:
        case Known(egfr):
            return egfr
        case Absent() | Unknown():
            return None


def on_dialysis(chart: Chart) -> bool:
    """Whether the record shows dialysis; a record that was not sent does not."""
    return isinstance(chart.kidneys.dialysis, Known)


def impaired(egfr: Egfr, chart: Chart, knowledge: Knowledge) -> bool:
    """Whether the eGFR is below the line under which every source asks for less baclofen."""
    return egfr.below(knowledge.figure("renal.moderate", chart.evaluation_date))


def band_of(egfr: Egfr, chart: Chart, knowledge: Knowledge) -> Band | None:
    """The band of impairment; None from the upper line on."""
    day = chart.evaluation_date
    if egfr.below(knowledge.figure("renal.severe", day)):
        return "severe"
    if egfr.below(knowledge.figure("renal.moderate_high.egfr", day)):
        return "lower_moderate"
    return "upper_moderate" if impaired(egfr, chart, knowledge) else None


def high_dose(chart: Chart, knowledge: Knowledge) -> bool:
    """Whether D is known to reach the dose of the cohort's high-dose arm; "at least" proves that, and never the contrary."""
    total = chart.therapy.total
    return total is not None and total.value >= knowledge.figure("renal.moderate_high.dose", chart.evaluation_date)


def kidney_values(chart: Chart) -> dict[str, Value]:
    """The daily dose, the eGFR and the creatinine it was computed from, as far as each is known."""
    values: dict[str, Value] = {}
    if chart.therapy.total is not None:
        values["dailyDose"] = Measure(chart.therapy.total.value, MG_PER_DAY)
    egfr = usable_egfr(chart)
    if egfr is not None:
        values["eGFR"] = Measure(egfr.value, EGFR_UNIT)
        if egfr.creatinine is not None:
            values["creatinine"] = Measure(egfr.creatinine, "umol/L")
    return values


def kidney_facts(chart: Chart) -> dict[str, Fact]:
    """How the eGFR is printed, its day, and Cockcroft-Gault beside it."""
    facts: dict[str, Fact] = {}
    egfr = usable_egfr(chart)
    if egfr is not None:
        facts |= {"egfr_shown": shown(egfr), "egfr_date": egfr.on}
        if egfr.creatinine is not None:
            facts["egfr_creatinine"] = Measure(egfr.creatinine, "umol/L")
    later = later_result(chart)
    if later is not None:
        facts["later"] = later
    match chart.kidneys.creatinine_clearance:
        case Known(clearance):
            facts["clearance"] = Measure(clearance, "mL/min")
        case Absent() | Unknown():
            pass  # shown where it is known, never asked for
    return facts


def age_value(chart: Chart) -> dict[str, Value]:
    """The age as a value, where it is known; of an incomplete birth date the older end, for which the renal rules fire."""
    match chart.age:
        case Known(age):
            return {"age": Measure(Fraction(age.high), YEARS)}
        case Absent() | Unknown():
            return {}


def kidney_notes(chart: Chart, *, age: bool = False) -> tuple[str, ...]:
    """Where the eGFR comes from, and what is uncertain about the dose and, where the finding rests on it, the age."""
    found: list[str] = []
    egfr = usable_egfr(chart)
    if egfr is not None:
        found.append(METHOD_NOTES[egfr.method])
    if isinstance(chart.kidneys.creatinine_clearance, Known):
        found.append("creatinine_clearance")
    if chart.kidneys.later is not None:
        found.append("result_later")
    return (*found, *notes(chart, dose=chart.therapy.total, age=age))


def egfr_facts(egfr: Egfr, limit: Fraction) -> dict[str, Fact]:
    """An eGFR with its day, and the line it was held against, for the sentence of a silent rule."""
    return {"egfr": shown(egfr), "date": egfr.on, "limit": Measure(limit, EGFR_UNIT)}


def egfr_not_below(egfr: Egfr, limit: Fraction) -> Silent:
    """An eGFR that is at a line or above it."""
    return Silent(_NOT_BELOW, egfr_facts(egfr, limit))


def is_severe(egfr: Egfr, chart: Chart, knowledge: Knowledge) -> Silent:
    """An eGFR that is RenalSevere's."""
    return Silent(_SEVERE, egfr_facts(egfr, knowledge.figure("renal.severe", chart.evaluation_date)))


def egfr_unknown_because(chart: Chart) -> Phrase:
    """Why there is no eGFR in force."""
    if isinstance(chart.kidneys.egfr, Unknown):
        return chart.kidneys.egfr.because
    later = later_result(chart)
    if later is None:
        return _NONE_ON_FILE
    day = chart.evaluation_date
    return Phrase(
        "{later} is later than {day}, the day that counts, and none before it still counts", later=later, day=day
    )


def later_result(chart: Chart) -> Phrase | None:
    """A result after the evaluation date, in words: it is not used, and no text may deny it."""
    later = chart.kidneys.later
    if later is None:
        return None
    if later.egfr is None:
        return Phrase("a result of {date}", date=later.on)
    return Phrase("eGFR {egfr} of {date}", egfr=shown(later.egfr), date=later.on)


def no_egfr(chart: Chart) -> Silent:
    """No eGFR is in force."""
    return Silent(_NO_EGFR, {"because": egfr_unknown_because(chart)})


def shown(egfr: Egfr) -> Fact:
    """The eGFR as printed, with the laboratory's comparator."""
    tenths = as_printed(egfr.value)
    if egfr.comparator is None:
        return tenths
    return Phrase("{comparator}{figure}", comparator=egfr.comparator, figure=tenths)
