"""Cards out of groups of findings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from cds.cards import escaping
from cds.cards.identity import CardIdentity, card_id, knowledge_mark
from cds.cards.merge import Group, merge
from cds.cards.overrides import override_reasons
from cds.cards.wording import Escape, fill, order_line, standard_facts
from cds.chart.model import Chart, Known, Therapy
from cds.chart.orders import Order, StopKind
from cds.knowledge import Knowledge, Message, Reference
from cds.language import Catalogue, Language, catalogue
from cds.phrases import Phrase
from cds.protocol.response import FINDINGS_EXTENSION, SUMMARY_LIMIT, Card, Coding, Link, Source, Suggestion
from cds.rules.finding import Fact, Finding, Measure, Value

Suggest = Callable[[Iterable[Finding]], tuple[Suggestion, ...]]
"""What makes the suggestions for the findings of one card."""

Links = Callable[[Group], tuple[Link, ...]]
"""What makes the links of one card."""

STOPS: dict[StopKind, Phrase] = {
    "stop": Phrase("stop requested"),
    "cancel": Phrase("cancel requested"),
    "hold": Phrase("hold requested"),
}


def build_cards(
    chart: Chart,
    findings: Iterable[Finding],
    knowledge: Knowledge,
    *,
    rules_url: str,
    seed: str,
    key: bytes,
    language: Language = "en",
    suggest: Suggest | None = None,
    links: Links | None = None,
) -> tuple[Card, ...]:
    """The cards of one answer.

    Args:
        chart: the patient.
        findings: what the rules said.
        knowledge: texts, causes, references.
        rules_url: absolute URI of the rule catalogue: the system of every topic.
        seed: identifies the call; it makes the cards' ids, so that the same call gives the same ones.
        key: `Keys.card`, which signs them.
        language: what the cards are worded in.
        suggest: makes the suggestions; without it the cards have none.
        links: makes the links; likewise.
    """
    words = catalogue(language)
    answer = _Answer(chart, knowledge, words, standard_facts(chart, words), suggest, links)
    return tuple(answer.card(group, rules_url, seed, key) for group in merge(findings, knowledge, chart.hook))


@dataclass(slots=True)
class _Answer:
    """What every card of one answer is worded with."""

    chart: Chart
    knowledge: Knowledge
    words: Catalogue
    standard: Mapping[str, Fact]
    suggest: Suggest | None
    links: Links | None
    orders: str | None = None
    """The orders that every card rests on, once they are worded."""

    def card(self, group: Group, rules_url: str, seed: str, key: bytes) -> Card:
        lead = self.knowledge.rule(group.lead.rule)
        reference = self.knowledge.reference(_references(group.lead, self.knowledge)[0])
        suggestions = self.suggest(group.findings) if self.suggest else ()
        return Card(
            uuid=card_id(self._identity(group), key, seed),
            summary=self._summary(group),
            detail=self._detail(group),
            indicator=group.indicator.code,
            source=Source(
                label=_label(reference, self.words),
                url=f"{rules_url}/{lead.id}",
                topic=Coding(system=rules_url, code=lead.id, display=self.words.text(lead.title)),
            ),
            suggestions=suggestions,
            selection_behavior=_selection_behavior(suggestions),
            override_reasons=override_reasons(group, self.knowledge, self.words),
            links=self.links(group) if self.links else (),
            extension={FINDINGS_EXTENSION: [_finding(finding) for finding in group.findings]},
        )

    def _identity(self, group: Group) -> CardIdentity:
        mark = knowledge_mark(self.knowledge.version)
        return CardIdentity(group.lead.rule, group.indicator.code, self.chart.hook, mark)

    def _summary(self, group: Group) -> str:
        """The one line of the card; of a list that is too long for it the last items are counted, not named."""
        if group.several_infos:
            titles = tuple(Phrase(self.knowledge.rule(finding.rule).title) for finding in group.findings)
            template, facts = Phrase("Baclofen, to note: {titles}."), dict[str, Fact](titles=titles)
        else:
            template = Phrase(self._message(group.lead).summary)
            facts = self._facts(group.lead)
        lists = [value for value in facts.values() if isinstance(value, tuple)]
        text = ""
        for left_out in range(max((len(value) for value in lists), default=1)):
            shown = {name: _first(value, left_out) for name, value in facts.items()}
            text = fill(template, shown, escaping.plain, self.words)
            if len(text) <= SUMMARY_LIMIT:
                return text
        return _shorten(text)

    def _message(self, finding: Finding) -> Message:
        return self.knowledge.rule(finding.rule).texts[finding.message]

    def _text(self, finding: Finding, part: Literal["summary", "detail"], escape: Escape) -> str:
        message = self._message(finding)
        template = message.summary if part == "summary" else message.detail
        return fill(template, self._facts(finding), escape, self.words)

    def _facts(self, finding: Finding) -> dict[str, Fact]:
        return {**self.standard, **finding.values, **finding.facts}

    def _detail(self, group: Group) -> str:
        parts = []
        for number, finding in enumerate(group.findings):
            detail = self._text(finding, "detail", escaping.markdown)
            if number == 0 and not group.several_infos:
                parts.append(detail)
            else:
                parts.append(f"**{self._text(finding, 'summary', escaping.markdown)}** {detail}")
        if self.orders is None:
            self.orders = "\n".join(f"- {line}" for line in self._orders())
        if self.orders:
            parts.append(self.orders)
        parts += [f"*{note}*" for note in self._notes(group)]
        references = dict.fromkeys(ref for finding in group.findings for ref in _references(finding, self.knowledge))
        sources = self.words.text(Phrase("; ")).join(
            _cited(self.knowledge.reference(reference), self.words) for reference in references
        )
        parts.append(self.words.phrase(Phrase("Sources: {sources}.", sources=sources)))
        return "\n\n".join(parts)

    def _notes(self, group: Group) -> list[str]:
        notes = dict.fromkeys(note for finding in group.findings for note in finding.notes)
        facts = self._note_facts(group) if notes else {}
        return [fill(self.knowledge.note(note), facts, escaping.markdown, self.words) for note in notes]

    def _note_facts(self, group: Group) -> dict[str, Fact]:
        age = self.chart.age.value if isinstance(self.chart.age, Known) else None
        facts: dict[str, Fact] = {
            "jurisdiction": self.chart.jurisdiction.code,
            "ages": Phrase("{low} or {high} years", low=age.low, high=age.high) if age else Phrase("unknown"),
        }
        total = self.chart.therapy.total
        if total is not None and total.because is not None:
            facts["because"] = total.because
        for finding in reversed(group.findings):
            facts |= self._facts(finding)
        return facts

    def _orders(self) -> list[str]:
        """The orders a card rests on: what is being signed, what runs beside it, and their sum."""
        therapy = self.chart.therapy
        lines = [self._placed(order, _place(order, therapy)) for order in therapy.oral]
        lines += [self._placed(order, _place(order, therapy)) for order in therapy.intrathecal]
        listed = (*therapy.oral, *therapy.intrathecal)
        lines += [self._placed(order, _place(order, therapy)) for order in therapy.checked if order not in listed]
        lines += [self._placed(stop.order, STOPS[stop.kind]) for stop in therapy.stops]
        if len(therapy.oral) > 1 and therapy.total is not None:
            lines.append(self.words.phrase(Phrase("together {amount} by mouth", amount=self.standard["daily"])))
        return lines

    def _placed(self, order: Order, place: Phrase) -> str:
        line = order_line(order, self.words)
        if order.intrathecal:
            refill = order in self.chart.intrathecal.refills
            said = (
                Phrase("{order} intrathecal, refill", order=line)
                if refill
                else Phrase("{order} intrathecal", order=line)
            )
            line = self.words.phrase(said)
        return f"{line} ({self.words.phrase(place)})"


def _selection_behavior(suggestions: tuple[Suggestion, ...]) -> Literal["at-most-one", "any"] | None:
    """A recommended suggestion excludes the others: it changes the same order in another way."""
    if not suggestions:
        return None
    return "at-most-one" if any(suggestion.is_recommended for suggestion in suggestions) else "any"


def _first(value: Fact, left_out: int) -> Fact:
    """A list without its last items, their number in their place; one item at least stays. Any other fact as it is."""
    if not isinstance(value, tuple) or not left_out or len(value) == 1:
        return value
    kept = value[: max(1, len(value) - left_out)]
    return (*kept, Phrase("+{count}", count=len(value) - len(kept)))


def _shorten(text: str) -> str:
    if len(text) <= SUMMARY_LIMIT:
        return text
    return text[: SUMMARY_LIMIT - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _place(order: Order, therapy: Therapy) -> Phrase:
    if order in therapy.checked:
        return Phrase("this order")
    return Phrase("in the cart") if order.draft else Phrase("on file")


def _references(finding: Finding, knowledge: Knowledge) -> tuple[str, ...]:
    return finding.references or knowledge.rule(finding.rule).references


def _label(reference: Reference, words: Catalogue) -> str:
    label = words.text(reference.label)
    return label if str(reference.year) in label else f"{label} ({reference.year})"


@functools.lru_cache(maxsize=1024)  # references of ours, in every language
def _cited(reference: Reference, words: Catalogue) -> str:
    label = escaping.markdown(_label(reference, words))
    return f"[{label}]({reference.url})" if reference.url else label


def _finding(finding: Finding) -> dict[str, Any]:
    entry: dict[str, Any] = {"rule": finding.rule, "indicator": finding.indicator.code}
    values = {name: _value(value) for name, value in finding.values.items()}
    if values:
        entry["values"] = {name: value for name, value in values.items() if value}
    return entry


def _value(value: Value) -> dict[str, Any] | list[str]:
    if isinstance(value, Measure):
        return {"value": _figure(value.value), "unit": value.unit}
    return [escaping.plain(text) for text in value if text.strip()]


def _figure(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 6)
