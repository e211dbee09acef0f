"""UCUM units as a prescriber writes them."""

from __future__ import annotations

from fractions import Fraction

UNITS = {
    "mg/d": "mg/day",
    "ug/d": "µg/day",
    "ug": "µg",
    "ug/mL": "µg/mL",
    "mg/kg/d": "mg/kg/day",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "umol/L": "µmol/L",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "h": "h",
    "/d": "times a day",
    "1": "",
}
"""Units that are written otherwise than in UCUM."""

SINGULAR = {"years": "year", "months": "month", "weeks": "week", "days": "day", "times a day": "time a day"}


def unit_in_words(unit: str, value: Fraction | int) -> str:
    """The unit beside a figure: `days`, or `day` beside 1; one that has no words of its own stands as it is."""
    words = UNITS.get(unit, unit)
    return SINGULAR.get(words, words) if abs(value) == 1 else words
