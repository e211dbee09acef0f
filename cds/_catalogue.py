"""The rules as a person reads them in a terminal: all of them, one, and what is in force on a day."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from textwrap import indent

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cds.knowledge import Knowledge, Parameter, RuleEntry
from cds.knowledge.regimes import RegimeRow, Window, in_force
from cds.language import catalogue
from cds.web.catalogue.view import decimal
from cds.web.catalogue.words import COLUMN_UNITS, COLUMNS, filled, measured

__all__ = ["print_in_force", "print_rule", "print_rules"]

_WIDTH = 100  # columns of a table that no terminal shows


def console_of() -> Console:
    """The terminal, as wide as it is; a pipe gets lines of a fixed width without colours."""
    return Console() if sys.stdout.isatty() else Console(width=_WIDTH, no_color=True, highlight=False)


def print_rules(knowledge: Knowledge, console: Console | None = None) -> None:
    """All rules, in the order in which they lead a card."""
    console = console or console_of()
    table = _table(console, f"Rules (knowledge {knowledge.version})", "rule", "family", "cause", "title")
    for rule in sorted(knowledge.rules, key=lambda entry: entry.position):
        table.add_row(rule.id, rule.family, rule.cause, escape(rule.title))
    console.print(table)


def print_rule(knowledge: Knowledge, rule_id: str, console: Console | None = None, *, on: date | None = None) -> bool:
    """One rule with its texts, figures and sources.

    Args:
        knowledge: what it rests on.
        rule_id: the rule; letter case does not matter.
        console: where to print; else standard output.
        on: only the figures in force on that day, and the day's regimes; None for the figures of every date.

    Returns:
        whether there is such a rule.
    """
    console = console or console_of()
    rule = next((entry for entry in knowledge.rules if entry.id.lower() == rule_id.lower()), None)
    if rule is None:
        return False
    for line in _lines(knowledge, rule, on):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return True


def print_in_force(
    knowledge: Knowledge, on: date, jurisdiction: str | None = None, console: Console | None = None
) -> None:
    """What holds on a day: regimes, periods, dated figures, and the rules that are out of force.

    Args:
        knowledge: everything that is dated.
        on: the day.
        jurisdiction: only the regimes that an order there may meet.
        console: where to print; else standard output.
    """
    console = console or console_of()
    rows = [pair for pair in in_force(knowledge.regime_rows, on) if _concerns(pair[0], jurisdiction, knowledge, on)]
    where = f" in {jurisdiction}" if jurisdiction else ""
    regimes = _table(
        console,
        f"Regimes in force on {on}{where}, oral, mg/day and days",
        "regime",
        "start",
        "step",
        "every",
        "warn",
        "critical",
        "valid",
    )
    for row, window in rows:
        regimes.add_row(*_regime_cells(row, window, knowledge))
    console.print(regimes)
    console.print()

    periods = _table(console, f"Periods on {on}", "period", "", "what holds in it", "from", "until")
    for period in knowledge.periods.values():
        state = "in force" if period.contains(on) else "-"
        periods.add_row(period.id, state, escape(period.title), _day(period.start), _day(period.end))
    console.print(periods)
    console.print()

    figures = _table(console, "Figures that have a date", "figure", "value", "valid")
    for value in (one for values in knowledge.parameters.values() for one in values):
        if value.valid_from is None and value.valid_to is None:
            continue
        shown = _shown(value) if value.in_force(on) else "-"
        figures.add_row(value.id, shown, _span(value.valid_from, value.valid_to))
    console.print(figures)
    console.print()

    out = _table(console, f"Rules out of force on {on}", "rule", "in force")
    for rule in knowledge.rules:
        if rule.period is not None and not knowledge.in_force(rule, on):
            period = knowledge.period(rule.period)
            out.add_row(rule.id, _span(period.start, period.end))
    console.print(out if out.row_count else f"No rule is out of force on {on}.", highlight=False)


def _concerns(row: RegimeRow, jurisdiction: str | None, knowledge: Knowledge, on: date) -> bool:
    """Whether an order of a jurisdiction may meet a row: its own, or the one for wherever no other holds."""
    if jurisdiction is None or jurisdiction in row.jurisdictions:
        return True
    rivals = [other for other, _ in in_force(knowledge.regime_rows, on) if other.indication == row.indication]
    return not row.jurisdictions and not any(jurisdiction in rival.jurisdictions for rival in rivals)


def _regime_cells(row: RegimeRow, window: Window, knowledge: Knowledge) -> list[str]:
    regime = row.regime
    names = sorted({one.name for one in knowledge.products.values() if one.cis in window.products})
    limited = f" (only {'; '.join(names)})" if window.products else ""
    figures = [getattr(regime, column) for column in COLUMNS]
    cells = ["ladder" if value is None else decimal(value) for value in figures]
    return [escape(regime.title + limited), *cells, _span(window.start, window.end)]


def _lines(knowledge: Knowledge, rule: RuleEntry, on: date | None) -> Iterator[str]:
    yield f"{rule.id}: {rule.title}"
    yield f"family {rule.family}, cause {rule.cause}"
    yield f"checks {rule.check}"
    if rule.period is not None:
        period = knowledge.period(rule.period)
        state = "" if on is None else f", {'in force' if period.contains(on) else 'not in force'} on {on}"
        yield f"speaks{_span(period.start, period.end, before=' ')}{state}"
    yield from (f"replaces {other}" for other in rule.replaces)
    yield from (f"does not cover: {gap}" for gap in rule.not_covered)
    yield "\nfires" if on is None else f"\nfires, with the figures of {on}"
    words = catalogue("en")
    day = on or datetime.now().astimezone().date()
    yield from (f"  {filled(sentence, knowledge, day, words)}" for sentence in rule.fires)
    for key, message in rule.texts.items():
        yield f"\n{key}"
        yield indent(f"{message.summary}\n{message.detail.strip()}", "  ")
    if rule.parameters:
        yield "\nfigures" if on is None else f"\nfigures in force on {on}"
    for parameter_id in rule.parameters:
        values = [one for one in knowledge.parameters[parameter_id] if on is None or one.in_force(on)]
        yield from (f"  {_worded(parameter)}" for parameter in values)
        if not values:
            yield f"  {parameter_id}: none"
    if on is not None and rule.regime:
        yield f"\nregimes in force on {on}"
        for row, window in in_force(knowledge.regime_rows, on):
            columns = [(column, getattr(row.regime, column)) for column in COLUMNS if column in rule.regime]
            said = [
                f"{COLUMNS[column].lower()} "
                + ("the rungs" if value is None else measured(value, COLUMN_UNITS[column], words))
                for column, value in columns
            ]
            yield f"  {_regime_cells(row, window, knowledge)[0]}: {', '.join(said)}"
    yield "\nreferences"
    for reference_id in rule.references:
        source = knowledge.reference(reference_id)
        yield f"  {source.label} ({source.year}), checked {source.last_checked}. {source.url or ''}".rstrip()


def _table(console: Console, title: str, *columns: str) -> Table:
    style = box.SIMPLE_HEAD if console.is_terminal else None
    return Table(*columns, title=title, title_justify="left", title_style="bold", box=style, pad_edge=False)


def _worded(parameter: Parameter) -> str:
    return (
        f"{parameter.id} = {_shown(parameter)}{_span(parameter.valid_from, parameter.valid_to, before=' ', always='')} "
        f"[{', '.join(parameter.references)}]"
    )


def _shown(parameter: Parameter) -> str:
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    return f"{decimal(parameter.value)}{unit}"


def _span(start: date | None, end: date | None, *, before: str = "", always: str = "at every date") -> str:
    words = " ".join(part for part in (f"from {start}" if start else "", f"until {end}" if end else "") if part)
    words = words or always
    return before + words if words else ""


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
