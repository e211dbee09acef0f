"""What a dosing instruction in words says, before a product's strength turns it into an amount."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cds.fhir.timing import NO_SCHEDULE, Schedule
from cds.pharmacology.dose import Span
from cds.phrases import Phrase


@dataclass(frozen=True, slots=True)
class SigAmount:
    """An amount in words.

    Attributes:
        span: lowest and highest number.
        unit: UCUM code (`{tbl}` for anything counted), `/kg` for a dose by weight, `?` for a unit of no use, None where it is not written.
    """

    span: Span
    unit: str | None


@dataclass(frozen=True, slots=True)
class SigDose:
    """One dose with its rhythm.

    Attributes:
        amounts: the dose; further entries say the same in another unit.
        schedule: how often.
        a_day: the amount is a daily total, not one intake.
        as_needed: taken when needed.
        concentration: mg in one mL, where the text says so.
    """

    amounts: tuple[SigAmount, ...]
    schedule: Schedule = NO_SCHEDULE
    a_day: bool = False
    as_needed: bool = False
    concentration: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SigStep:
    """What is taken side by side for a while; no doses at all is a stop."""

    doses: tuple[SigDose, ...]
    days: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SigCap:
    """The most that the text allows in a number of days: an amount, or a number of intakes."""

    amount: SigAmount | None
    times: Fraction | None
    days: Fraction


@dataclass(frozen=True, slots=True)
class Sig:
    """A whole instruction.

    Attributes:
        steps: in order; empty where nothing was understood.
        cap: the most that is allowed.
        problems: what was not understood, as sentences; with steps, the rest was.
    """

    steps: tuple[SigStep, ...] = ()
    cap: SigCap | None = None
    problems: tuple[Phrase, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether every dosing word was understood."""
        return bool(self.steps) and not self.problems
