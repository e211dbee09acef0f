"""Dosing instructions in words, English and French.

`read_sig` turns a text into steps, doses and rhythms, or says what it did not understand. Words become tokens (`tokens`, with the lexicons of the
two languages), tokens become phrases by a grammar (`sig.lark`), and phrases become doses (`reader`). Each stage takes time in proportion
to the text, which is at most 500 characters.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from fractions import Fraction

from cds.fhir.sig.draft import DraftStep, NotUnderstoodError
from cds.fhir.sig.model import Sig, SigAmount, SigCap, SigDose, SigStep
from cds.fhir.sig.parse import phrases, sentences
from cds.fhir.sig.reader import Reader
from cds.fhir.sig.spelling import normal_text
from cds.fhir.sig.titration import expand
from cds.fhir.sig.tokens import tokenise
from cds.phrases import Phrase

__all__ = ["MAX_TEXT", "Sig", "SigAmount", "SigCap", "SigDose", "SigStep", "read_sig"]

MAX_TEXT = 500
"""Longest text that is read, in characters."""

_MAX_CACHED = 4096


def read_sig(text: str, name: str = "") -> Sig:
    """Read a dosing instruction.

    Args:
        text: the instruction, English or French.
        name: the product's name as the order writes it; its words are no part of the dose.

    Returns:
        what was understood. Never raises: what is not understood is a problem.
    """
    if len(text) > MAX_TEXT:
        return Sig(problems=(Phrase("The text is longer than {number} characters.", number=MAX_TEXT),))
    return _read(text, name[:MAX_TEXT])


@functools.lru_cache(maxsize=_MAX_CACHED)
def _read(text: str, name: str) -> Sig:
    names = frozenset(word for word in normal_text(name).split() if word.isalpha()) | {
        "baclofen",
        "baclofene",
        "lioresal",
        "baclocur",
    }
    reader = Reader()
    try:
        for at, sentence in enumerate(sentences(tokenise(text, names))):
            nodes = phrases(sentence)
            if nodes:
                reader.sentence(nodes, first=at == 0)
        steps = _finish(reader)
    except NotUnderstoodError as error:
        return Sig(cap=reader.cap, problems=(Phrase("Not understood: {what}.", what=error.what),))
    problems = list(reader.remarks)
    if reader.vague and len(steps) == 1:
        problems.append(Phrase("The text speaks of a change of dose and does not say its steps."))
    return Sig(tuple(steps), reader.cap, tuple(problems))


def _finish(reader: Reader) -> list[SigStep]:
    unit: str | None = None
    steps: list[SigStep] = []
    for draft in reader.steps:
        if not draft.doses and not draft.stop:
            continue
        if (
            not draft.stop
            and not any(dose.amounts for dose in draft.doses)
            and not any(dose.has_rhythm for dose in draft.doses)
        ):
            continue
        _check_side_by_side(draft)
        doses = []
        for dose in draft.doses:
            finished = dose.finish(unit)
            unit = finished.amounts[0].unit
            doses.append(finished)
        step = SigStep(tuple(doses), draft.days)
        if draft.change is None:
            steps.append(step)
        else:
            target = draft.change.until
            steps += expand(step, draft.change, target.finish(unit) if target is not None and target.amounts else None)
    return _cycle(steps) if reader.cycle else _without_final_stop(steps)


def _check_side_by_side(step: DraftStep) -> None:
    """Two doses that each fill the day are one after the other, or one is wrong, unless "and" joins them."""
    filling = [dose for dose in step.doses if dose.several_times and not dose.as_needed]
    if len(filling) > 1 and any(dose.joined_by != "AND" for dose in filling[1:]):
        raise NotUnderstoodError(Phrase("several doses, and not how they belong together"))


def _without_final_stop(steps: list[SigStep]) -> list[SigStep]:
    """A stop after a step of known length says what the length says."""
    if len(steps) > 1 and not steps[-1].doses and steps[-2].days is not None:
        return steps[:-1]
    return steps


def _cycle(steps: list[SigStep]) -> list[SigStep]:
    """Days on and days off, again and again, as one step.

    Raises:
        NotUnderstoodError: anything but one dose, a pause, and the length of both.
    """
    if len(steps) != 2 or steps[1].doses or not steps[0].doses:
        raise NotUnderstoodError(Phrase("a cycle of several doses"))
    on, off = steps[0].days, steps[1].days
    if on is None or off is None:
        raise NotUnderstoodError(Phrase("a cycle of unknown length"))
    doses = []
    for dose in steps[0].doses:
        schedule = dose.schedule
        if dose.a_day or schedule.per_day is None or schedule.on_dosing_day is None:
            raise NotUnderstoodError(Phrase("a cycle without a rhythm"))
        if schedule.per_day == schedule.on_dosing_day:  # not already limited to days of the week
            schedule = replace(schedule, per_day=schedule.per_day.scaled(Fraction(on, on + off)))
        doses.append(replace(dose, schedule=schedule))
    return [SigStep(tuple(doses))]
