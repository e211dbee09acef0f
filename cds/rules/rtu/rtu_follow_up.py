"""More than 31 days since the last baclofen prescription on file: the programme asks for monthly visits.

31 days are in time. From 2014-03-17 on; without an earlier prescription it is silent. Not covered: visits without a prescription.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.rtu._programme import outside, programme_notes

RULE = "RtuFollowUp"

_IN_TIME = Phrase("{days} since the last prescription, of {last}: not more than {allowed}.")
_FIRST = Silent(Phrase("No earlier prescription of baclofen is on file."))
_UNKNOWN = Phrase("When baclofen was last prescribed cannot be told: {because}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    elsewhere = outside(chart, knowledge, "rtu.ladder")
    if elsewhere is not None:
        return elsewhere
    match chart.programme.last_prescription:
        case Known(last):
            return _finding(last, chart, knowledge)
        case Absent():
            return _FIRST
        case Unknown(because):
            return Silent(_UNKNOWN, {"because": because})


def _finding(last: date, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    days = Fraction((chart.evaluation_date - last).days)
    allowed = knowledge.figure("rtu.follow_up_days", chart.evaluation_date)
    if days <= allowed:
        return Silent(_IN_TIME, {"days": Measure(days, DAYS), "last": last, "allowed": Measure(allowed, DAYS)})
    return Finding(
        RULE,
        Indicator.INFO,
        "overdue" if knowledge.period("rtu.programme").contains(chart.evaluation_date) else "overdue_after",
        values={"days": Measure(days, DAYS), "maximum": Measure(allowed, DAYS)},
        facts={"last": last},
        notes=programme_notes(chart),
    )
