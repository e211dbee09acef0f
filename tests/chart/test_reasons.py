"""The reasons of an order: each with its own words and value sets."""

from __future__ import annotations

from typing import Any

from fhir_fixtures.codes import condition_concept
from tests.chart.pump_requests import chart_of, drafted

OF_MS = {"drafts": [{"mg": 10, "times": 3, "reason": "ms"}]}


def test_each_reason_keeps_what_is_its_own() -> None:
    def two(request: dict[str, Any]) -> None:
        drafted(request)["reasonCode"] = [condition_concept("ms"), condition_concept("stroke")]

    indication = chart_of(OF_MS, two).indication
    assert indication.naming("stroke") == "Cerebrovascular accident"
    assert indication.names == ("Multiple sclerosis", "Cerebrovascular accident")
    assert indication.naming("parkinson") == ""


def test_a_problem_on_the_list_is_no_reason_of_the_order() -> None:
    indication = chart_of({"drafts": [{"mg": 10, "times": 3}], "conditions": ["ms"]}).indication
    assert (indication.source, indication.reasons) == ("problem list", ())
