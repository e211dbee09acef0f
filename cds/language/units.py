"""UCUM units as a prescriber writes them, for the catalogues to translate."""

from __future__ import annotations

from typing import NamedTuple

from cds.phrases import Phrase


class Counted(NamedTuple):
    """A unit whose word follows its figure: 1 day, 2 days.

    Attributes:
        one: the word for one.
        several: the word for any other number.
    """

    one: str
    several: str


UNITS: dict[str, Phrase | Counted] = {
    "mg/d": Phrase("mg/day"),
    "{tbl}": Counted("tablet", "tablets"),
    "g/d": Phrase("g/day"),
    "ug/d": Phrase("µg/day"),
    "ug": Phrase("µg"),
    "ug/mL": Phrase("µg/mL"),
    "mg/kg/d": Phrase("mg/kg/day"),
    "mL/min/{1.73_m2}": Phrase("mL/min/1.73 m²"),
    "umol/L": Phrase("µmol/L"),
    "a": Counted("year", "years"),
    "mo": Counted("month", "months"),
    "wk": Counted("week", "weeks"),
    "d": Counted("day", "days"),
    "/d": Counted("time a day", "times a day"),
}
"""By UCUM code; a unit that is not here stands as it is."""

DIMENSIONLESS = "1"
PERCENT = "%"
