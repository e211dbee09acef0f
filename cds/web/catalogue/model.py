"""The pages as values; they are the JSON of the pages, too, and `schemas/rules.schema.json` describes them.

Texts are in the language of the page. A missing day of a span is null: it is open.
"""

from __future__ import annotations

from datetime import date

import msgspec


class _Value(msgspec.Struct, frozen=True, rename="camel"):
    """A value of the JSON: members in camelCase."""


class Named(_Value, frozen=True):
    """Something with a key and a name in words."""

    id: str
    text: str


class Span(_Value, frozen=True):
    """A period with its name; an open end is null."""

    id: str
    title: str
    start: date | None
    end: date | None
    documentation: str


class Source(_Value, frozen=True):
    """A reference."""

    id: str
    label: str
    year: int
    title: str
    url: str | None
    confidence: str
    last_checked: date


class Figure(_Value, frozen=True):
    """One value of a figure: `value` is exact (`7.5`, `1/3`), `shown` is in words with its unit."""

    id: str
    title: str
    value: str
    unit: str
    shown: str
    valid_from: date | None
    valid_to: date | None
    in_force: bool
    confidence: str
    confidence_in_words: str
    last_checked: date
    references: tuple[Source, ...]
    documentation: str


class Cell(_Value, frozen=True):
    """One column of a regime; `value` is null where only the ladder of the French programme speaks."""

    column: str
    heading: str
    value: str | None
    shown: str
    meaning: str


class RegimeLine(_Value, frozen=True):
    """A regime in force on the day, with the columns a rule reads; `products` are those to which the line is limited."""

    id: str
    title: str
    cells: tuple[Cell, ...]
    valid_from: date | None
    valid_to: date | None
    products: tuple[str, ...]
    confidence_in_words: str
    last_checked: date | None
    references: tuple[Source, ...]
    documentation: str


class CardText(_Value, frozen=True):
    """A text of the rule's card; `{names}` stand for what the card fills in."""

    key: str
    summary: str
    detail: str


class Override(_Value, frozen=True):
    """A reason with which a prescriber may pass over the card."""

    code: str
    display: str


class ChangeEntry(_Value, frozen=True):
    """A change of the rule."""

    on: date
    kind: str
    text: str


class UsageEntry(_Value, frozen=True):
    """How one kind of data of the regulation is used."""

    id: str
    title: str
    text: str


class Attributes(_Value, frozen=True):
    """The source attributes of US HTI-1, 45 CFR 170.315(b)(11)(iv)(A)."""

    developer: str
    funding: str
    licence: str
    contact: str
    released: date
    revised: date
    service_released: date
    usages: tuple[UsageEntry, ...]


class Decision(_Value, frozen=True):
    """An operator's decision about a rule for an organisation: `silent` (evaluated and counted, not shown), `off`, or `shown`."""

    organisation: str
    mode: str
    reason: str
    since: date


class RulePage(_Value, frozen=True):
    """Everything a rule's page says; without jurisdictions it can fire in each of them."""

    id: str
    title: str
    family: Named
    check: str
    on: date
    in_force: bool
    period: Span | None
    jurisdictions: tuple[Named, ...]
    indicators: tuple[Named, ...]
    fires: tuple[str, ...]
    figures: tuple[Figure, ...]
    regimes: tuple[RegimeLine, ...]
    cards: tuple[CardText, ...]
    not_covered: tuple[str, ...]
    override_reasons: tuple[Override, ...]
    needs: tuple[Named, ...]
    when_missing: str
    attributes: tuple[Named, ...]
    replaces: tuple[str, ...]
    references: tuple[Source, ...]
    history: tuple[ChangeEntry, ...]
    transparency: Attributes
    decisions: tuple[Decision, ...]
    knowledge: str
    language: str


class RuleLine(_Value, frozen=True):
    """A rule in the catalogue; without jurisdictions it can fire in each of them."""

    id: str
    title: str
    check: str
    jurisdictions: tuple[Named, ...]
    indicators: tuple[Named, ...]
    in_force: bool
    decisions: tuple[Decision, ...]


class FamilyPart(_Value, frozen=True):
    """A family of the catalogue."""

    id: str
    title: str
    rules: tuple[RuleLine, ...]


class CataloguePage(_Value, frozen=True):
    """The rules that were found, of all that there are."""

    on: date
    found: int
    total: int
    families: tuple[FamilyPart, ...]
    knowledge: str
    language: str
