"""No usable eGFR or creatinine: none within its window, none readable, or results not sent.

The window (12 months; 3 from age 65 or with known chronic kidney disease) is applied when the chart is built. A warning at a known start
of 20 mg/day and more from age 65, else info. Also an info where a newer result than the one in force cannot be read. Silent
beside RenalDialysis, RenalAcute and RenalImplausible, which have more to say. A result later than the order does not count and is named.

Not covered: whether a result that is in its window is still true.
"""

from __future__ import annotations

from dataclasses import dataclass

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, may_be_at_least, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.renal._kidneys import age_value, kidney_values, later_result, on_dialysis, shown
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "RenalUnknown"

_DIALYSIS = Silent(Phrase("Dialysis is on file: RenalDialysis has more to say."))
_ACUTE = Silent(Phrase("Acute kidney injury is on file: RenalAcute has more to say."))
_IMPLAUSIBLE = Silent(Phrase("A creatinine cannot be in its unit: RenalImplausible has more to say."))
_KNOWN_LATER = Phrase(
    "eGFR {egfr} of {date} counts, and no newer result up to {day} is unreadable. Later than that day, and not used: {later}."
)
_KNOWN = Phrase("eGFR {egfr} of {date} counts, and no newer result that was sent is unreadable.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    kidneys = chart.kidneys
    if on_dialysis(chart):
        return _DIALYSIS
    if isinstance(kidneys.acute, Known):
        return _ACUTE
    if kidneys.implausible:
        return _IMPLAUSIBLE
    reason = _reason(chart)
    if isinstance(reason, Silent):
        return reason
    day = chart.evaluation_date
    facts: dict[str, Fact] = {
        "window": Measure(knowledge.figure("renal.lookback", day), "mo"),
        "short_window": Measure(knowledge.figure("renal.lookback_at_risk", day), "mo"),
    }
    facts |= reason.facts
    later = later_result(chart)
    noted: tuple[str, ...] = ()
    if later is not None:
        facts["later"] = later
        noted = () if reason.message == "later" else ("result_later",)
    values = kidney_values(chart)
    total = chart.therapy.total
    if isinstance(kidneys.egfr, Known) or not _risky_start(chart, knowledge):
        return Finding(
            RULE, Indicator.INFO, reason.message, values=values, facts=facts, notes=noted + notes(chart, dose=total)
        )
    return Finding(
        RULE,
        Indicator.WARNING,
        reason.message,
        values=values | age_value(chart),
        facts=facts | {"high_dose": Measure(knowledge.figure("renal.unknown_warning.dose", day), MG_PER_DAY)},
        notes=("renal_unknown_start", *noted, *notes(chart, dose=total, age=True)),
    )


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why renal function is not known: the key of the text, and what it names."""

    message: str
    facts: dict[str, Fact]


def _reason(chart: Chart) -> _Reason | Silent:
    kidneys, later = chart.kidneys, later_result(chart)
    match kidneys.egfr:
        case Known(egfr) if kidneys.unreadable_since:
            facts: dict[str, Fact] = {"unreadable": kidneys.unreadable_since}
            return _Reason("unreadable_since", facts | {"egfr_shown": shown(egfr), "egfr_date": egfr.on})
        case Known(egfr):
            known: dict[str, Fact] = {"egfr": shown(egfr), "date": egfr.on}
            if later is None:
                return Silent(_KNOWN, known)
            return Silent(_KNOWN_LATER, known | {"day": chart.evaluation_date, "later": later})
        case Absent() | Unknown() if kidneys.unreadable:
            return _Reason("unreadable", {"unreadable": kidneys.unreadable})
        case Unknown(because):
            return _Reason("unknown", {"because": because})
        case Absent() if later is not None:
            return _Reason("later", {})
        case Absent() if kidneys.stale is not None:
            return _Reason("stale", {"stale_shown": shown(kidneys.stale), "stale_date": kidneys.stale.on})
        case Absent():
            return _Reason("none", {})


def _risky_start(chart: Chart, knowledge: Knowledge) -> bool:
    day = chart.evaluation_date
    total = chart.therapy.total
    if not chart.therapy.is_start or total is None:
        return False
    old = may_be_at_least(chart.age, knowledge.figure("older_adult.age", day))
    return old and total.value >= knowledge.figure("renal.unknown_warning.dose", day)
