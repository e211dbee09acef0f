"""More than 31 days since the patient was last seen for baclofen: the last visit in the registry, or the last prescription on file if that is later.

The programme asks for monthly visits; 31 days are in time. From 2014-03-17 on; without a visit and an earlier prescription it is silent. Not
covered: visits that neither shows.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.rtu._programme import outside, programme_notes

RULE = "RtuFollowUp"

_VISIT = Phrase("Last visit in the registry")
_PRESCRIPTION = Phrase("Last baclofen prescription")
_IN_TIME = Phrase("{what} {days} ago, on {last}: not more than {allowed}.")
_FIRST = Silent(Phrase("Neither an earlier prescription of baclofen nor a visit is on file."))
_UNKNOWN = Phrase("When baclofen was last prescribed cannot be told: {because}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    elsewhere = outside(chart, knowledge, "rtu.ladder")
    if elsewhere is not None:
        return elsewhere
    match chart.programme.last_visit, chart.programme.last_prescription:
        case Known(visit), Known(prescription):
            return _finding(
                max(visit, prescription), _VISIT if visit >= prescription else _PRESCRIPTION, chart, knowledge
            )
        case Known(visit), _:
            return _finding(visit, _VISIT, chart, knowledge)
        case _, Known(prescription):
            return _finding(prescription, _PRESCRIPTION, chart, knowledge)
        case (Unknown(because), _) | (_, Unknown(because)):
            return Silent(_UNKNOWN, {"because": because})
        case _:
            return _FIRST


def _finding(last: date, what: Phrase, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    days = Fraction((chart.evaluation_date - last).days)
    allowed = knowledge.figure("rtu.follow_up_days", chart.evaluation_date)
    if days <= allowed:
        return Silent(
            _IN_TIME,
            {"what": what, "days": Measure(days, DAYS), "last": last, "allowed": Measure(allowed, DAYS)},
        )
    facts: dict[str, Fact] = {"last": last, "what": what}
    notes = programme_notes(chart)
    match chart.programme.last_visit:
        case Unknown(because):
            facts["because"] = because
            notes += ("visits_unknown",)
        case Known() | Absent():
            pass
    return Finding(
        RULE,
        Indicator.INFO,
        "overdue" if knowledge.period("rtu.programme").contains(chart.evaluation_date) else "overdue_after",
        values={"days": Measure(days, DAYS), "maximum": Measure(allowed, DAYS)},
        facts=facts,
        notes=notes,
    )
