from dataclasses import replace
from datetime import timedelta

import pytest

from cds.chart.model import Absent, Known, Listing, Therapy, Unknown
from cds.chart.orders import SupplyEnd, Total
from cds.chart.stay import Stay
from cds.rules.finding import Measure
from cds.rules.stop import refill_gap as rule
from tests.charts import TODAY, changed, chart, intrathecal, order, phase, therapy
from tests.rules.said import level, said

ON_FILE = order(phase(15, 3), status="active", draft=False)


def run_out(days, dose, **changes):
    end = Known(SupplyEnd(ON_FILE, TODAY - timedelta(days=days)))
    return chart(therapy=therapy(order(phase(dose)), before=dose, supply_end=end), **changes)


def opened(days, dose):
    """A record that is opened: nothing is ordered."""
    signed = run_out(days, dose)
    held = replace(signed.therapy, checked=(), taken=(ON_FILE,), total=Total(Known(dose).value))
    return changed(signed, hook="patient-view", therapy=held)


@pytest.mark.parametrize("patient", [run_out, opened])
@pytest.mark.parametrize(
    ("days", "dose", "expected"),
    [
        (-1, 60, None),
        (0, 60, None),
        (1, 45, "warning"),
        (1, 59.9, "warning"),
        (1, 60, "critical"),
        (1, 61, "critical"),
        (2, 5, "critical"),
        (3, 5, "critical"),
    ],
)
def test_days_without_supply_and_dose(patient, days, dose, expected):
    finding = said(rule, patient(days, dose))
    assert level(finding) == (None if expected is None else (expected, "run_out"))
    if finding is not None:
        assert finding.values["gap"] == Measure(days, "d")


@pytest.mark.parametrize("before", [Unknown("the dose cannot be told"), Absent()])
@pytest.mark.parametrize(("days", "expected"), [(1, "warning"), (2, "critical")])
def test_a_dose_that_cannot_be_told(before, days, expected):
    signed = run_out(days, 60)
    finding = said(rule, changed(signed, therapy=replace(signed.therapy, before=before)))
    assert level(finding) == (expected, "run_out_dose_unknown")


@pytest.mark.parametrize("nothing", [Absent(), Unknown("the dispenses were not sent")])
def test_silent_without_supply_data(nothing):
    signed = run_out(5, 60)
    assert said(rule, changed(signed, therapy=replace(signed.therapy, supply_end=nothing))) is None


def test_silent_where_nothing_by_mouth_is_signed():
    signed = run_out(5, 60)
    assert said(rule, changed(signed, therapy=replace(signed.therapy, checked=(intrathecal(200),)))) is None
    assert said(rule, chart(therapy=Therapy())) is None


@pytest.mark.parametrize(("setting", "fires"), [("inpatient", False), ("outpatient", True)])
def test_an_order_for_the_ward_is_supply(setting, fires):
    ward = Stay(inpatient=Listing((ON_FILE,)))
    assert (said(rule, changed(run_out(2, 45, setting=setting), stay=ward)) is not None) == fires
    assert said(rule, changed(run_out(2, 45, setting=setting), stay=Stay(inpatient=Listing()))) is not None
