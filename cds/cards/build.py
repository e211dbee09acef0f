"""Cards out of groups of findings."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from cds.cards import escaping
from cds.cards.merge import Group, merge
from cds.cards.wording import fill, order_line, standard_facts
from cds.chart.model import Chart, Known, Therapy
from cds.chart.orders import Order
from cds.knowledge import Knowledge, Reference
from cds.protocol.response import FINDINGS_EXTENSION, SUMMARY_LIMIT, Card, Coding, Source
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value

CARD_NAMESPACE = uuid.UUID("5a3c1e0e-6a0f-5b0c-9d55-0b1ac10fe2cd")


def build_cards(
    chart: Chart, findings: Iterable[Finding], knowledge: Knowledge, *, rules_url: str, seed: str
) -> tuple[Card, ...]:
    """The cards of one answer.

    Args:
        chart: the patient.
        findings: what the rules said.
        knowledge: texts, causes, references.
        rules_url: absolute URI of the rule catalogue: the system of every topic.
        seed: identifies the call; with the leading rule it makes the card's uuid, so that the same call gives the same cards.
    """
    return tuple(_card(group, chart, knowledge, rules_url, seed) for group in merge(findings, knowledge))


def _card(group: Group, chart: Chart, knowledge: Knowledge, rules_url: str, seed: str) -> Card:
    lead = knowledge.rule(group.lead.rule)
    reference = knowledge.reference(_references(group.lead, knowledge)[0])
    return Card(
        uuid=str(uuid.uuid5(CARD_NAMESPACE, f"{seed}/{lead.id}")),
        summary=_summary(group, chart, knowledge),
        detail=_detail(group, chart, knowledge),
        indicator=group.indicator.code,
        source=Source(
            label=_label(reference),
            url=reference.url,
            topic=Coding(system=rules_url, code=lead.id, display=lead.title),
        ),
        extension={FINDINGS_EXTENSION: [_finding(finding) for finding in group.findings]},
    )


def _facts(finding: Finding, chart: Chart) -> dict[str, Fact]:
    return {**standard_facts(chart), **finding.values, **finding.facts}


def _summary(group: Group, chart: Chart, knowledge: Knowledge) -> str:
    if group.indicator == Indicator.INFO and len(group.findings) > 1:
        titles = [knowledge.rule(finding.rule).title for finding in group.findings]
        return _shorten(f"Baclofen, to note: {'; '.join(titles)}.")
    return _shorten(_text(group.lead, chart, knowledge, "summary"))


def _text(finding: Finding, chart: Chart, knowledge: Knowledge, part: str) -> str:
    message = knowledge.rule(finding.rule).texts[finding.message]
    if part == "summary":
        return fill(message.summary, _facts(finding, chart), escaping.plain)
    return fill(message.detail, _facts(finding, chart), escaping.markdown)


def _shorten(text: str) -> str:
    if len(text) <= SUMMARY_LIMIT:
        return text
    return text[: SUMMARY_LIMIT - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _detail(group: Group, chart: Chart, knowledge: Knowledge) -> str:
    parts = []
    for number, finding in enumerate(group.findings):
        detail = _text(finding, chart, knowledge, "detail")
        if number == 0 and not (group.indicator == Indicator.INFO and len(group.findings) > 1):
            parts.append(detail)
        else:
            parts.append(f"**{escaping.markdown(_text(finding, chart, knowledge, 'summary'))}** {detail}")
    orders = _orders(chart)
    if orders:
        parts.append("\n".join(f"- {line}" for line in orders))
    notes = list(dict.fromkeys(note for finding in group.findings for note in finding.notes))
    parts += [f"*{fill(knowledge.note(note), _note_facts(group, chart), escaping.markdown)}*" for note in notes]
    references = dict.fromkeys(ref for finding in group.findings for ref in _references(finding, knowledge))
    sources = [_cited(knowledge.reference(reference)) for reference in references]
    parts.append(f"Sources: {'; '.join(sources)}.")
    return "\n\n".join(parts)


def _note_facts(group: Group, chart: Chart) -> dict[str, Fact]:
    total = chart.therapy.total
    age = chart.age.value if isinstance(chart.age, Known) else None
    facts: dict[str, Fact] = {
        "because": total.because if total else "",
        "ages": f"{age.low} or {age.high} years" if age else "unknown",
    }
    for finding in reversed(group.findings):
        facts |= _facts(finding, chart)
    return {"jurisdiction": chart.jurisdiction.code, **facts}


def _orders(chart: Chart) -> list[str]:
    """The orders a card rests on: what is being signed, what runs beside it, and their sum."""
    therapy = chart.therapy
    lines = [f"{order_line(order)} ({_place(order, therapy)})" for order in therapy.oral]
    lines += [f"{order_line(order)} intrathecal" for order in therapy.intrathecal]
    lines += [f"{order_line(stop.order)} ({stop.kind} requested)" for stop in therapy.stops]
    if len(therapy.oral) > 1 and therapy.total is not None:
        at_least = "at least " if therapy.total.at_least else ""
        lines.append(
            f"together {at_least}{fill('{sum}', {'sum': Measure(therapy.total.value, 'mg/d')}, escaping.plain)} by mouth"
        )
    return lines


def _place(order: Order, therapy: Therapy) -> str:
    if order in therapy.checked:
        return "this order"
    return "in the cart" if order.draft else "on file"


def _references(finding: Finding, knowledge: Knowledge) -> tuple[str, ...]:
    return finding.references or knowledge.rule(finding.rule).references


def _label(reference: Reference) -> str:
    return reference.label if str(reference.year) in reference.label else f"{reference.label} ({reference.year})"


def _cited(reference: Reference) -> str:
    label = escaping.markdown(_label(reference))
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
