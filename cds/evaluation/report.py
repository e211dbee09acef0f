"""What a call came to, in words that may be told of any patient: for logs and metrics, which see no chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cds.cards.merge import merge
from cds.chart.model import Chart
from cds.fhir.record import Record
from cds.fhir.resources import Encounter
from cds.knowledge import Knowledge
from cds.protocol.response import Response
from cds.rules.finding import Finding
from cds.suggestions.orders import Signing

__all__ = ["UNKNOWN_READINGS", "Answer", "Evaluation", "Lap", "Report", "report_of", "unit_of", "untimed"]

Lap = Callable[[str], None]
"""Called at the end of a phase with its name; whoever has a clock hands in what reads it."""

UNKNOWN_READINGS = {
    "AgeUnknown": "age",
    "DoseNotComputable": "dose",
    "PediatricWeightUnknown": "weight",
    "RenalUnknown": "renal_function",
}
"""The rules that say of one reading that it is unknown. ChecksIncomplete names its own."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the service made of a call.

    Attributes:
        chart: as it was read.
        findings: what the rules say of it.
        signing: who signs what.
        silenced: what silent rules would say beside them.
    """

    chart: Chart
    findings: tuple[Finding, ...]
    signing: Signing
    silenced: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One call.

    Attributes:
        concerned: whether it concerned the service.
        findings: rule id and indicator of each finding.
        unknown: kinds of what could not be read: topics of the record, and the values of UNKNOWN_READINGS; whether the prescriber is told or not.
        silenced: rule id and indicator of each finding that was kept from the prescriber, because the operator said so.
        silenced_cards: indicators of the cards more that there would be.
        unit: the organisation of the encounter, in the EHR's word; empty where it was not told. The only text of the EHR's, and never for a log.
    """

    concerned: bool = False
    findings: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    silenced: tuple[tuple[str, str], ...] = ()
    silenced_cards: tuple[str, ...] = ()
    unit: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the EHR gets, and what its operator may be told of it."""

    response: Response
    report: Report = Report()


def report_of(evaluation: Evaluation, knowledge: Knowledge, unit: str) -> Report:
    """The report of a call that concerned the service."""
    chart, findings, silenced = evaluation.chart, evaluation.findings, evaluation.silenced
    rules = {finding.rule for finding in (*findings, *silenced)}
    unknown = dict.fromkeys(UNKNOWN_READINGS[rule] for rule in sorted(rules & UNKNOWN_READINGS.keys()))
    if "ChecksIncomplete" in rules:
        unknown |= dict.fromkeys(part.topic for part in chart.missing)
    return Report(
        concerned=True,
        findings=_told(findings),
        unknown=tuple(unknown),
        silenced=_told(silenced),
        silenced_cards=_cards_more(findings, silenced, knowledge),
        unit=unit,
    )


def _cards_more(findings: tuple[Finding, ...], silenced: tuple[Finding, ...], knowledge: Knowledge) -> tuple[str, ...]:
    """The indicators of the cards on which only silenced findings would stand."""
    if not silenced:
        return ()
    shown = {finding.rule for finding in findings}
    groups = merge((*findings, *silenced), knowledge)
    return tuple(group.indicator.code for group in groups if shown.isdisjoint(one.rule for one in group.findings))


def _told(findings: tuple[Finding, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((finding.rule, finding.indicator.code) for finding in findings)


def unit_of(record: Record, encounter_id: str | None) -> str:
    """The organisation that answers for the encounter: its name, else its reference. A location is not asked: it may be somebody's home."""
    encounters = (one for one in record.of(Encounter) if encounter_id is None or one.id == encounter_id)
    provider = next((one.serviceProvider for one in encounters if one.serviceProvider is not None), None)
    if provider is None:
        return ""
    if provider.display and provider.display.strip():
        return provider.display.strip()
    return provider.target if provider.target and provider.target.startswith("Organization/") else ""


def untimed(_: str) -> None:
    """No clock: what `evaluate` does with the end of a phase where nobody measures."""
