"""A dosage in FHIR: structured, dated, and in words that a patient can follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

from cds.chart.orders import Order
from cds.fhir.datatypes import Dosage
from cds.fhir.quantity import unit_of
from cds.language import Catalogue
from cds.phrases import Phrase
from cds.remedies.model import Stage

UCUM = "http://unitsofmeasure.org"
ORAL_ROUTE: Mapping[str, Any] = {
    "coding": [{"system": "http://snomed.info/sct", "code": "26643006", "display": "Oral route"}]
}
WHEN: Mapping[int, tuple[str, ...]] = {
    2: ("MORN", "EVE"),
    3: ("MORN", "NOON", "EVE"),
    4: ("MORN", "NOON", "EVE", "NIGHT"),
}
"""FHIR event timing codes of so many intakes a day."""
MOMENTS: Mapping[str, Phrase] = {
    "MORN": Phrase("{amount} in the morning"),
    "NOON": Phrase("{amount} at noon"),
    "EVE": Phrase("{amount} in the evening"),
    "NIGHT": Phrase("{amount} at night"),
}
HALF = Fraction(1, 2)

Kind = Literal["mass", "tablets", "volume"]


@dataclass(frozen=True, slots=True)
class Measuring:
    """How the order counts its doses.

    Attributes:
        kind: in mg, in tablets or packets, or in mL.
        size: mg in one tablet or one mL; None where it is not known, and then doses are in mg.
        tablets: the pieces are tablets, so that words may say so beside the mg.
    """

    kind: Kind
    size: Fraction | None
    tablets: bool

    @classmethod
    def of(cls, order: Order, written: Sequence[Dosage]) -> Measuring:
        """As the order on hand is written; in mg where it cannot be told."""
        product = order.product
        if order.plan.by_volume and product.concentration_mg_per_ml:
            return cls("volume", product.concentration_mg_per_ml, tablets=False)
        units = [
            unit_of(entry.doseQuantity)
            for dosage in written
            for entry in dosage.doseAndRate or ()
            if entry.doseQuantity is not None
        ]
        counted = any(unit is not None and unit.dimension == "count" for unit in units)
        tablets = product.form == "tablet" and product.strength_mg is not None
        return cls("tablets" if counted and product.strength_mg else "mass", product.strength_mg, tablets=tablets)

    def quantity(self, mg: Fraction) -> dict[str, Any]:
        """An amount as FHIR Quantity."""
        if self.kind == "mass" or self.size is None:
            return quantity(mg, "mg")
        if self.kind == "volume":
            return quantity(mg / self.size, "mL")
        return quantity(mg / self.size, "{tbl}", "tablet" if self.tablets else "unit")

    def words(self, mg: Fraction, words: Catalogue) -> str:
        """An amount as a person takes it: `1½ tablets (15 mg)`."""
        mass = words.measure(mg, "mg")
        if self.kind == "volume" and self.size is not None:
            return f"{words.measure(mg / self.size, 'mL')} ({mass})"
        if not self.tablets or self.size is None or (mg / self.size / HALF).denominator != 1:
            return mass
        number = mg / self.size
        return f"{words.with_unit(_halves(number), '{tbl}', one=number <= 1 or words.is_one(number))} ({mass})"


def dosage_instructions(
    stages: Sequence[Stage],
    measuring: Measuring,
    words: Catalogue,
    *,
    route: Mapping[str, Any] | None = None,
    bounds: Mapping[str, Any] | None = None,
    to_zero: bool = False,
) -> list[dict[str, Any]]:
    """The stages as Dosages.

    Args:
        stages: in order; one alone carries no sequence number and no dates of its own.
        measuring: how the order counts.
        words: the language of the texts.
        route: the order's route; by mouth where it has none.
        bounds: `boundsPeriod` or another bound of the order's own timing, for a single stage.
        to_zero: close with an instruction that nothing is taken any more.
    """
    several = len(stages) > 1 or to_zero
    instructions = []
    for number, stage in enumerate(stages, 1):
        timing = dict(_period(stage)) if several else dict(bounds or {})
        for repeat, amount in _intakes(stage.intakes):
            said = _doses(repeat, amount, measuring, words)
            instruction: dict[str, Any] = {"sequence": number} if several else {}
            instruction |= {
                "text": _dated(said, stage, words) if several else said,
                "timing": {"repeat": {**timing, **repeat}},
                "route": dict(route or ORAL_ROUTE),
                "doseAndRate": [{"doseQuantity": measuring.quantity(amount)}],
            }
            instructions.append(instruction)
    if to_zero:
        instructions.append(
            {
                "sequence": len(stages) + 1,
                "text": _none_from(stages[-1], words),
                "route": dict(route or ORAL_ROUTE),
                "doseAndRate": [{"doseQuantity": measuring.quantity(Fraction(0))}],
            }
        )
    return instructions


def plan_words(stages: Sequence[Stage], measuring: Measuring, words: Catalogue, *, to_zero: bool) -> str:
    """A whole reduction in readable lines."""
    lines = []
    for stage in stages:
        doses = words.join(_doses(repeat, amount, measuring, words) for repeat, amount in _intakes(stage.intakes))
        lines.append(_dated(doses, stage, words))
    if to_zero:
        lines.append(_none_from(stages[-1], words))
    return "\n".join(lines)


def _doses(repeat: Mapping[str, Any], amount: Fraction, measuring: Measuring, words: Catalogue) -> str:
    """Intakes of one size in words: so often a day, or at which moments."""
    if "when" in repeat:
        return words.join(_moment(code, amount, measuring, words) for code in repeat["when"])
    times = repeat["frequency"]
    often = words.measure(times, "/d") if times > 1 else words.text(Phrase("once a day"))
    return words.phrase(Phrase("{amount}, {times}", amount=measuring.words(amount, words), times=often))


def _moment(code: str, amount: Fraction, measuring: Measuring, words: Catalogue) -> str:
    return words.phrase(Phrase(MOMENTS[code].template, amount=measuring.words(amount, words)))


def _dated(doses: str, stage: Stage, words: Catalogue) -> str:
    if stage.days is None:
        return words.phrase(Phrase("from {day} on: {doses}", day=stage.start, doses=doses))
    last = _last_day(stage)
    return words.phrase(Phrase("from {first} to {last}: {doses}", first=stage.start, last=last, doses=doses))


def _none_from(last: Stage, words: Catalogue) -> str:
    end = last.start + timedelta(days=last.days or 0)
    return words.phrase(Phrase("from {day} on: none", day=end))


def _intakes(intakes: tuple[Fraction, ...]) -> Iterable[tuple[dict[str, Any], Fraction]]:
    """Intakes of one size together: their timing and their amount."""
    if len(set(intakes)) == 1:
        yield {"frequency": len(intakes), "period": 1, "periodUnit": "d"}, intakes[0]
        return
    moments = zip(WHEN[len(intakes)], intakes, strict=True)
    for amount, group in groupby(moments, key=lambda pair: pair[1]):
        yield {"when": [code for code, _ in group]}, amount


def _period(stage: Stage) -> dict[str, Any]:
    period = {"start": stage.start.isoformat()}
    if stage.days is not None:
        period["end"] = _last_day(stage).isoformat()
    return {"boundsPeriod": period}


def _last_day(stage: Stage) -> date:
    return stage.start + timedelta(days=(stage.days or 1) - 1)


def quantity(value: Fraction, code: str, unit: str | None = None) -> dict[str, Any]:
    """An amount as FHIR Quantity; the unit in words is its UCUM code where nothing else is said."""
    number = int(value) if value.denominator == 1 else float(value)
    return {"value": number, "unit": unit or code, "system": UCUM, "code": code}


def _halves(number: Fraction) -> str:
    whole, half = divmod(number, 1)
    return f"{whole or ''}{'½' if half else ''}" or "0"
