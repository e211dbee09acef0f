"""Pregnancy: a current pregnancy is on record for a patient for whom baclofen is ordered.

It counts for 45 weeks from its onset, the last day inside; without an onset it counts while it is active. Not covered: planned pregnancy
and contraception.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._conditions import labels, on_record, pregnancy_counts
from cds.rules.finding import Finding, Indicator

RULE = "Pregnancy"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The pregnancy on record; a list that was not sent is said by ChecksIncomplete."""
    found = tuple(one for one in on_record(chart, "pregnancy") if pregnancy_counts(one, chart, knowledge))
    if not (chart.therapy.checked and found):
        return None
    return Finding(RULE, Indicator.WARNING, "current", facts={"conditions": labels(found)})
