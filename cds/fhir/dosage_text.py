"""A dosing instruction in words as dose phases of a product."""

from __future__ import annotations

import functools
from fractions import Fraction

from cds.fhir.amounts import Amount, in_mg, reconcile
from cds.fhir.quantity import read_unit
from cds.fhir.sig import MAX_TEXT, Sig, SigAmount, SigDose, SigStep, read_sig
from cds.pharmacology.dose import DosePhase, Problem, Span
from cds.pharmacology.product import Product
from cds.phrases import Phrase

ZERO = Span.of(0)

_MAX_CACHED = 2048  # sites write few different instructions, many times
_MAX_NAME = 200


def read_text(text: str, product: Product) -> tuple[tuple[DosePhase, ...], tuple[Problem, ...], frozenset[str]]:
    """The phases that a text says, in mg.

    Returns:
        the phases (empty where the text says none), its problems, and what the amounts were written in: `volume`, `micrograms`.
    """
    text = text[: MAX_TEXT + 1]  # longer ones are refused, and none is kept
    short = len(product.name) <= _MAX_NAME
    return _read_text(text, product) if short else _read_text.__wrapped__(text, product)


@functools.lru_cache(maxsize=_MAX_CACHED)
def _read_text(text: str, product: Product) -> tuple[tuple[DosePhase, ...], tuple[Problem, ...], frozenset[str]]:
    sig = read_sig(text, product.name)
    problems = [Problem("unreadable", sentence) for sentence in sig.problems]
    written: set[str] = set()
    phases = [_phase(step, sig, product, problems, written) for step in sig.steps]
    if not phases and sig.cap is not None:
        cap = _cap(sig, product, None)
        if cap is not None:
            phases = [DosePhase(maximum=cap)]
            problems.append(Problem("no-amount", Phrase("Only a maximum is written, no dose.")))
    if not phases and not problems:
        problems.append(Problem("no-amount", Phrase("The text says no dose.")))
    return tuple(phases), tuple(dict.fromkeys(problems)), frozenset(written)


def _phase(step: SigStep, sig: Sig, product: Product, problems: list[Problem], written: set[str]) -> DosePhase:
    if not step.doses:
        return DosePhase(days=step.days, daily=ZERO, dosing_day=ZERO, doses_per_day=ZERO)
    parts = [_part(dose, sig, product, problems, written) for dose in step.doses]
    return join(parts, step.days)


def _part(dose: SigDose, sig: Sig, product: Product, problems: list[Problem], written: set[str]) -> DosePhase:
    readings = [_amount(one, None, product) for one in dose.amounts]
    if dose.concentration is not None:  # stated in the text: first, and held against the product's own
        readings = [_amount(one, dose.concentration, product) for one in dose.amounts] + readings
    amount, found = reconcile(readings)
    problems.extend(found)
    if amount.kind == "volume":
        written.add("volume")
    if amount.micrograms:
        written.add("micrograms")
    times, on_day = dose.schedule.per_day, dose.schedule.on_dosing_day
    per_dose = amount.mg
    if amount.mg is not None and dose.a_day:
        per_dose = Span(amount.mg.low / on_day.high, amount.mg.high / on_day.low) if on_day else None
    cap = _cap(sig, product, per_dose)
    if dose.as_needed:
        return _as_needed(amount, dose, times, per_dose, cap)
    if amount.mg is None:
        return DosePhase(maximum=cap)
    if dose.a_day:
        return DosePhase(daily=amount.mg, dosing_day=amount.mg, per_dose=per_dose, doses_per_day=on_day, maximum=cap)
    if times is None or on_day is None:
        if not dose.schedule.once:
            problems.append(Problem("no-timing", Phrase("The text does not say how often.")))
        return DosePhase(per_dose=per_dose, dosing_day=amount.mg if dose.schedule.once else None, maximum=cap)
    return DosePhase(
        daily=product_of(amount.mg, times),
        dosing_day=product_of(amount.mg, on_day),
        per_dose=per_dose,
        doses_per_day=on_day,
        maximum=cap,
    )


def _as_needed(
    amount: Amount, dose: SigDose, times: Span | None, per_dose: Span | None, cap: Fraction | None
) -> DosePhase:
    limit = None
    if amount.mg is not None:
        limit = amount.mg.high if dose.a_day else amount.mg.high * times.high if times is not None else None
    return DosePhase(
        per_dose=per_dose, as_needed=True, scheduled=False, as_needed_maximum=lower(limit, cap), maximum=cap
    )


def _amount(amount: SigAmount, concentration: Fraction | None, product: Product) -> Amount:
    if amount.unit == "/kg":
        return Amount(
            None,
            problem=Problem("needs-weight", Phrase("A dose by weight cannot be told without the patient's weight.")),
        )
    unit = read_unit(amount.unit or "{tbl}", None)
    if unit is not None and unit.dimension == "volume" and concentration is not None:
        return Amount(amount.span.scaled(unit.factor * concentration), "volume")
    return in_mg(amount.span, unit, amount.unit or "", product)


def _cap(sig: Sig, product: Product, per_dose: Span | None) -> Fraction | None:
    if sig.cap is None:
        return None
    if sig.cap.amount is not None:
        unit = read_unit(sig.cap.amount.unit or "{tbl}", None)
        found = in_mg(sig.cap.amount.span, unit, sig.cap.amount.unit or "", product)
        return None if found.mg is None else found.mg.high / sig.cap.days
    return None if sig.cap.times is None or per_dose is None else sig.cap.times * per_dose.high / sig.cap.days


def product_of(amount: Span, times: Span) -> Span:
    """Amount times number of intakes, end by end."""
    high = amount.high * times.high
    single = amount.low is amount.high and times.low is times.high
    return Span(high if single else amount.low * times.low, high)


def lower(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """The lower of two limits; None where neither is known."""
    known = [limit for limit in (one, other) if limit is not None]
    return min(known) if known else None


def join(parts: list[DosePhase], days: Fraction | None, *, on_different_days: bool = False) -> DosePhase:
    """Instructions that run side by side as one phase: amounts add up, what cannot be told spoils the sum.

    Args:
        parts: at least one.
        days: how long they run.
        on_different_days: the parts alternate, so that no day sees two of them.
    """
    scheduled = [part for part in parts if part.scheduled]
    as_needed = [part for part in parts if part.as_needed]
    limits = [part.as_needed_maximum for part in as_needed]
    caps = [part.maximum for part in parts if part.maximum is not None]
    dosing_days = [part.dosing_day for part in scheduled]
    return DosePhase(
        days=days,
        daily=_sum([part.daily for part in scheduled]),
        dosing_day=_hull(dosing_days) if on_different_days else _sum(dosing_days),
        per_dose=_hull([part.per_dose for part in parts]),
        doses_per_day=_hull([p.doses_per_day for p in scheduled])
        if on_different_days
        else _sum([p.doses_per_day for p in scheduled]),
        as_needed=bool(as_needed),
        scheduled=bool(scheduled),
        as_needed_maximum=None
        if any(limit is None for limit in limits)
        else sum((x for x in limits if x is not None), Fraction(0)) or None,
        as_needed_part=_hull([part.as_needed_dose for part in as_needed]) if scheduled else None,
        maximum=max(caps) if caps else None,
    )


def _sum(spans: list[Span | None]) -> Span | None:
    known = [span for span in spans if span is not None]
    if not known or len(known) < len(spans):
        return None
    return Span(sum((s.low for s in known), Fraction(0)), sum((s.high for s in known), Fraction(0)))


def _hull(spans: list[Span | None]) -> Span | None:
    known = [span for span in spans if span is not None]
    return Span(min(s.low for s in known), max(s.high for s in known)) if known else None
