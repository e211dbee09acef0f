"""A silent rule denies nothing that is on file: what ended, is over or has no date is told from what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from cds.chart.model import Therapy
from cds.rules.caution import lithium
from cds.rules.registry import check_of
from fhir_fixtures.expand import expand, today_of
from tests.charts import KNOWLEDGE, chart
from tests.rules.caution.caution_cases import drugs
from tests.rules.silences import chart_of_request, in_words, silence

PUMP = {"id": "p", "drug": "intrathecal", "rate": 200}
PUMP_STOPPED = {**PUMP, "status": "stopped"}


def said(rule: str, case: dict[str, Any], *undated: str) -> str:
    """Why a rule is silent in a case; the orders in the lists named here lose their dates."""
    request = expand(case)
    for key in undated:
        for entry in request["prefetch"][key]["entry"]:
            entry["resource"].pop("authoredOn")
    patient = chart_of_request(request, today_of(case))
    assert patient is not None
    return in_words(check_of(rule)(patient, KNOWLEDGE))


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


ORDER = {"mg": 10, "times": 3}
IN_THE_PROGRAMME = {"today": "2016-05-10", "country": "FR", "drafts": [{**ORDER, "reason": "alcohol"}]}
NONE_THAT_COUNTS = "No contraindication of the programme that counts is on the problem list."


@pytest.mark.parametrize(
    ("rule", "case", "sentence"),
    [
        (
            "OralTitrationGradual",
            {
                "drafts": [{"mg": 15, "times": 3, "prior": "old"}],
                "file": [ORDER],
                "conditions": [{"name": "stroke", "status": "resolved"}],
            },
            "No psychiatric or brain disorder is active on the problem list.",
        ),
        (
            "RenalAcute",
            {"drafts": [ORDER], "conditions": [{"name": "aki", "status": "resolved"}]},
            "No acute kidney injury is active on the problem list",
        ),
        (
            "RenalDialysis",
            {"drafts": [ORDER], "conditions": [{"name": "dialysis", "status": "inactive"}]},
            "No current dialysis is on file.",
        ),
        (
            "RenalIntrathecal",
            {"drafts": [PUMP], "conditions": [{"name": "dialysis", "status": "inactive"}]},
            "No current dialysis is on file.",
        ),
        (
            "RtuContraindication",
            {**IN_THE_PROGRAMME, "conditions": [{"name": "severe-depression", "status": "resolved"}]},
            NONE_THAT_COUNTS,
        ),
        (
            "RtuContraindication",
            {**IN_THE_PROGRAMME, "conditions": [{"name": "pregnancy", "onset": "-400d"}]},
            NONE_THAT_COUNTS,
        ),
        (
            "RenalNephrotoxic",
            {"drafts": [ORDER], "age": 70, "file": [{"id": "x", "drug": "ibuprofen", "status": "completed"}]},
            "No NSAID and no other drug that lowers renal clearance is current on file, and none is being ordered.",
        ),
        (
            "IntrathecalMorphine",
            {"drafts": [ORDER], "file": [{**PUMP, "status": "completed"}]},
            "No intrathecal baclofen runs or is being ordered.",
        ),
        (
            "IntrathecalWithOral",
            {"drafts": [ORDER], "file": [{**PUMP, "status": "completed"}]},
            "No intrathecal baclofen runs or is being ordered",
        ),
    ],
)
def test_what_is_over_is_told_from_what_was_never_there(rule: str, case: dict[str, Any], sentence: str) -> None:
    assert sentence in said(rule, case)


def test_baclofen_that_is_over_is_told_from_none() -> None:
    over = chart(therapy=Therapy(hinted=True), drugs=drugs("lithium", drafted={"lithium"}))
    assert silence(lithium, over) == "No baclofen is being ordered, and none that runs is on file."


@pytest.mark.parametrize("rule", ["RenalDialysis", "RenalSevere"])
@pytest.mark.parametrize("faults", [{}, {"medicationStatements": "null"}])
def test_an_order_without_a_date_is_on_file(rule: str, faults: dict[str, str]) -> None:
    case = {"hook": "patient-view", "file": [ORDER], "faults": faults}
    assert said(rule, case, "medicationRequests") == (
        "The baclofen by mouth that runs on file is undated, so what is new since its order cannot be told."
    )


@pytest.mark.parametrize("onset", [{}, {"onset": "-3d"}])
def test_undated_withdrawal_is_not_said_to_have_begun_in_the_gap(onset: dict[str, str]) -> None:
    case = {
        "drafts": [{**ORDER, "prior": "old"}],
        "file": [ORDER],
        "dispensed": [{"date": "-40d", "days": 30, "order": "old"}],
        "conditions": [{"name": "withdrawal", **onset}],
    }
    why = said("RestartAfterGap", case)
    assert why.startswith("Withdrawal symptoms on record began in the gap in supply or are undated (")
