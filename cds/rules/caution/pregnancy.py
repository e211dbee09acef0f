"""Pregnancy: a current pregnancy is on record for a patient for whom baclofen is ordered.

It counts for 45 weeks from its onset, the last day inside; without an onset it counts while it is active. Not covered: planned pregnancy
and contraception.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Problem
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import in_force, labels, not_active, on_record, pregnancy_counts
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_ORDERED, not_sent

RULE = "Pregnancy"
WHAT = Phrase("Pregnancy")
WEEKS = "wk"
DAYS_A_WEEK = 7

_BEFORE = Phrase("The pregnancy on record began on {onset}, {since} ago, which is more than {limit}.")
_LATER = Phrase("The pregnancy on record begins on {onset} only, after {today}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The pregnancy on record."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    recorded = on_record(chart, "pregnancy", past=True)
    found = tuple(one for one in recorded if pregnancy_counts(one, chart, knowledge))
    if not found:
        return _not_current(chart, recorded, knowledge)
    return Finding(RULE, Indicator.WARNING, "current", facts={"conditions": labels(found)})


def _not_current(chart: Chart, recorded: tuple[Problem, ...], knowledge: Knowledge) -> Silent:
    """Why none on record counts; of several active ones the latest that has begun is told."""
    missing, today = chart.problems.missing, chart.evaluation_date
    onsets = [one.onset for one in in_force(recorded) if one.onset is not None]
    if missing is not None:
        return not_sent(WHAT, missing)
    if not onsets:
        return not_active(chart, WHAT, recorded)
    onset = max((day for day in onsets if day <= today), default=min(onsets))
    if onset > today:
        return Silent(_LATER, {"onset": onset, "today": today})
    limit = Measure(knowledge.figure("pregnancy.weeks", today), WEEKS)
    since = Measure(Fraction((today - onset).days, DAYS_A_WEEK), WEEKS)
    return Silent(_BEFORE, {"onset": onset, "since": since, "limit": limit})
