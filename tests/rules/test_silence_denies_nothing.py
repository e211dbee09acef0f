"""A silent rule denies nothing that is on file: what ended, is over or has no date is told from what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from cds.rules.registry import check_of
from fhir_fixtures.expand import expand, today_of
from tests.charts import KNOWLEDGE
from tests.rules.silences import chart_of_request, in_words

PUMP = {"id": "p", "drug": "intrathecal", "rate": 200}
PUMP_STOPPED = {**PUMP, "status": "stopped"}


def said(rule: str, case: dict[str, Any], *undated: str) -> str:
    """Why a rule is silent in a case; the orders in the lists named here lose their dates."""
    request = expand(case)
    for key in undated:
        for entry in request["prefetch"][key]["entry"]:
            entry["resource"].pop("authoredOn")
    chart = chart_of_request(request, today_of(case))
    assert chart is not None
    return in_words(check_of(rule)(chart, KNOWLEDGE))


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        ({}, "No baclofen and no other antispasmodic is taken or ordered by mouth."),
        (
            {"mg": 10, "times": 3},
            "Intrathecal baclofen is stopped in this signing, and what is taken by mouth bridges it.",
        ),
        (
            {"id": "t", "drug": "tizanidine", "route": "oral"},
            "Intrathecal baclofen is stopped in this signing, and what is taken by mouth bridges it.",
        ),
    ],
)
def test_nothing_bridges_a_pump_where_nothing_is_taken_by_mouth(beside: dict[str, Any], sentence: str) -> None:
    case = {"drafts": [PUMP_STOPPED], "file": [PUMP, beside] if beside else [PUMP]}
    assert said("IntrathecalWithOral", case) == sentence
