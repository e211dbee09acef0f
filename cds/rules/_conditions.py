"""Conditions and allergies on record: which of them count, and what they are called.

A list that is not whole proves what it shows. What it may leave out is said by ChecksIncomplete, so the rules ask for presence only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from cds.chart.model import Allergy, Chart, Problem
from cds.knowledge import Knowledge


def on_record(chart: Chart, *kinds: str, past: bool = False) -> tuple[Problem, ...]:
    """The active problems of these value sets; with `past`, those that are over as well."""
    return chart.problems.every(lambda problem: (past or problem.active) and not problem.kinds.isdisjoint(kinds))


def allergic_to(chart: Chart, kind: str) -> tuple[Allergy, ...]:
    """The recorded allergies and intolerances of a value set."""
    return chart.allergies.every(lambda allergy: kind in allergy.kinds)


def labels(entries: Iterable[Problem | Allergy]) -> tuple[str, ...]:
    """Their names in the EHR's words, each once."""
    return tuple(dict.fromkeys(entry.name for entry in entries))


def pregnancy_counts(pregnancy: Problem, chart: Chart, knowledge: Knowledge) -> bool:
    """Whether a recorded pregnancy is current: from the day of its onset for so many weeks, both ends inside; always without an onset."""
    if not pregnancy.active:
        return False
    if pregnancy.onset is None:
        return True
    weeks = knowledge.figure("pregnancy.weeks", chart.evaluation_date)
    return timedelta() <= chart.evaluation_date - pregnancy.onset <= timedelta(weeks=float(weeks))
