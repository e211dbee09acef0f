"""Which card stands first."""

from __future__ import annotations

from cds.cards.merge import merge
from cds.chart.model import Hook
from cds.rules.finding import Finding, Indicator
from tests.charts import KNOWLEDGE


def leads(hook: Hook, **findings: Indicator) -> list[str]:
    found = [Finding(rule, indicator, "any") for rule, indicator in findings.items()]
    return [group.lead.rule for group in merge(found, KNOWLEDGE, hook)]


def test_of_one_severity_the_order_of_the_contract() -> None:
    assert leads("order-sign", RefillGap=Indicator.WARNING, OralDailyMaximum=Indicator.WARNING) == [
        "OralDailyMaximum",
        "RefillGap",
    ]


def test_at_a_refill_the_gap_stands_first_among_those_of_its_severity() -> None:
    assert leads("medication-refill", RefillGap=Indicator.WARNING, OralDailyMaximum=Indicator.WARNING) == [
        "RefillGap",
        "OralDailyMaximum",
    ]


def test_at_a_refill_critical_still_comes_first() -> None:
    assert leads("medication-refill", RefillGap=Indicator.WARNING, OralDailyMaximum=Indicator.CRITICAL) == [
        "OralDailyMaximum",
        "RefillGap",
    ]


def test_which_finding_leads_a_card_is_not_touched() -> None:
    findings = {
        "TaperTooFast": Indicator.WARNING,
        "RefillGap": Indicator.WARNING,
        "OralDailyMaximum": Indicator.WARNING,
    }
    assert leads("medication-refill", **findings) == ["TaperTooFast", "OralDailyMaximum"]
