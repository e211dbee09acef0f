"""Planning a stepwise reduction in amounts that can really be taken: whole or half tablets, or a liquid's smallest volume.

Exact: doses are `fractions.Fraction` in mg, times whole days. The limits come from the caller (published tapers: steps of 10 to 15 mg/day,
2 days and more apart, over one to two weeks).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["TaperLimits", "TaperStep", "divide", "plan_taper"]


@dataclass(frozen=True, slots=True)
class TaperLimits:
    """What a taper must keep to.

    Attributes:
        step: largest reduction at once, mg/day.
        interval: shortest time between two reductions, days.
        length: shortest time from the first reduction to the first day at zero, days.
    """

    step: Fraction
    interval: int
    length: int

    def __post_init__(self) -> None:
        if self.step <= 0 or self.interval < 1 or self.length < 0:
            raise ValueError("a taper needs a step and an interval above zero")


@dataclass(frozen=True, slots=True)
class TaperStep:
    """One level of a taper.

    Attributes:
        daily_dose: mg/day.
        intakes: mg of each intake of a day, in order; they add up to the daily dose.
        days: how long it is taken; None for a last level that is kept.
    """

    daily_dose: Fraction
    intakes: tuple[Fraction, ...]
    days: int | None


def plan_taper(
    dose: Fraction, *, unit: Fraction, intakes: int, limits: TaperLimits, target: Fraction = Fraction(0)
) -> tuple[TaperStep, ...] | None:
    """The levels below a dose, down to a target.

    The smallest step is taken that does not make the taper longer than the limits ask for; with a high dose the largest one allowed. All levels
    but a kept last one are equally long. The zero after the last level is not listed.

    Args:
        dose: mg/day in effect before.
        unit: the smallest amount that can be taken, mg: half a tablet, say.
        intakes: intakes a day that the patient is used to.
        limits: what the taper must keep to; their length counts for a taper to zero only.
        target: mg/day to end with, a multiple of the unit.

    Returns:
        The levels, or None where no taper of such units keeps to the limits.

    Raises:
        ValueError: a dose, a unit or a number of intakes that is not above zero, or a target that is no multiple of the unit below the dose.
    """
    if dose <= 0 or unit <= 0 or intakes < 1:
        raise ValueError("dose, unit and intakes must be above zero")
    if target < 0 or target >= dose or (target / unit).denominator != 1:
        raise ValueError("the target must be a multiple of the unit below the dose")
    levels = _gentlest(dose, target, unit, limits)
    if levels is None:
        return None
    days = limits.interval
    if target == 0 and len(levels) > 1:
        days = max(days, math.ceil(Fraction(limits.length, len(levels) - 1)))
    taken = [level for level in levels if level > 0]
    kept = taken[-1] if target else None
    return tuple(TaperStep(level, divide(level, unit, intakes), None if level == kept else days) for level in taken)


def divide(daily_dose: Fraction, unit: Fraction, intakes: int) -> tuple[Fraction, ...]:
    """A daily dose as intakes of whole units, as even as they can be, the larger ones last; fewer intakes where the units do not suffice.

    Raises:
        ValueError: the dose is no positive multiple of the unit, or there is no intake.
    """
    units = daily_dose / unit
    if units.denominator != 1 or units <= 0 or intakes < 1:
        raise ValueError("the daily dose must be a positive multiple of the unit, in one intake or more")
    number = min(intakes, int(units))
    share, more = divmod(int(units), number)
    return tuple((share + (place >= number - more)) * unit for place in range(number))


def _gentlest(dose: Fraction, target: Fraction, unit: Fraction, limits: TaperLimits) -> list[Fraction] | None:
    """The levels of the smallest step that needs no more time than the limits ask for, else those of the largest step.

    None where a step is less than the unit, or where nothing lies between the dose and a zero that may not come at once.
    """
    coarsest = None
    for units in range(1, int(limits.step / unit) + 1):
        levels = _levels(dose, target, unit, units * unit)
        if target == 0 and limits.length and len(levels) == 1:
            break
        coarsest = levels
        if (len(levels) - 1) * limits.interval <= limits.length:
            break
    return coarsest


def _levels(dose: Fraction, target: Fraction, unit: Fraction, step: Fraction) -> list[Fraction]:
    """The levels after each reduction, the target last; the first comes down to a multiple of the unit."""
    levels = []
    current = dose
    while current > target:
        current = max(target, math.ceil((current - step) / unit) * unit)
        levels.append(Fraction(current))
    return levels
