"""Conditions and allergies on record: which of them count, and what they are called.

A list that is not whole proves what it shows. What it may leave out is said by ChecksIncomplete, so the rules ask for presence only, and a
rule that finds nothing says which of the two it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from cds.chart.model import Allergy, Chart, Problem
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Silent
from cds.rules.silence import not_sent

_NONE_ACTIVE = Phrase("{what}: none that is active on the problem list.")
_NONE = Phrase("{what}: none on the problem list, active or past.")
_OVER = Phrase("{what}: on the problem list, but not active: {conditions}.")
_NO_ALLERGY = Phrase("{what}: none on the allergy list (refuted and resolved entries do not count).")


def on_record(chart: Chart, *kinds: str, past: bool = False) -> tuple[Problem, ...]:
    """The active problems of these value sets; with `past`, those that are over as well."""
    return chart.problems.every(lambda problem: (past or problem.active) and not problem.kinds.isdisjoint(kinds))


def allergic_to(chart: Chart, kind: str) -> tuple[Allergy, ...]:
    """The recorded allergies and intolerances of a value set."""
    return chart.allergies.every(lambda allergy: kind in allergy.kinds)


def in_force(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those of them that are active."""
    return tuple(problem for problem in problems if problem.active)


def not_active(chart: Chart, what: Phrase, recorded: tuple[Problem, ...]) -> Silent:
    """Why no active problem is found.

    Args:
        chart: the patient.
        what: the condition asked for.
        recorded: those on the list, all of them over.
    """
    if chart.problems.missing is not None:
        return not_sent(what, chart.problems.missing)
    if recorded:
        return Silent(_OVER, {"what": what, "conditions": labels(recorded)})
    return Silent(_NONE_ACTIVE, {"what": what})


def not_recorded(chart: Chart, what: Phrase) -> Silent:
    """Why no problem is found, active or past."""
    missing = chart.problems.missing
    return Silent(_NONE, {"what": what}) if missing is None else not_sent(what, missing)


def no_allergy(chart: Chart, what: Phrase) -> Silent:
    """Why no allergy is found."""
    missing = chart.allergies.missing
    return Silent(_NO_ALLERGY, {"what": what}) if missing is None else not_sent(what, missing)


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
