from dataclasses import replace

import pytest

from cds.chart.model import Known, Unknown
from cds.rules.finding import Measure
from cds.rules.stop import taper_too_fast as rule
from tests.chart.test_therapy import draft, filed, sign
from tests.charts import chart, order, phase, therapy
from tests.rules.said import level, said


def taper(before, *doses, days, exposure=30):
    """From `before` mg/day through these doses, `days` each, to zero."""
    falling = draft(*(phase(dose, days=days) for dose in doses), prior="MedicationRequest/old")
    signing = sign(falling, file=(filed(phase(before), days=exposure),))
    return chart(therapy=signing)


@pytest.mark.parametrize(
    ("first", "expected"), [(46, None), (45, None), (44, ("warning", "step")), (44.9, ("warning", "step"))]
)
def test_a_step_above_15(first, expected):
    finding = said(rule, taper(60, first, 31, 16, 5, days=2))
    assert level(finding) == expected
    if finding is not None:
        assert finding.values["step"] == Measure(15, "mg/d")


@pytest.mark.parametrize(("days", "expected"), [(1, ("warning", "interval")), (2, None), (3, None)])
def test_reductions_two_days_apart(days, expected):
    assert level(said(rule, taper(70, 60, 50, 40, 30, 20, 10, 5, days=days))) == expected


def phases_of(*steps):
    falling = draft(*(phase(dose, days=days) for dose, days in steps), prior="MedicationRequest/old")
    return chart(therapy=sign(falling, file=(filed(phase(45), days=30),)))


@pytest.mark.parametrize(("last", "expected"), [(2, ("warning", "length")), (3, None), (4, None)])
def test_seven_days_from_the_first_reduction_to_zero(last, expected):
    assert level(said(rule, phases_of((30, 2), (15, 2), (5, last)))) == expected


@pytest.mark.parametrize(
    ("exposure", "last", "expected"),
    [
        (60, 3, None),
        (61, 3, ("info", "long_exposure")),
        (61, 4, None),
        (61, 5, None),
    ],
)
def test_fourteen_days_after_long_exposure(exposure, last, expected):
    falling = draft(
        *(phase(dose, days=days) for dose, days in ((50, 2), (40, 2), (30, 2), (20, 2), (10, 2), (5, last))),
        prior="MedicationRequest/old",
    )
    patient = chart(therapy=sign(falling, file=(filed(phase(60), days=exposure),)))
    assert level(said(rule, patient)) == expected


def test_an_unknown_exposure_gives_no_info():
    patient = taper(60, 50, 40, 30, 20, 10, days=2, exposure=61)
    assert level(said(rule, patient)) == ("info", "long_exposure")
    unknown = replace(patient.therapy, exposure=Unknown("the orders on file carry no date"))
    assert said(rule, replace(patient, therapy=unknown)) is None


@pytest.mark.parametrize(("after", "fires"), [(31, False), (30, False), (29, True), (29.9, True)])
def test_a_new_order_below_half(after, fires):
    finding = said(rule, chart(therapy=therapy(order(phase(after)), before=60)))
    assert (level(finding) == ("warning", "step")) == fires


def test_a_small_new_order_whose_step_is_small_says_nothing_of_what_follows():
    assert said(rule, chart(therapy=therapy(order(phase(5)), before=15))) is None


def test_an_increase_and_no_order_are_silent():
    assert said(rule, chart(therapy=therapy(order(phase(60)), before=30))) is None
    assert said(rule, chart()) is None
    assert isinstance(therapy(order(phase(60)), before=30).before, Known)
