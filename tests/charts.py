"""Charts for rule tests: a plain adult outpatient on nothing, with every list complete, and what a test changes of it."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from cds.chart.model import AgeRange, Chart, Egfr, Indication, Jurisdiction, Kidneys, Programme, Therapy, Weight
from cds.chart.orders import DoseStep, Order, Total
from cds.chart.reading import Absent, Known, Listing
from cds.knowledge import load_knowledge
from cds.pharmacology.dose import DosePhase, DosePlan, Span
from cds.pharmacology.product import Product

TODAY = date(2026, 6, 1)
KNOWLEDGE = load_knowledge()
TABLET = Product(name="Baclofen 10 MG Oral Tablet", baclofen="code", strength_mg=Fraction(10), form="tablet")


def phase(
    per_dose: float | Fraction,
    times: int = 1,
    *,
    days: int | None = None,
    as_needed: bool = False,
    limit: float | None = None,
) -> DosePhase:
    """`per_dose` mg `times` a day; as needed with at most `limit` mg a day (none: unlimited)."""
    amount = Fraction(str(per_dose)) if not isinstance(per_dose, Fraction) else per_dose
    daily = Span.of(amount * times)
    return DosePhase(
        days=None if days is None else Fraction(days),
        daily=None if as_needed else daily,
        dosing_day=None if as_needed else daily,
        per_dose=Span.of(amount),
        doses_per_day=None if as_needed else Span.of(times),
        as_needed=as_needed,
        scheduled=not as_needed,
        as_needed_maximum=None if limit is None else Fraction(str(limit)),
    )


def order(*phases: DosePhase, **changes: Any) -> Order:
    """An oral draft of these phases; `changes` are fields of `Order`, `route` and `product` among them."""
    plan = DosePlan(
        route=changes.pop("route", "oral"), unit="mg", phases=phases, read_from="structure", **changes.pop("plan", {})
    )
    fields: dict[str, Any] = {
        "reference": "MedicationRequest/draft",
        "status": "draft",
        "draft": True,
        "product": TABLET,
        "authored": TODAY,
        "start": TODAY,
    }
    return Order(plan=plan, **(fields | changes))


def therapy(
    *orders: Order, before: float | None = None, days: int | None = 100, start: bool | None = None, **changes: Any
) -> Therapy:
    """A signing of these oral orders after `before` mg/day for `days` (None: no baclofen before, a start)."""
    peaks = [peak for one in orders if (peak := one.peak) is not None]
    total = Total(sum(peaks, Fraction(0)), orders=orders) if peaks else None
    steps: list[DoseStep] = []
    previous = None if before is None else Fraction(str(before))
    length = None if days is None else Fraction(days)
    if len(orders) == 1:
        for number, one in enumerate(orders[0].plan.phases):
            if one.peak is None:
                continue
            if previous is not None and one.peak != previous:
                steps.append(DoseStep(previous, one.peak, length, first=number == 0))
            previous, length = one.peak, one.days
    fields: dict[str, Any] = {
        "checked": orders,
        "oral": tuple(one for one in orders if one.oral),
        "total": total,
        "before": Absent() if before is None else Known(Fraction(str(before))),
        "before_since": None if before is None or days is None else TODAY - timedelta(days=days),
        "starts": Known(before is None if start is None else start),
        "steps": tuple(steps),
        "exposure": Absent() if before is None else Known(days or 0),
        "supply_end": Absent(),
        "gap": Absent(),
    }
    return Therapy(**(fields | changes))


def chart(
    *,
    age: int | AgeRange | None = 40,
    jurisdiction: str = "US",
    indications: frozenset[str] = frozenset({"spasticity"}),
    setting: str = "outpatient",
    on: date = TODAY,
    egfr: float | None = 95,
    weight: float | None = 70,
    **changes: Any,
) -> Chart:
    """A chart with every list complete and empty; named arguments for what most tests vary, `changes` for any field."""
    years = AgeRange(age, age) if isinstance(age, int) else age
    first = next(iter(changes["therapy"].checked), None) if "therapy" in changes else None
    fields: dict[str, Any] = {
        "hook": "order-sign",
        "evaluation_date": on,
        "today": on,
        "regime": KNOWLEDGE.regime(
            jurisdiction=jurisdiction,
            indications=indications,
            setting=setting,
            on=on,
            cis=first.product.cis if first else None,
        ),
        "jurisdiction": Jurisdiction(jurisdiction, "country"),
        "setting": Known(setting),
        "age": Absent() if years is None else Known(years),
        "sex": Known("male"),
        "weight": Absent() if weight is None else Known(Weight(Fraction(str(weight)), on)),
        "indication": Indication(indications, "order" if indications else "unknown"),
        "kidneys": Kidneys(
            egfr=Absent() if egfr is None else Known(Egfr(Fraction(str(egfr)), on)),
            creatinine_clearance=Absent(),
            dialysis=Absent(),
            acute=Absent(),
        ),
        "problems": Listing(),
        "allergies": Listing(),
        "drugs": Listing(),
        "alcohol_use": Absent(),
        "programme": Programme(Absent(), Absent(), Listing(), Absent()),
    }
    return Chart(**(fields | changes))


def changed(base: Chart, **changes: Any) -> Chart:
    """The chart with other fields."""
    return dataclasses.replace(base, **changes)


def at_least(signing: Therapy) -> Therapy:
    """The same signing where other oral orders could not be read: its total is a lower bound."""
    total = (
        None
        if signing.total is None
        else dataclasses.replace(signing.total, at_least=True, because="the EHR sent no medication list")
    )
    return dataclasses.replace(signing, total=total)


def intrathecal(daily_ug: float | None = None, *, bolus: float | None = None, **changes: Any) -> Order:
    """An intrathecal draft: an infusion of so many µg a day, or a single bolus in µg."""
    amount = None if daily_ug is None else Span.of(Fraction(str(daily_ug)))
    plan = DosePlan(
        route="intrathecal",
        unit="ug",
        phases=() if amount is None else (DosePhase(daily=amount, dosing_day=amount),),
        read_from="structure",
        bolus=None if bolus is None else Fraction(str(bolus)),
        infusion=amount is not None,
    )
    fields: dict[str, Any] = {
        "reference": "MedicationRequest/pump",
        "status": "draft",
        "draft": True,
        "product": Product(name="Baclofen intrathecal 2000 ug/mL", baclofen="code", form="injection"),
        "authored": TODAY,
        "start": TODAY,
    }
    return Order(plan=plan, **(fields | changes))
