"""What a silent rule says where a list that it hangs on is missing: it cannot be told, and why."""

from __future__ import annotations

from typing import Any

import pytest

from cds.rules.registry import check_of
from fhir_fixtures.expand import expand, today_of
from tests.charts import KNOWLEDGE
from tests.rules.silences import chart_of, chart_of_request, in_words

START = {"drafts": [{"mg": 5, "times": 3}]}
FRENCH = {"today": "2014-05-10", "country": "FR", "drafts": [{"mg": 10, "times": 3}]}
FOR_ALCOHOL = {**FRENCH, "drafts": [{"mg": 10, "times": 3, "reason": "alcohol"}]}


def said(rule: str, case: dict[str, Any], **faults: str) -> str:
    chart = chart_of({**case, "faults": faults})
    assert chart is not None
    return in_words(check_of(rule)(chart, KNOWLEDGE))


@pytest.mark.parametrize("key", ["medicationStatements", "medicationDispenses", "medicationAdministrations"])
@pytest.mark.parametrize("fault", ["null", "cut"])
@pytest.mark.parametrize(
    "rule",
    [
        "AgeOlderAdult",
        "OralTitrationStep",
        "OralTitrationGradual",
        "RestartAfterGap",
        "RestartWithdrawal",
        "TaperTooFast",
    ],
)
def test_whether_baclofen_came_before(rule: str, fault: str, key: str) -> None:
    assert "cannot be told" in said(rule, START, **{key: fault})


def test_an_old_order_on_file_and_reported_medication_that_was_not_sent() -> None:
    """The old order shows that this is no start; what was taken last may be among what was not sent."""
    old = {**START, "file": [{"mg": 5, "times": 3, "status": "completed", "authored": "-400d"}]}
    assert said("OralTitrationStep", old) == "No baclofen by mouth was in effect whose dose could rise."
    assert "cannot be told" in said("OralTitrationStep", old, medicationStatements="null")
    assert said("TaperTooFast", old) == "The dose is not lowered."
    assert "cannot be told" in said("TaperTooFast", old, medicationStatements="null")


def test_a_24_hour_dose_that_is_only_reported() -> None:
    infusion = {"drafts": [{"drug": "intrathecal", "rate": 100}]}
    assert "cannot be told" in said("IntrathecalIncrement", infusion, medicationStatements="null")


@pytest.mark.parametrize("rule", ["RtuSecondOpinion", "RtuContraindication", "AlcoholMinor", "RtuPatientRegistration"])
def test_a_problem_list_that_is_cut_off_may_name_alcohol_on_its_next_page(rule: str) -> None:
    listed = {**FRENCH, "conditions": ["ms"]}
    assert said(rule, listed) == "Baclofen is not ordered for alcohol use disorder."
    assert said(rule, listed, conditions="cut") == (
        "Whether baclofen is ordered for alcohol use disorder cannot be told: no order says what it is for, and the "
        "problem list is not whole: the EHR sent only the first page."
    )


def test_a_reason_on_the_order_needs_no_problem_list() -> None:
    for_spasticity = {**FRENCH, "drafts": [{"mg": 10, "times": 3, "reason": "ms"}]}
    assert said("RtuSecondOpinion", for_spasticity, conditions="cut") == (
        "Baclofen is not ordered for alcohol use disorder."
    )


@pytest.mark.parametrize(
    ("labs", "kidneys"),
    [
        ([{"egfr": 95}], "eGFR 95 of 30 April 2014: not below 30 mL/min/1.73 m²."),
        ([], "Nor can renal function: no eGFR or creatinine that still counts is on file."),
    ],
)
def test_dialysis_counts_as_a_contraindication_where_procedures_were_not_sent(labs: list[Any], kidneys: str) -> None:
    case = {**FOR_ALCOHOL, "labs": labs}
    assert "dialysis" not in said("RtuContraindication", case)
    assert said("RtuContraindication", case, procedures="null") == (
        "No contraindication of the programme that counts is on the problem list; whether the patient is on dialysis cannot be told: "
        f"the EHR sent null, which is not the same as none. {kidneys}"
    )


@pytest.mark.parametrize(
    ("rule", "country", "sentence"),
    [
        (
            "IndicationNotRecommended",
            "US",
            "What the order is for cannot be told: the reason that it refers to was not sent.",
        ),
        ("RtuSecondOpinion", "FR", "What baclofen is ordered for is not known."),
    ],
)
def test_a_reason_that_an_order_refers_to_and_nobody_sent(rule: str, country: str, sentence: str) -> None:
    case = {**FRENCH, "country": country, "conditions": ["ms"]}
    request = expand(case)
    (entry,) = request["context"]["draftOrders"]["entry"]
    entry["resource"]["reasonReference"] = [{"reference": "Condition/elsewhere"}]
    chart = chart_of_request(request, today_of(case))
    assert chart is not None
    assert in_words(check_of(rule)(chart, KNOWLEDGE)) == sentence
