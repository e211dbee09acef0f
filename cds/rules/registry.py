"""All rules, found by walking the families: a module with `RULE` and `check` is a rule."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import cds.rules
from cds.chart.model import Chart, Hook
from cds.knowledge import Knowledge
from cds.rules.finding import Finding

Check = Callable[[Chart, Knowledge], Finding | None]

ORDER_HOOKS: frozenset[Hook] = frozenset({"order-select", "order-sign", "medication-refill"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id, its check, and the hooks it speaks at."""

    id: str
    check: Check
    hooks: frozenset[Hook]


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
        found[rule_id] = Rule(rule_id, module.check, getattr(module, "HOOKS", ORDER_HOOKS))
    return tuple(found[rule_id] for rule_id in sorted(found))


def run_rules(chart: Chart, knowledge: Knowledge) -> list[Finding]:
    """The findings of every rule that speaks at the chart's hook, in the order of rules.md.

    A finding that another one stands for (the rungs below on a ladder) is left out here, before any hook chooses what it shows.
    """
    findings = [
        finding for rule in all_rules() if chart.hook in rule.hooks and (finding := rule.check(chart, knowledge))
    ]
    replaced = {rule for finding in findings for rule in knowledge.rule(finding.rule).replaces}
    kept = [finding for finding in findings if finding.rule not in replaced]
    return sorted(kept, key=lambda finding: knowledge.rule(finding.rule).position)
