"""Alcohol use, from the social history."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.build.patient import NOT_A_RESULT
from cds.chart.build.sources import SOCIAL_HISTORY, Sources
from cds.chart.reading import Absent, Known, Origin, Reading
from cds.fhir.datatypes import Quantity
from cds.fhir.quantity import exact, read_unit


def alcohol_use_of(sources: Sources) -> Reading[Fraction]:
    """Drinks a day by the newest entry on or before the evaluation date; 0 is an answer, too."""
    found: list[tuple[date, Fraction, str]] = []
    for observation, kinds in sources.observed:
        if observation.status in NOT_A_RESULT or "drinks_per_day" not in kinds:
            continue
        day = sources.day(observation.effectiveDateTime or observation.issued)
        drinks = _drinks_a_day(observation.valueQuantity)
        if day is not None and day <= sources.evaluation_date and drinks is not None:
            found.append((day, drinks, observation.reference))
    if not found:
        return sources.missing(SOCIAL_HISTORY) or Absent()
    day, drinks, reference = max(found)
    return Known(drinks, Origin(reference, day))


def _drinks_a_day(quantity: Quantity | None) -> Fraction | None:
    """The amount a day; None where there is none. The code itself says "per day", so a unit is read only where it names another time."""
    value = exact(quantity.value) if quantity is not None else None
    if quantity is None or value is None or value < 0:
        return None
    _, slash, time = (quantity.code or quantity.unit or "").partition("/")
    unit = read_unit(time, None) if slash else None
    return value / unit.factor if unit is not None and unit.dimension == "time" else value
