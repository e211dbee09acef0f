"""Facts, templates and orders in words of one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol

from cds.cards.escaping import LONGEST_ITEM
from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.language import Catalogue
from cds.language.templates import segments
from cds.pharmacology.dose import DosePhase, Span
from cds.phrases import Phrase
from cds.rules.finding import Fact, Measure


class Escape(Protocol):
    """How a text of the EHR is made harmless where it will stand."""

    def __call__(self, text: str, longest: int = ..., /) -> str:
        """The text, at most so many characters of it."""


class Worded(str):
    """Words of ours that stand in the language already: neither translated nor escaped again."""

    __slots__ = ()


NOT_KNOWN = Phrase("(not known)")
"""What stands where a text names a fact that the finding does not have: a card with a hole says more than no card."""


def fact(value: object, escape: Escape, words: Catalogue) -> str:
    """Any fact of a finding in words: phrases of ours are translated, texts of the EHR escaped."""
    match value:
        case Measure():
            return words.measure(value.value, value.unit)
        case date():
            return words.date(value)
        case Worded():
            return value
        case Phrase():
            return words.phrase(value, lambda part: fact(part, escape, words))
        case str():
            return escape(value)
        case tuple():
            return words.join(_item(item, escape, words) for item in value)
        case Fraction() | int():
            return words.number(value)
        case _:
            raise TypeError(f"{type(value).__name__} is no fact")


def _item(item: object, escape: Escape, words: Catalogue) -> str:
    """One text of a list; a text of the EHR may be longer there."""
    if isinstance(item, str) and not isinstance(item, Phrase | Worded):
        return escape(item, LONGEST_ITEM)
    return fact(item, escape, words)


def fill(template: str, facts: Mapping[str, Fact], escape: Escape, words: Catalogue) -> str:
    """A template of ours in the language, its placeholders filled; a list that begins a line becomes a markdown list.

    Args:
        template: the English text, which is the message id.
        facts: what fills it.
        escape: for the texts of the EHR among them.
        words: the language.

    Raises:
        ValueError: a placeholder is not a plain name.
    """
    filled = ""
    for literal, name in segments(words.text(template)):
        filled += literal
        if name is None:
            continue
        value = facts.get(name, NOT_KNOWN)
        if isinstance(value, tuple) and (not filled or filled.endswith("\n")):
            filled += "\n".join(f"- {_item(item, escape, words)}" for item in value)
        else:
            filled += fact(value, escape, words)
    return filled.strip()


def standard_facts(chart: Chart, words: Catalogue) -> dict[str, Fact]:
    """The placeholders that every text may use."""
    total = chart.therapy.total
    if total is None:
        daily = words.phrase(Phrase("dose unknown"))
    else:
        daily = words.measure(total.value, "mg/d")
        if total.at_least:
            daily = words.phrase(Phrase("at least {amount}", amount=daily))
    orders = "; ".join(order_line(order, words) for order in chart.therapy.checked)
    return {
        "drug": Phrase("Baclofen"),
        "daily": Worded(daily),
        "orders": Worded(orders) if orders else Phrase("baclofen"),
        "regime": Phrase(chart.regime.title),
        "evaluation_date": chart.evaluation_date,
    }


def order_line(order: Order, words: Catalogue) -> str:
    """An order in one line: `baclofen 30 mg 4×/day = 120 mg/day`; no word of it comes from the EHR."""
    amount, daily = ("ug", "ug/d") if order.plan.unit == "ug" else ("mg", "mg/d")
    phases = order.plan.phases
    if not phases:
        return words.phrase(Phrase("baclofen, dose unknown"))
    if len(phases) > 1:
        return words.phrase(Phrase("baclofen {sequence}", sequence=_sequence(phases, daily, words)))
    if order.plan.bolus is not None:
        return words.phrase(Phrase("baclofen {dose} once", dose=words.measure(order.plan.bolus, "ug")))
    phase = phases[0]
    parts = [words.phrase(Phrase("baclofen"))]
    if phase.per_dose is not None and not order.plan.infusion:
        parts.append(words.with_unit(span(phase.per_dose, words), amount))
    if phase.doses_per_day is not None and not order.plan.infusion:
        parts.append(words.phrase(Phrase("{times}×/day", times=span(phase.doses_per_day, words))))
    rhythm = " ".join(parts)
    if phase.as_needed:
        limit = phase.as_needed_maximum
        if limit is None:
            return words.phrase(Phrase("{doses} as needed, no daily limit", doses=rhythm))
        most = words.measure(limit, daily)
        return words.phrase(Phrase("{doses} as needed, at most {limit}", doses=rhythm, limit=most))
    if phase.dosing_day is None:
        return words.phrase(Phrase("{doses} dose unknown", doses=rhythm))
    sum_of_day = words.measure(phase.dosing_day.high, daily)
    if phase.dosing_day.low != phase.dosing_day.high:
        sum_of_day = words.phrase(Phrase("up to {amount}", amount=sum_of_day))
    return f"{rhythm} = {sum_of_day}" if len(parts) > 1 else f"{rhythm} {sum_of_day}"


def _sequence(phases: tuple[DosePhase, ...], unit: str, words: Catalogue) -> str:
    doses = ("?" if phase.peak is None else words.number(phase.peak) for phase in phases)
    steps = words.with_unit(" → ".join(doses), unit)
    lengths = {phase.days for phase in phases[:-1]}
    length = lengths.pop() if len(lengths) == 1 else None
    if length is None:
        return steps
    return words.phrase(Phrase("{steps}, {length} each", steps=steps, length=words.measure(length, "d")))


def span(value: Span, words: Catalogue) -> str:
    """A range or a single figure."""
    low, high = words.number(value.low), words.number(value.high)
    return low if value.low == value.high else f"{low}–{high}"
