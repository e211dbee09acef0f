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
from cds.rules._common import YEARS
from cds.rules.finding import Finding, Indicator, Measure

RULE = "IntrathecalBrainInjury"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding about the latest injury, or None."""
    if not chart.intrathecal.infusions:
        return None
    on = chart.evaluation_date
    years = int(knowledge.figure("intrathecal.brain_injury_years", on))
    injuries = chart.problems.every(
        lambda problem: "brain_injury" in problem.kinds and _less_than_years_before(problem, on, years)
    )
    if not injuries:
        return None
    latest = max(injuries, key=lambda problem: problem.onset or date.min)
    return Finding(
        RULE,
        Indicator.WARNING,
        "recent",
        facts={"injury": latest.name, "onset": latest.onset or on, "wait": Measure(Fraction(years), YEARS)},
    )


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
