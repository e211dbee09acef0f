"""Renal function as rules see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.chart.patient import Problem
from cds.chart.reading import Reading, Unknown
from cds.phrases import Phrase

Comparator = Literal["<", "<=", ">", ">="]
EGFR_UNIT = "mL/min/{1.73_m2}"


def as_printed(egfr: Fraction) -> Fraction:
    """An eGFR, mL/min/1.73 m², as it is printed: cut to tenths and not rounded, so that 59.96 does not read as 60."""
    return Fraction(int(egfr * 10), 10)


@dataclass(frozen=True, slots=True)
class Egfr:
    """An estimated glomerular filtration rate.

    Attributes:
        value: mL/min/1.73 m², unrounded.
        on: the day of the sample.
        method: `reported`, `CKD-EPI 2021` or `bedside Schwartz`.
        comparator: `<`, `<=`, `>`, `>=` where the laboratory gave one.
        creatinine: the creatinine it was computed from, µmol/L; None where reported.
    """

    value: Fraction
    on: date
    method: Literal["reported", "CKD-EPI 2021", "bedside Schwartz"] = "reported"
    comparator: Comparator | None = None
    creatinine: Fraction | None = None

    def below(self, limit: Fraction | int) -> bool:
        """Whether it is below the limit; `>60` is not below 60, `<30` is below 30."""
        if self.comparator == "<":
            return self.value <= limit
        return self.value < limit


@dataclass(frozen=True, slots=True)
class ImplausibleCreatinine:
    """A creatinine whose figure cannot be in its unit."""

    value: Fraction
    unit: str
    on: date


@dataclass(frozen=True, slots=True)
class LaterResult:
    """The newest result after the evaluation date, which does not count on that day.

    Attributes:
        on: the day of the sample.
        egfr: what it says; None where no eGFR can be told from it.
    """

    on: date
    egfr: Egfr | None = None


@dataclass(frozen=True, slots=True)
class AcuteInjury:
    """Acute kidney injury.

    Attributes:
        condition: its name on the problem list; None where only the creatinine shows it.
        creatinine, earlier: µmol/L, where the rise shows it; a newer creatinine may be lower.
        on: the day of the creatinine.
        ratio: creatinine over the earlier value.
        days: between the two.
    """

    condition: str | None = None
    creatinine: Fraction | None = None
    on: date | None = None
    earlier: Fraction | None = None
    ratio: Fraction | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Kidneys:
    """Renal function on the evaluation date.

    Attributes:
        egfr: the newest usable one of the last 12 months (3 at age 65 and over or with known chronic kidney disease).
        stale: the newest one before that window, for the card's text.
        later: a result after the evaluation date, named and not used.
        creatinine_clearance: Cockcroft-Gault, mL/min, where creatinine, weight, age and sex are known; shown, never swapped in.
        dialysis: the condition or procedure that shows it.
        acute: acute kidney injury.
        implausible: creatinine values that cannot be in their unit.
        unreadable: eGFR results whose unit or value cannot be read.
        unreadable_since: those among them that are newer than the one in force.
    """

    egfr: Reading[Egfr] = field(default_factory=lambda: Unknown(Phrase("no laboratory results were sent")))
    stale: Egfr | None = None
    later: LaterResult | None = None
    creatinine_clearance: Reading[Fraction] = field(
        default_factory=lambda: Unknown(Phrase("no creatinine or weight was sent"))
    )
    dialysis: Reading[Problem] = field(default_factory=lambda: Unknown(Phrase("no problem list was sent")))
    acute: Reading[AcuteInjury] = field(default_factory=lambda: Unknown(Phrase("no problem list was sent")))
    implausible: tuple[ImplausibleCreatinine, ...] = ()
    unreadable: tuple[Phrase, ...] = ()
    unreadable_since: tuple[Phrase, ...] = ()
