"""All rules, found by walking the families: a module with `RULE` and `check` is a rule.

What a module may say of itself beside: `HOOKS` it speaks at (else the hooks with orders); `CLASSES` of other drugs and `SERVICES` whose order
for a patient on baclofen it checks, too; `WITHOUT_ORDER` where it speaks although no order of baclofen is signed.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cds.rules
from cds.chart.model import ORDER_HOOKS, Chart, Hook
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Silent

Check = Callable[[Chart, Knowledge], Finding | Silent]

NOT_ASKED = Silent(Phrase("It does not speak at this hook, or of what is being ordered."))

_INSTEAD = Phrase("{rule} stands instead of it.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: rule id.
        check: says what it finds.
        hooks: where it speaks.
        classes: drug value sets that it also checks from the other side: such a drug is ordered for a patient who takes baclofen.
        services: procedure value sets, the same way.
        without_order: it speaks whether or not baclofen is ordered.
    """

    id: str
    check: Check
    hooks: frozenset[Hook] = ORDER_HOOKS
    classes: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    without_order: bool = False

    def speaks(self, chart: Chart) -> bool:
        """Whether it may speak of this chart: at its hook, and where orders bring nothing of baclofen only of what is ordered beside it."""
        if chart.hook not in self.hooks:
            return False
        if chart.hook not in ORDER_HOOKS or chart.therapy.checked or chart.therapy.stops:
            return True
        return chart.orders_beside(self.classes, self.services) or self.without_order


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, sorted by id.

    Raises:
        ValueError: two modules claim one rule id.
    """
    found: dict[str, Rule] = {}
    for module_info in pkgutil.walk_packages(cds.rules.__path__, prefix="cds.rules."):
        module = importlib.import_module(module_info.name)
        rule_id = getattr(module, "RULE", None)
        if rule_id is None:
            continue
        if rule_id in found:
            raise ValueError(f"{rule_id} is defined twice, the second time in {module_info.name}")
        found[rule_id] = Rule(
            rule_id,
            module.check,
            getattr(module, "HOOKS", ORDER_HOOKS),
            frozenset(getattr(module, "CLASSES", ())),
            frozenset(getattr(module, "SERVICES", ())),
            getattr(module, "WITHOUT_ORDER", False),
        )
    return tuple(found[rule_id] for rule_id in sorted(found))


def check_of(rule_id: str) -> Check:
    """The check of one rule.

    Raises:
        KeyError: there is no such rule.
    """
    return _checks()[rule_id]


@functools.cache
def _checks() -> dict[str, Check]:
    return {rule.id: rule.check for rule in all_rules()}


@functools.cache
def other_side_classes() -> frozenset[str]:
    """The drug value sets whose order is checked for a patient who takes baclofen."""
    return frozenset().union(*(rule.classes for rule in all_rules()))


@functools.cache
def other_side_services() -> frozenset[str]:
    """The procedure value sets whose order is checked for a patient who takes baclofen."""
    return frozenset().union(*(rule.services for rule in all_rules()))


def run_rules(chart: Chart, knowledge: Knowledge) -> list[Finding]:
    """The findings that stand, of every rule that speaks of the chart, in the order of rules.md."""
    return standing(findings_of(chart, knowledge), knowledge)


def findings_of(chart: Chart, knowledge: Knowledge) -> list[Finding]:
    """The findings of every rule that speaks of the chart, also those that another one stands for, in the order of rules.md."""
    said = (rule.check(chart, knowledge) for rule in all_rules() if rule.speaks(chart))
    findings = [one for one in said if isinstance(one, Finding)]
    return sorted(findings, key=lambda finding: knowledge.rule(finding.rule).position)


def standing(findings: Iterable[Finding], knowledge: Knowledge) -> list[Finding]:
    """Findings without those that another one of them stands for (the rungs below on a ladder); before any hook chooses what it shows."""
    found = list(findings)
    replaced = {rule for finding in found for rule in knowledge.rule(finding.rule).replaces}
    return [finding for finding in found if finding.rule not in replaced]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule.

    Attributes:
        rule: rule id.
        said: its finding, or why it is silent.
    """

    rule: str
    said: Finding | Silent


def verdicts(chart: Chart, knowledge: Knowledge) -> list[Verdict]:
    """What every rule says of the chart, the silent ones included, in the order of rules.md; the findings are those of `run_rules`."""
    kept = {finding.rule: finding for finding in run_rules(chart, knowledge)}
    stands = {below: finding.rule for finding in kept.values() for below in knowledge.rule(finding.rule).replaces}

    def said(rule: Rule) -> Finding | Silent:
        if rule.id in kept:
            return kept[rule.id]
        if not rule.speaks(chart):
            return NOT_ASKED
        found = rule.check(chart, knowledge)
        if isinstance(found, Silent):
            return found
        return Silent(_INSTEAD, {"rule": stands[rule.id]})

    ordered = sorted(all_rules(), key=lambda rule: knowledge.rule(rule.id).position)
    return [Verdict(rule.id, said(rule)) for rule in ordered]
