"""Where a rule says that it can fire is where its code does: its boundary cases that fire are run in every jurisdiction."""

from dataclasses import replace

import pytest
import yaml

from cds.chart.model import Jurisdiction
from cds.knowledge import load_knowledge
from cds.rules.finding import Finding
from cds.rules.registry import all_rules
from cds.settings import JURISDICTIONS
from tests.rules.silences import FOLDER, chart_of

KNOWLEDGE = load_knowledge()
CHECKS = {rule.id: rule.check for rule in all_rules()}


@pytest.mark.parametrize("rule", KNOWLEDGE.rules, ids=lambda rule: rule.id)
def test_a_rule_fires_where_it_says_and_nowhere_else(rule):
    cases = yaml.safe_load((FOLDER / rule.family / f"{rule.id}.yaml").read_text())
    charts = [chart_of(case["case"]) for case in cases if rule.id in case.get("expect", {})]
    assert charts
    fires = {
        code
        for code in JURISDICTIONS
        for chart in charts
        if chart
        and isinstance(CHECKS[rule.id](replace(chart, jurisdiction=Jurisdiction(code, "default")), KNOWLEDGE), Finding)
    }
    assert fires == set(rule.jurisdictions or JURISDICTIONS)
