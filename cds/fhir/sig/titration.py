"""Steps of a titration that a text gives by its increment."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from cds.fhir.sig.draft import Change, NotUnderstoodError
from cds.fhir.sig.model import SigAmount, SigDose, SigStep
from cds.pharmacology.dose import Span
from cds.phrases import Phrase

MAX_STEPS = 60


def expand(start: SigStep, change: Change, target: SigDose | None) -> list[SigStep]:
    """The starting step and all that follow it, the last one at the target.

    Raises:
        NotUnderstoodError: the increment, its interval or the target is missing, or it is not clear whether the increment belongs to one
            intake or to the day.
    """
    if change.by is None or change.every is None or target is None:
        raise NotUnderstoodError(Phrase("a change of dose without its size, its interval or its end"))
    if len(start.doses) != 1:
        raise NotUnderstoodError(Phrase("a change of several doses at once"))
    dose = start.doses[0]
    now, goal, by = dose.amounts[0], target.amounts[0], change.by
    unit = by.unit or now.unit
    if not unit == now.unit == (goal.unit or now.unit) or dose.a_day != target.a_day:
        raise NotUnderstoodError(Phrase("a change of dose in another unit or manner than the dose"))
    if target.schedule.per_day is not None and target.schedule.per_day != dose.schedule.per_day:
        raise NotUnderstoodError(Phrase("a change of dose that ends at another frequency"))
    size = _per_amount(dose, by, change)
    low, end = now.span.high, goal.span.high
    if now.span.low != now.span.high or (end - low) * change.sign <= 0 or size <= 0:
        raise NotUnderstoodError(Phrase("a change of dose that does not lead to its end"))
    if (abs(end - low) / size) > MAX_STEPS:
        raise NotUnderstoodError(Phrase("a change of dose in too many steps"))
    steps: list[SigStep] = []
    amount = low
    while (end - amount) * change.sign > 0:
        steps.append(SigStep((_with(dose, amount),), change.every if steps or start.days is None else start.days))
        amount += size * change.sign
    steps.append(SigStep((replace(dose, amounts=(SigAmount(goal.span, now.unit),)),)))
    return steps


def _with(dose: SigDose, amount: Fraction) -> SigDose:
    return replace(dose, amounts=(SigAmount(Span.of(amount), dose.amounts[0].unit),))


def _per_amount(dose: SigDose, by: SigAmount, change: Change) -> Fraction:
    """The increment of the amount that is written: of one intake, or of the day."""
    if by.span.low != by.span.high:
        raise NotUnderstoodError(Phrase("an increment that is a range"))
    size = by.span.high
    times = dose.schedule.per_day
    once = times is not None and times == Span.of(1)
    if dose.a_day:
        if change.per_dose and not once:
            raise NotUnderstoodError(Phrase("an increment of one intake to a daily total"))
        return size
    if change.per_dose or once:
        return size
    if change.a_day and times is not None and times.low == times.high and times.low > 0:
        return size / times.low
    raise NotUnderstoodError(Phrase("an increment that may belong to one intake or to the day"))
