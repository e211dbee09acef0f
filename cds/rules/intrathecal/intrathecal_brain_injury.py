"""A long-term infusion less than a year after a brain injury.

A year is the calendar year: on the anniversary the rule is silent. The injury counts whether or not it is still active. Silent for boluses and
for an injury without a date: most of them on problem lists lie years back, and a card for each would be noise. An onset written as a month
or a year counts from its first day.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Chart, Problem
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import YEARS
from cds.rules._conditions import labels
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.intrathecal._pump import no_infusion
from cds.rules.silence import not_sent

RULE = "IntrathecalBrainInjury"
INJURY = Phrase("Brain injury")

_NONE = Silent(Phrase("No brain injury on the problem list."))
_LONG_AGO = Phrase("{injury} of {onset}: {wait} or more before {today}.")
_LATER = Phrase("{injury}: dated {onset}, after {today}.")
_UNDATED = Phrase("Brain injury without a date: {injuries}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding about the latest injury."""
    if not chart.intrathecal.infusions:
        return no_infusion(chart)
    on = chart.evaluation_date
    years = int(knowledge.figure("intrathecal.brain_injury_years", on))
    recorded = chart.problems.every(lambda problem: "brain_injury" in problem.kinds)
    injuries = [problem for problem in recorded if _less_than_years_before(problem, on, years)]
    if not injuries:
        return _none_recent(chart, recorded, years)
    latest = max(injuries, key=lambda problem: problem.onset or date.min)
    return Finding(
        RULE,
        Indicator.WARNING,
        "recent",
        facts={"injury": latest.name, "onset": latest.onset or on, "wait": Measure(Fraction(years), YEARS)},
    )


def _none_recent(chart: Chart, recorded: tuple[Problem, ...], years: int) -> Silent:
    """Why none on record counts; of several dated ones the latest that has happened is told."""
    if chart.problems.missing is not None:
        return not_sent(INJURY, chart.problems.missing)
    if not recorded:
        return _NONE
    on = chart.evaluation_date
    dated = [(problem.onset, problem.name) for problem in recorded if problem.onset is not None]
    if not dated:
        return Silent(_UNDATED, {"injuries": labels(recorded)})
    onset, name = max((one for one in dated if one[0] <= on), default=min(dated))
    if onset > on:
        return Silent(_LATER, {"injury": name, "onset": onset, "today": on})
    return Silent(_LONG_AGO, {"injury": name, "onset": onset, "wait": Measure(Fraction(years), YEARS), "today": on})


def _less_than_years_before(problem: Problem, on: date, years: int) -> bool:
    if problem.onset is None or problem.onset > on:
        return False
    return on < _anniversary(problem.onset, years)


def _anniversary(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
