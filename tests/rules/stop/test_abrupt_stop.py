from fractions import Fraction

import pytest

from cds.chart.model import Therapy
from cds.chart.orders import StopEvent
from cds.rules.finding import Measure
from cds.rules.stop import abrupt_stop as rule
from tests.charts import chart, intrathecal, order, phase
from tests.rules.said import level, said


def stopping(of=None, **changes):
    event = StopEvent(order=of or order(phase(20, 3)), **({"kind": "stop"} | changes))
    return chart(therapy=Therapy(stops=(event,)))


@pytest.mark.parametrize(
    ("exposure", "expected"),
    [
        (13, ("info", "short")),
        (14, ("warning", "medium")),
        (15, ("warning", "medium")),
        (59, ("warning", "medium")),
        (60, ("warning", "medium")),
        (61, ("critical", "long")),
        (None, ("warning", "unknown_exposure")),
    ],
)
def test_exposure_by_mouth(exposure, expected):
    finding = said(rule, stopping(exposure=exposure))
    assert level(finding) == expected
    assert finding.values["dailyDose"] == Measure(60, "mg/d")
    assert finding.values.get("exposure") == (None if exposure is None else Measure(exposure, "d"))
    assert ("exposure_unknown" in finding.notes) == (exposure is None)


@pytest.mark.parametrize("exposure", [0, 13, 61, None])
def test_a_pump_at_any_exposure(exposure):
    finding = said(rule, stopping(intrathecal(200), exposure=exposure))
    assert level(finding) == ("critical", "intrathecal")
    assert finding.values["dailyDose"] == Measure(200, "ug/d")
    assert finding.notes == ()


@pytest.mark.parametrize("of", [order(phase(20, 3)), intrathecal(200)])
def test_toxicity_is_a_warning_to_watch(of):
    assert level(said(rule, stopping(of, exposure=900, toxicity=True))) == ("warning", "toxicity")


@pytest.mark.parametrize(("kind", "word"), [("stop", "stopped"), ("cancel", "cancelled"), ("hold", "put on hold")])
def test_every_kind_of_stop(kind, word):
    finding = said(rule, stopping(kind=kind, exposure=100))
    assert level(finding) == ("critical", "long")
    assert finding.facts["kind"] == word


def test_silent_with_a_taper_on_record_or_without_a_stop():
    assert said(rule, stopping(exposure=900, taper_on_record=True)) is None
    assert said(rule, chart(therapy=Therapy())) is None


def test_a_dose_that_cannot_be_told_is_not_made_up():
    finding = said(rule, stopping(order(), exposure=61))
    assert level(finding) == ("critical", "long")
    assert "dailyDose" not in finding.values


def test_the_most_severe_of_several_and_what_goes_on_beside():
    short = StopEvent(order=order(phase(5)), kind="stop", exposure=5)
    long = StopEvent(order=order(phase(20, 3)), kind="stop", exposure=61, continues=Fraction(15))
    finding = said(rule, chart(therapy=Therapy(stops=(short, long))))
    assert level(finding) == ("critical", "long")
    assert finding.notes == ("other_orders_continue",)
    assert finding.facts["continues"] == Measure(15, "mg/d")


def test_a_pump_that_is_stopped_with_tablets_keeps_its_advice_and_names_them():
    tablets = StopEvent(order=order(phase(20, 3)), kind="stop", exposure=100)
    pump = StopEvent(order=intrathecal(200), kind="stop", exposure=100)
    finding = said(rule, chart(therapy=Therapy(stops=(tablets, pump))))
    assert level(finding) == ("critical", "intrathecal")
    assert finding.values["dailyDose"] == Measure(200, "ug/d")
    assert (finding.notes, finding.facts["by_mouth"]) == (("oral_ends_too",), Measure(60, "mg/d"))


@pytest.mark.parametrize("harmless", [{"toxicity": True}, {"taper_on_record": True}])
def test_tablets_that_are_rightly_stopped_are_not_named_with_the_pump(harmless):
    tablets = StopEvent(order=order(phase(20, 3)), kind="stop", exposure=100, **harmless)
    pump = StopEvent(order=intrathecal(200), kind="stop")
    assert said(rule, chart(therapy=Therapy(stops=(tablets, pump)))).notes == ()
