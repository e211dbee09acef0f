"""A section of the dashboard: one plot that is a table first, and the same figures as rows of a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cds.feedback.figures import SMALLEST_DENOMINATOR, Outcomes

__all__ = ["OUTCOME_HEADER", "Row", "Section", "Series", "Tile", "file_percent", "outcome_row", "percent"]

Row = tuple[object, ...]
"""Of a CSV file."""


@dataclass(frozen=True, slots=True)
class Series:
    """A column of figures.

    Attributes:
        name: its heading.
        said: the cells in words, a row each.
        values: what is drawn; None where a cell is not. Empty where the column stands in the table only.
        colour: name of a colour of the style sheet; empty for the next one.
    """

    name: str
    said: tuple[str, ...]
    values: tuple[Fraction | int | None, ...] = ()
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section.

    Attributes:
        key: its id in the page and the name of its file.
        title: a few words.
        notes: what is counted, of what, in which period; a sentence each.
        kind: of the plot; see `plots.html`.
        axis: what the drawn figures are.
        label: what the rows are.
        labels: name of each row.
        series: columns.
        header: of the file.
        rows: of the file.
        links: whether the names are those of rules.
        unit: of what is drawn, as UCUM writes it.
    """

    key: str
    title: str
    notes: tuple[str, ...]
    kind: str
    axis: str
    label: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    links: bool = False
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its denominator in words.

    Attributes:
        key: in the file.
        name: what is counted.
        figure: how many, in words.
        of: of what, in words.
        row: of the file: count, denominator, what the denominator is.
    """

    key: str
    name: str
    figure: str
    of: str
    row: Row


def percent(count: int, of: int) -> Fraction | None:
    """100 * count / of to one decimal; None of a denominator that is too small."""
    return Fraction(round(Fraction(1000 * count, of)), 10) if of >= SMALLEST_DENOMINATOR else None


def file_percent(count: int, of: int) -> str:
    """The share as a file writes it; empty of a small denominator."""
    share = percent(count, of)
    return "" if share is None else f"{float(share):.1f}"


OUTCOME_HEADER = ("cards", "accepted", "overridden", "no_answer", "accepted_percent", "overridden_percent")
"""Columns of `outcome_row`."""


def outcome_row(one: Outcomes) -> Row:
    """What became of cards, as a file writes it."""
    shares = (file_percent(count, one.shown) for count in (one.accepted, one.overridden))
    return (one.shown, one.accepted, one.overridden, one.unanswered, *shares)
