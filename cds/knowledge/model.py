"""What the knowledge files say, as values: references, dated figures, periods, products, rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Confidence = Literal["source", "read", "derived", "background"]
"""How far a statement was checked: it stands in a source document of the project (`source`), was read in the named
publication (`read`), follows from such a statement (`derived`), or is professional background that nobody has
looked up yet (`background`)."""

CONFIDENCES: tuple[Confidence, ...] = ("source", "read", "derived", "background")
"""From the strongest to the weakest."""

ProductForm = Literal["tablet", "solution", "suspension", "granules", "injection"]
ProductRoute = Literal["oral", "intrathecal"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source: where a figure, a code or an advice comes from.

    Attributes:
        id: its key in `references.yaml`.
        label: short name for a card, with its year beside it.
        year: year of the version that was read; of an undated source, the year in which it was read.
        url: public address, None where the source has none that lasts.
        kind: label, guideline, study, decision, review, handbook, terminology or project.
        confidence: how far its content was checked.
        title: full title where it is known, else what the source is.
        last_checked: the day a person last looked at it.
    """

    id: str
    label: str
    year: int
    url: str | None
    kind: str
    confidence: Confidence
    title: str
    last_checked: date


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure, for the days on which it holds.

    Attributes:
        id: dotted id, such as `renal.severe.egfr`.
        value: the exact figure.
        unit: UCUM unit (`1` for a ratio).
        references: ids of its references.
        confidence: how far it was checked.
        last_checked: the day a person last looked at it.
        valid_from: first day, None for as long as anyone asks about.
        valid_to: last day, None while it holds.
        title: what the figure is, in words.
        documentation: what else there is to know of it, in sentences; empty where nothing.
    """

    id: str
    value: Fraction
    unit: str
    references: tuple[str, ...]
    confidence: Confidence
    last_checked: date
    valid_from: date | None = None
    valid_to: date | None = None
    title: str = ""
    documentation: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the figure holds on that day; both ends count."""
        return _within(on, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days with a legal or practical meaning; an open end is None.

    Attributes:
        id: its key in `periods.yaml`.
        title: what holds in it.
        start: first day.
        end: last day.
        references: ids of its references.
        documentation: what else there is to know of it, in sentences; empty where nothing.
    """

    id: str
    title: str
    start: date | None
    end: date | None
    references: tuple[str, ...]
    documentation: str = ""

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period; both ends count."""
        return _within(day, self.start, self.end)


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """A coded baclofen product.

    Attributes:
        drug: always `baclofen`.
        name: name as registered.
        brand: brand name, None for a generic or a clinical drug code.
        strength_mg: mg in one tablet or packet, None for liquids and where the code's strength is not verified.
        strength_mg_per_ml: mg in one mL, None for solids and where the code's strength is not verified.
        form: dose form.
        route: `oral` or `intrathecal`.
        jurisdiction: country of the register the code is from (FR, US), None for a code without a country.
        authorised_for_alcohol: alcohol use disorder is among its authorised indications (France).
        baclocur: one of the four Baclocur strengths.
        cis: French CIS code, whatever code it was found by.
        references: ids of its references.
        confidence: how far code and strength were checked.
    """

    drug: str
    name: str
    brand: str | None
    strength_mg: Fraction | None
    strength_mg_per_ml: Fraction | None
    form: ProductForm
    route: ProductRoute
    jurisdiction: str | None
    authorised_for_alcohol: bool
    baclocur: bool
    cis: str | None
    references: tuple[str, ...]
    confidence: Confidence


def _within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
