"""Which findings share a card, and in what order cards stand.

One card a cause. The most severe finding leads, on a tie the one that stands first in the contract. Info findings join the card of their own
cause, else all share the last card.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds.chart.model import Hook
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one card, the leading one first."""

    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        """The finding that names the card."""
        return self.findings[0]

    @property
    def indicator(self) -> Indicator:
        """The highest of the group."""
        return self.lead.indicator

    @property
    def several_infos(self) -> bool:
        """Whether this is the card that infos of several causes share: none of them names it."""
        return self.indicator == Indicator.INFO and len(self.findings) > 1


ASKED_FIRST: Mapping[Hook, str] = {"medication-refill": "RefillGap"}
"""The rule whose card stands first among those of its severity: what the hook is about. Which finding leads a card is not touched by it."""


def merge(findings: Iterable[Finding], knowledge: Knowledge, hook: Hook = "order-sign") -> list[Group]:
    """Findings grouped into cards, critical first; of one severity the card the hook is about, then the order of the contract."""
    kept = list(findings)
    loud: dict[str, list[Finding]] = {}
    for finding in kept:
        if finding.indicator > Indicator.INFO:
            loud.setdefault(_cause(finding.rule, knowledge), []).append(finding)
    _join(loud, knowledge)
    quiet: list[Finding] = []
    for finding in kept:
        if finding.indicator == Indicator.INFO:
            loud.get(_cause(finding.rule, knowledge), quiet).append(finding)
    groups = [_group(members, knowledge) for members in (*loud.values(), quiet) if members]
    asked = ASKED_FIRST.get(hook)

    def place(group: Group) -> tuple[int, bool, int]:
        answers = any(finding.rule == asked for finding in group.findings)
        return -group.indicator, not answers, knowledge.rule(group.lead.rule).position

    return sorted(groups, key=place)


def _cause(rule: str, knowledge: Knowledge) -> str:
    entry = knowledge.rule(rule)
    return rule if entry.cause == "own" else entry.cause


def _join(loud: dict[str, list[Finding]], knowledge: Knowledge) -> None:
    """A finding that says the same of a condition as another rule stands on that rule's card, where there is one."""
    for rule in list(loud):
        if len(loud[rule]) != 1:
            continue
        finding = loud[rule][0]
        joins = knowledge.rule(finding.rule).joins
        kinds = finding.facts.get("kinds", ())
        for kind in kinds if isinstance(kinds, tuple) else ():
            cause = _cause(joins[kind], knowledge) if kind in joins else None
            if cause is not None and cause in loud and cause != rule:
                loud[cause].append(finding)
                del loud[rule]
                break


def _group(findings: list[Finding], knowledge: Knowledge) -> Group:
    ordered = sorted(findings, key=lambda finding: (-finding.indicator, knowledge.rule(finding.rule).position))
    return Group(tuple(ordered))
