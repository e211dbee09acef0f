"""What single phrases mean: numbers, amounts, times, lengths."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lark import Token, Tree

from cds.fhir.sig.draft import NotUnderstoodError
from cds.fhir.sig.model import SigAmount
from cds.fhir.sig.parse import Node
from cds.pharmacology.dose import Span
from cds.phrases import Phrase

QUANTITIES = frozenset({"quantity", "quantity_range", "quantity_and_half", "bare", "total", "scheme"})
"""Phrases that bring an amount."""

REMARKS = frozenset({"words", "negation", "reason", "condition", "vague"})
"""Phrases that say nothing about a dose by themselves."""


def meaning(node: Any) -> Any:
    """What a token means."""
    return node.value.meaning


def number(node: Node) -> Span:
    """A number or a range of numbers."""
    values = [meaning(child) for child in node.children if isinstance(child, Token) and child.type == "NUM"]
    return Span(min(values), max(values))


def amount(node: Node) -> SigAmount:
    """A quantity phrase."""
    numbers = [number(child) for child in node.children if isinstance(child, Tree)]
    units = [meaning(child) for child in node.children if isinstance(child, Token) and child.type == "UNIT"]
    span = numbers[0]
    if node.data == "quantity_range":
        if units[0] != units[1]:
            raise NotUnderstoodError(Phrase("a range from one unit to another"))
        span = span.hull(numbers[1])
    elif node.data == "quantity_and_half":
        span = span + Span.of(Fraction(1, 2))
    return SigAmount(span, units[0] if units else None)


def times(node: Node) -> Span:
    """A number of times."""
    child = next(child for child in node.children if not (isinstance(child, Token) and child.type in {"TIMES", "X"}))
    return number(child) if isinstance(child, Tree) else Span.of(meaning(child))


def length(node: Node) -> Span:
    """A number of time units, in days."""
    numbers = [number(child) for child in node.children if isinstance(child, Tree)]
    unit = next(meaning(child) for child in node.children if isinstance(child, Token) and child.type == "TIMEUNIT")
    return (numbers[0] if numbers else Span.of(1)).scaled(unit)
