"""RenalDialysis and RenalSevere when a record is opened: only what is new since the last order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cds.chart.model import Absent, LastOrder, Listing, Therapy, Unknown
from cds.chart.orders import Total
from cds.rules.renal import renal_dialysis, renal_severe
from tests.charts import TODAY, chart, order, phase
from tests.rules.renal.kidney_cases import dialysis, egfr, kidneys, sign
from tests.rules.said import level, said

LAST = TODAY - timedelta(days=100)
ON_FILE = order(phase(10, 3), status="active", draft=False)
TAKEN = Therapy(taken=(ON_FILE,), oral=(ON_FILE,), total=Total(30, orders=(ON_FILE,)), before=Unknown("not told"))
NOT_SENT = Unknown("the EHR sent no laboratory results")


def opened(now, then, **changes):
    fields = {"hook": "patient-view", "therapy": TAKEN, "kidneys": now, "last_order": LastOrder(LAST, then)}
    return chart(**(fields | changes))


def on(value):
    return kidneys(egfr=egfr(value))


@pytest.mark.parametrize(
    ("now", "then", "fires"),
    [
        ("29.9", "30", True),
        ("29.9", "30.1", True),
        ("29.9", "29.9", False),
        ("15", "29", False),
        ("30", "60", False),
        ("30.1", "60", False),
    ],
)
def test_severe_now_and_not_then(now, then, fires):
    finding = said(renal_severe, opened(on(now), on(then)))
    assert level(finding) == (("critical", "taking") if fires else None)
    if finding is not None:
        assert "new_since_order" in finding.notes
        assert finding.facts["last_order"] == LAST


@pytest.mark.parametrize("nothing", [Absent(), NOT_SENT])
def test_no_value_then_is_not_severe_then(nothing):
    assert said(renal_severe, opened(on("20"), kidneys(egfr=nothing))) is not None


def test_a_stale_value_then_tells_what_was_known():
    stale = replace(kidneys(egfr=Absent()), stale=egfr("25").value)
    assert said(renal_severe, opened(on("20"), stale)) is None


def test_dialysis_then_was_worse_already():
    assert said(renal_severe, opened(on("9"), kidneys(dialysis=dialysis()))) is None


@pytest.mark.parametrize(("then", "fires"), [(Absent(), True), (NOT_SENT, True), (dialysis(), False)])
def test_dialysis_now_and_not_then(then, fires):
    finding = said(renal_dialysis, opened(kidneys(dialysis=dialysis()), kidneys(dialysis=then)))
    assert level(finding) == (("critical", "taking") if fires else None)


@pytest.mark.parametrize("rule", [renal_severe, renal_dialysis])
def test_signs_of_toxicity_change_the_advice(rule):
    now = kidneys(egfr=egfr("20"), dialysis=dialysis())
    assert level(said(rule, opened(now, kidneys(), problems=sign(1)))) == ("critical", "toxic")


@pytest.mark.parametrize("rule", [renal_severe, renal_dialysis])
def test_silent_without_a_last_order(rule):
    now = kidneys(egfr=egfr("20"), dialysis=dialysis())
    assert said(rule, opened(now, kidneys(), last_order=None, therapy=Therapy(), drugs=Listing())) is None
