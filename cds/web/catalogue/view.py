"""What the pages say: the catalogue and one rule, on one day and in one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

import msgspec

from cds.knowledge import Knowledge, Parameter, Period, Reference, RuleEntry
from cds.knowledge.regimes import RegimeRow, Window, in_force
from cds.language import Catalogue
from cds.phrases import Phrase
from cds.web.catalogue.model import (
    Attributes,
    CardText,
    CataloguePage,
    Cell,
    ChangeEntry,
    Decision,
    FamilyPart,
    Figure,
    Named,
    Override,
    RegimeLine,
    RuleLine,
    RulePage,
    Source,
    Span,
    UsageEntry,
)
from cds.web.catalogue.words import (
    COLUMN_UNITS,
    COLUMNS,
    CONFIDENCES,
    CRITICAL_MEANINGS,
    FAMILIES,
    INDICATORS,
    LADDER_ONLY,
    PLACES,
    WARN_MEANINGS,
    filled,
    measured,
)

NO_DATA = Phrase("Nothing: it runs on whatever the call brings.")
WHEN_MISSING = Phrase(
    "What was not sent, was cut off or cannot be read is unknown, never “none”: the check then does not run, or only in part, and a card says "
    "so. ChecksIncomplete names the check; for renal results RenalUnknown speaks, for a child's weight PediatricWeightUnknown, for the birth "
    "date AgeUnknown."
)


Decisions = Mapping[str, tuple[Decision, ...]]
"""What the operator decided, by rule."""
NO_DECISIONS: Decisions = MappingProxyType({})


def catalogue_page(
    knowledge: Knowledge,
    on: date,
    words: Catalogue,
    found: tuple[RuleEntry, ...] | None = None,
    decisions: Decisions = NO_DECISIONS,
) -> CataloguePage:
    """Every rule, or those that were found, by family and in the order of the contract."""
    rules = knowledge.rules if found is None else found
    families = [
        FamilyPart(
            key,
            words.phrase(title),
            tuple(_line(knowledge, rule, on, words, decisions) for rule in rules if rule.family == key),
        )
        for key, title in FAMILIES.items()
    ]
    return CataloguePage(
        on=on,
        found=len(rules),
        total=len(knowledge.rules),
        families=tuple(part for part in families if part.rules),
        knowledge=knowledge.version,
        language=words.language,
    )


def rule_page(
    knowledge: Knowledge, rule_id: str, on: date, words: Catalogue, decisions: Decisions = NO_DECISIONS
) -> RulePage:
    """One rule on one day.

    Raises:
        UnknownEntryError: there is no such rule.
    """
    rule = knowledge.rule(rule_id)
    text = words.text
    return RulePage(
        id=rule.id,
        title=text(rule.title),
        family=Named(rule.family, words.phrase(FAMILIES[rule.family])),
        check=text(rule.check),
        on=on,
        in_force=knowledge.in_force(rule, on),
        period=_span(knowledge.period(rule.period), words) if rule.period else None,
        jurisdictions=_places(rule, words),
        indicators=_indicators(rule, words),
        fires=tuple(filled(text(sentence), knowledge, on, words) for sentence in rule.fires),
        figures=tuple(
            _figure(value, knowledge, on, words) for key in rule.parameters for value in knowledge.parameters[key]
        ),
        regimes=regime_lines(knowledge, on, words, rule.regime) if rule.regime else (),
        cards=tuple(CardText(key, text(card.summary), text(card.detail)) for key, card in rule.texts.items()),
        not_covered=tuple(map(text, rule.not_covered)),
        override_reasons=tuple(
            Override(reason.code, text(reason.display)) for reason in knowledge.override_reasons(rule.id)
        ),
        needs=tuple(Named(topic, text(knowledge.note(f"topic_{topic}"))) for topic in rule.needs),
        when_missing=words.phrase(WHEN_MISSING if rule.needs else NO_DATA),
        attributes=tuple(Named(key, text(knowledge.transparency.attributes[key])) for key in rule.attributes),
        replaces=rule.replaces,
        references=_sources(rule.references, knowledge, words),
        history=tuple(ChangeEntry(change.on, change.kind, text(change.text)) for change in rule.history),
        transparency=_transparency(rule, knowledge, words),
        decisions=decisions.get(rule.id, ()),
        knowledge=knowledge.version,
        language=words.language,
    )


def regime_lines(
    knowledge: Knowledge, on: date, words: Catalogue, columns: tuple[str, ...] = tuple(COLUMNS)
) -> tuple[RegimeLine, ...]:
    """The regimes in force on a day, with these columns."""
    return tuple(_regime(row, window, columns, knowledge, words) for row, window in in_force(knowledge.regime_rows, on))


def as_json(page: RulePage | CataloguePage) -> bytes:
    """A page as JSON."""
    return msgspec.json.encode(page)


def _line(knowledge: Knowledge, rule: RuleEntry, on: date, words: Catalogue, decisions: Decisions) -> RuleLine:
    return RuleLine(
        rule.id,
        words.text(rule.title),
        words.text(rule.check),
        _places(rule, words),
        _indicators(rule, words),
        knowledge.in_force(rule, on),
        decisions.get(rule.id, ()),
    )


def _places(rule: RuleEntry, words: Catalogue) -> tuple[Named, ...]:
    return tuple(Named(code, words.phrase(PLACES[code])) for code in rule.jurisdictions)


def _indicators(rule: RuleEntry, words: Catalogue) -> tuple[Named, ...]:
    return tuple(Named(code, words.phrase(INDICATORS[code])) for code in rule.indicators)


def _figure(value: Parameter, knowledge: Knowledge, on: date, words: Catalogue) -> Figure:
    return Figure(
        id=value.id,
        title=words.text(value.title),
        value=decimal(value.value),
        unit=value.unit,
        shown=measured(value.value, value.unit, words),
        valid_from=value.valid_from,
        valid_to=value.valid_to,
        in_force=value.in_force(on),
        confidence=value.confidence,
        confidence_in_words=words.phrase(CONFIDENCES[value.confidence]),
        last_checked=value.last_checked,
        references=_sources(value.references, knowledge, words),
        documentation=words.text(value.documentation),
    )


def decimal(value: Fraction) -> str:
    """An exact figure: `7.5` where it has a short decimal, else `1/3`."""
    shown = f"{float(value):.6g}"
    return shown if Fraction(shown) == value else str(value)


def _regime(
    row: RegimeRow, window: Window, columns: tuple[str, ...], knowledge: Knowledge, words: Catalogue
) -> RegimeLine:
    regime = row.regime
    meanings = {
        "warn": words.phrase(WARN_MEANINGS[regime.warn_meaning]) if regime.warn is not None else "",
        "critical": words.phrase(CRITICAL_MEANINGS[regime.critical_meaning]),
    }
    cells = []
    for column, heading in COLUMNS.items():
        if column not in columns:
            continue
        value = getattr(regime, column)
        shown = words.phrase(LADDER_ONLY) if value is None else measured(value, COLUMN_UNITS[column], words)
        exact = None if value is None else decimal(value)
        cells.append(Cell(column, words.phrase(heading), exact, shown, meanings.get(column, "")))
    products = {entry.cis: entry.name for entry in knowledge.products.values() if entry.cis in window.products}
    return RegimeLine(
        id=regime.id,
        title=words.text(regime.title),
        cells=tuple(cells),
        valid_from=window.start,
        valid_to=window.end,
        products=tuple(products.get(cis, cis) for cis in sorted(window.products)),
        confidence_in_words=words.phrase(CONFIDENCES[regime.confidence]),
        last_checked=regime.last_checked,
        references=_sources(regime.references, knowledge, words),
        documentation=words.text(regime.documentation),
    )


def _span(period: Period, words: Catalogue) -> Span:
    return Span(period.id, words.text(period.title), period.start, period.end, words.text(period.documentation))


def _sources(keys: tuple[str, ...], knowledge: Knowledge, words: Catalogue) -> tuple[Source, ...]:
    return tuple(_source(knowledge.reference(key), words) for key in keys)


def _source(reference: Reference, words: Catalogue) -> Source:
    return Source(
        reference.id,
        words.text(reference.label),
        reference.year,
        reference.title,
        reference.url,
        reference.confidence,
        reference.last_checked,
    )


def _transparency(rule: RuleEntry, knowledge: Knowledge, words: Catalogue) -> Attributes:
    same = knowledge.transparency
    return Attributes(
        developer=words.text(same.developer),
        funding=words.text(same.funding),
        licence=words.text(same.licence),
        contact=words.text(same.contact),
        released=rule.history[0].on,
        revised=rule.history[-1].on,
        service_released=same.released,
        usages=tuple(
            UsageEntry(usage.id, words.text(usage.title), words.text(usage.of(rule.attributes)))
            for usage in same.usages
        ),
    )
