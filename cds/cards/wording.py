"""Figures, units, dates and orders in words; templates filled."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol

from cds.cards.escaping import LONGEST_ITEM
from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge.units import unit_in_words
from cds.pharmacology.dose import DosePhase, Span
from cds.rules.finding import Fact, Measure


class Escape(Protocol):
    """How a text of the EHR is made harmless where it will stand."""

    def __call__(self, text: str, longest: int = ..., /) -> str:
        """The text, at most so many characters of it."""


NOT_KNOWN = "(not known)"
"""What stands where a text names a fact that the finding does not have: a card with a hole says more than no card."""


def number(value: Fraction | int) -> str:
    """A figure with at most two decimals, none where they are zeros."""
    text = f"{float(value):.2f}"
    return text.rstrip("0").rstrip(".")


def measure(figure: Measure) -> str:
    """A figure with its unit in words: `120 mg/day`."""
    if figure.unit == "%":
        return f"{number(figure.value)} %"
    return f"{number(figure.value)} {unit_in_words(figure.unit, figure.value)}".rstrip()


def day(value: date) -> str:
    """An unambiguous date: `2026-06-01`."""
    return value.isoformat()


def fact(value: Fact, escape: Escape) -> str:
    """Any fact of a finding in words; strings are escaped."""
    match value:
        case Measure():
            return measure(value)
        case date():
            return day(value)
        case str():
            return escape(value)
        case tuple():
            return ", ".join(escape(item, LONGEST_ITEM) for item in value)
        case _:
            return number(value)


class _Template(string.Formatter):
    """`str.format` without attribute access or indexing: a placeholder is a plain name."""

    def get_field(self, field_name: str, _args: object, kwargs: Mapping[str, object]) -> tuple[object, str]:
        if not field_name.isidentifier():
            raise ValueError(f"placeholder {{{field_name}}} is not a plain name")
        return kwargs.get(field_name, NOT_KNOWN), field_name


_TEMPLATE = _Template()


def fill(template: str, facts: Mapping[str, Fact], escape: Escape) -> str:
    """A template with its placeholders filled; a list of texts that begins a line becomes a markdown list.

    Raises:
        ValueError: a placeholder is not a plain name.
    """
    for name, value in facts.items():
        if isinstance(value, tuple) and f"\n{{{name}}}" in f"\n{template}":
            items = "\n".join(f"- {escape(item, LONGEST_ITEM)}" for item in value)
            template = template.replace(f"{{{name}}}", items.replace("{", "{{").replace("}", "}}"))
    return _TEMPLATE.vformat(template, (), {name: fact(value, escape) for name, value in facts.items()}).strip()


def placeholders(template: str) -> frozenset[str]:
    """The names a template asks for."""
    return frozenset(name for _, name, _, _ in _TEMPLATE.parse(template) if name)


def standard_facts(chart: Chart) -> dict[str, Fact]:
    """The placeholders that every text may use."""
    total = chart.therapy.total
    if total is None:
        daily = "dose unknown"
    else:
        daily = ("at least " if total.at_least else "") + measure(Measure(total.value, "mg/d"))
    return {
        "drug": "Baclofen",
        "daily": daily,
        "orders": "; ".join(order_line(order) for order in chart.therapy.checked) or "baclofen",
        "regime": chart.regime.title,
        "evaluation_date": chart.evaluation_date,
    }


def order_line(order: Order) -> str:
    """An order in one line: `baclofen 30 mg 4×/day = 120 mg/day`."""
    unit = "µg" if order.plan.unit == "ug" else "mg"
    phases = order.plan.phases
    if not phases:
        return "baclofen, dose unknown"
    if len(phases) > 1:
        return f"baclofen {_sequence(phases, unit)}"
    phase = phases[0]
    if order.plan.bolus is not None:
        return f"baclofen {number(order.plan.bolus)} µg once"
    words = ["baclofen"]
    if phase.per_dose is not None and not order.plan.infusion:
        words.append(f"{span(phase.per_dose)} {unit}")
    if phase.doses_per_day is not None and not order.plan.infusion:
        words.append(f"{span(phase.doses_per_day)}×/day")
    if phase.as_needed:
        limit = phase.as_needed_maximum
        words.append("as needed, no daily limit" if limit is None else f"as needed, at most {number(limit)} {unit}/day")
    elif phase.dosing_day is not None:
        up_to = "up to " if phase.dosing_day.low != phase.dosing_day.high else ""
        sign = "= " if len(words) > 1 else ""
        words.append(f"{sign}{up_to}{number(phase.dosing_day.high)} {unit}/day")
    else:
        words.append("dose unknown")
    return " ".join(words)


def _sequence(phases: tuple[DosePhase, ...], unit: str) -> str:
    doses = [number(phase.peak) if phase.peak is not None else "?" for phase in phases]
    lengths = {phase.days for phase in phases[:-1]}
    length = lengths.pop() if len(lengths) == 1 else None
    each = f", {measure(Measure(length, 'd'))} each" if length is not None else ""
    return f"{' → '.join(doses)} {unit}/day{each}"


def span(value: Span) -> str:
    """A range or a single figure."""
    return number(value.low) if value.low == value.high else f"{number(value.low)}–{number(value.high)}"
