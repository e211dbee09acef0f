"""The rules as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from textwrap import indent

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cds.knowledge import Knowledge, Parameter, RuleEntry

__all__ = ["print_rule", "print_rules"]


def print_rules(knowledge: Knowledge, console: Console | None = None) -> None:
    """All rules, in the order in which they lead a card."""
    console = console or Console()
    table = Table(
        "rule", "family", "cause", "title", title=f"Rules (knowledge {knowledge.version})", title_justify="left"
    )
    for rule in sorted(knowledge.rules, key=lambda entry: entry.position):
        table.add_row(rule.id, rule.family, rule.cause, escape(rule.title))
    console.print(table)


def print_rule(knowledge: Knowledge, rule_id: str, console: Console | None = None) -> bool:
    """One rule with its texts, figures and sources.

    Returns:
        whether there is such a rule; letter case does not matter.
    """
    console = console or Console()
    rule = next((entry for entry in knowledge.rules if entry.id.lower() == rule_id.lower()), None)
    if rule is None:
        return False

    for line in _lines(knowledge, rule):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return True


def _lines(knowledge: Knowledge, rule: RuleEntry) -> Iterator[str]:
    yield f"{rule.id}: {rule.title}"
    yield f"family {rule.family}, cause {rule.cause}"
    yield f"checks {rule.check}"
    yield from (f"replaces {other}" for other in rule.replaces)
    yield from (f"does not cover: {gap}" for gap in rule.not_covered)
    for key, message in rule.texts.items():
        yield f"\n{key}"
        yield indent(f"{message.summary}\n{message.detail.strip()}", "  ")
    if rule.parameters:
        yield "\nfigures"
    for parameter_id in rule.parameters:
        yield from (f"  {_worded(parameter)}" for parameter in knowledge.parameters[parameter_id])
    yield "\nreferences"
    for reference_id in rule.references:
        source = knowledge.reference(reference_id)
        yield f"  {source.label} ({source.year}), checked {source.last_checked}. {source.url or ''}".rstrip()


def _worded(parameter: Parameter) -> str:
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    return (
        f"{parameter.id} = {_decimal(parameter.value)}{unit}{_span(parameter.valid_from, parameter.valid_to)} "
        f"[{', '.join(parameter.references)}]"
    )


def _decimal(value: Fraction) -> str:
    """As a decimal where it has one, else as a fraction."""
    shown = f"{float(value):.6g}"
    return shown if Fraction(shown) == value else str(value)


def _span(start: date | None, end: date | None) -> str:
    return (f" from {start}" if start else "") + (f" until {end}" if end else "")
