"""Amounts of a dose: quantities and ranges as mg, through the product's own strength where they count tablets or mL."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cds.fhir.datatypes import Quantity, Range, Ratio
from cds.fhir.quantity import Unit, days, exact, unit_of
from cds.pharmacology.dose import Problem, Span
from cds.pharmacology.product import Product
from cds.phrases import Phrase

TOLERANCE = Fraction(1, 100)
"""Two ways of saying one dose may differ by rounding."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in mg, or why it cannot be told.

    Attributes:
        mg: lowest and highest; None where it cannot be told.
        kind: `mass`, `count`, `volume` or `unknown`.
        micrograms: written in µg.
        problem: why there is no amount.
    """

    mg: Span | None
    kind: str = "unknown"
    micrograms: bool = False
    problem: Problem | None = None


def in_mg(span: Span, unit: Unit | None, written: str, product: Product) -> Amount:
    """A number of units in mg.

    Args:
        span: the number, lowest and highest.
        unit: what the unit means.
        written: the unit as written, for the problem's text.
        product: whose strength counts.
    """
    if span.low < 0:
        return Amount(None, problem=Problem("not-positive", Phrase("The dose is below zero.")))
    if unit is None:
        return Amount(None, problem=Problem("unknown-unit", Phrase("The unit “{unit}” is not known.", unit=written)))
    if unit.per_body:
        return Amount(
            None,
            problem=Problem(
                "needs-weight", Phrase("A dose in {unit} cannot be told without the patient's weight.", unit=written)
            ),
        )
    if unit.dimension == "mass":
        return Amount(span.scaled(unit.factor), "mass", unit.micrograms)
    if unit.dimension == "count":
        if product.strength_mg is None:
            return Amount(
                None,
                "count",
                problem=Problem("no-strength", Phrase("The product's strength is not known, so tablets say no dose.")),
            )
        return Amount(span.scaled(unit.factor * product.strength_mg), "count")
    if unit.dimension == "volume":
        if product.concentration_mg_per_ml is None:
            problem = Problem("no-concentration", Phrase("A volume is ordered and the concentration is not known."))
            return Amount(None, "volume", problem=problem)
        return Amount(span.scaled(unit.factor * product.concentration_mg_per_ml), "volume")
    return Amount(None, problem=Problem("unknown-unit", Phrase("“{unit}” is no unit of a dose.", unit=written)))


def of_quantity(quantity: Quantity, product: Product) -> Amount:
    """A dose quantity in mg."""
    value = exact(quantity.value)
    if value is None:
        return Amount(None, problem=Problem("no-amount", Phrase("The dose has no readable number.")))
    return in_mg(Span.of(value), unit_of(quantity), quantity.unit or quantity.code or "", product)


def of_range(dose: Range, product: Product) -> Amount:
    """A dose range in mg; one end alone is both."""
    ends = [of_quantity(end, product) for end in (dose.low, dose.high) if end is not None]
    spans = [end.mg for end in ends if end.mg is not None]
    if not ends or len(spans) < len(ends):
        return next(
            (end for end in ends if end.mg is None),
            Amount(None, problem=Problem("no-amount", Phrase("The dose range is empty."))),
        )
    span = Span(min(s.low for s in spans), max(s.high for s in spans))
    return Amount(span, ends[-1].kind, any(end.micrograms for end in ends))


def per_day(ratio: Ratio, product: Product, per_dose: Span | None) -> Fraction | None:
    """A cap per period as mg per 24 h; a number of doses counts with the dose itself. None where it cannot be told."""
    if ratio.numerator is None or ratio.denominator is None:
        return None
    period = days(ratio.denominator)
    if period is None or period <= 0:
        return None
    found = of_quantity(ratio.numerator, product)
    if found.mg is None and (ratio.numerator.unit or "").lower() in ("dose", "doses") and per_dose is not None:
        value = exact(ratio.numerator.value)
        return None if value is None else value * per_dose.high / period
    return None if found.mg is None else found.mg.high / period


def rate_per_day(rate: Quantity | Range | Ratio, product: Product) -> Amount:
    """A rate as mg per 24 h."""
    if isinstance(rate, Range):
        ends = [rate_per_day(end, product) for end in (rate.low, rate.high) if end is not None]
        spans = [end.mg for end in ends if end.mg is not None]
        if not ends or len(spans) < len(ends):
            return ends[0] if ends else Amount(None, problem=Problem("no-amount", Phrase("The rate is empty.")))
        return Amount(Span(min(s.low for s in spans), max(s.high for s in spans)), "mass", ends[0].micrograms)
    if isinstance(rate, Ratio):
        period = days(rate.denominator)
        if rate.numerator is None or period is None or period <= 0:
            return Amount(None, problem=Problem("no-amount", Phrase("The rate cannot be read.")))
        amount = of_quantity(rate.numerator, product)
        return Amount(
            amount.mg.scaled(1 / period) if amount.mg else None, amount.kind, amount.micrograms, amount.problem
        )
    value, unit = exact(rate.value), unit_of(rate)
    written = rate.unit or rate.code or ""
    if value is None:
        return Amount(None, problem=Problem("no-amount", Phrase("The rate has no readable number.")))
    if unit is not None and unit.per_body:
        return Amount(
            None,
            problem=Problem(
                "needs-weight", Phrase("A rate in {unit} cannot be told without the patient's weight.", unit=written)
            ),
        )
    if unit is not None and unit.dimension == "mass/time":
        return in_mg(Span.of(value * unit.factor), Unit("mass", Fraction(1), unit.micrograms), written, product)
    if unit is not None and unit.dimension == "volume/time":
        return in_mg(Span.of(value * unit.factor), Unit("volume", Fraction(1)), written, product)
    return Amount(None, problem=Problem("unknown-unit", Phrase("“{unit}” is no unit of a rate.", unit=written)))


def reconcile(amounts: list[Amount]) -> tuple[Amount, tuple[Problem, ...]]:
    """One dose said several ways: the mass where one is written, and where they disagree the highest of them.

    Args:
        amounts: at least one, in order of precedence.
    """
    known = [amount for amount in amounts if amount.mg is not None]
    if not known:
        return amounts[0], tuple(dict.fromkeys(amount.problem for amount in amounts[:1] if amount.problem))
    chosen = known[0]
    highest = max(known, key=lambda amount: amount.mg.high if amount.mg else Fraction(0))
    if chosen.mg is None or highest.mg is None or all(_agree(chosen.mg, amount.mg) for amount in known if amount.mg):
        return chosen, ()
    problem = Problem(
        "amounts-disagree", Phrase("The dose is written in two ways that do not say the same; the higher one counts.")
    )
    return highest, (problem,)


def _agree(one: Span, other: Span) -> bool:
    return abs(one.high - other.high) <= TOLERANCE * max(one.high, other.high)
