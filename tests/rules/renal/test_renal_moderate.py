import pytest

from cds.chart.reading import Absent, Listing
from cds.rules.finding import Indicator
from cds.rules.renal import renal_moderate
from tests.charts import KNOWLEDGE, at_least, changed, chart
from tests.rules.renal.kidney_cases import NOT_SENT, egfr, going_on, kidneys, pump, sign, start, unclear
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_moderate.check)


@pytest.mark.parametrize(
    ("value", "comparator", "fires"),
    [
        ("29.999", None, False),
        ("30", None, True),
        ("59.646", None, True),
        ("59.999", None, True),
        ("60", None, False),
        ("60", "<", True),
        ("60", ">", False),
        ("60.342", None, False),
    ],
)
def test_from_30_to_below_60(value, comparator, fires):
    finding = check(chart(therapy=start(5), kidneys=kidneys(egfr=egfr(value, comparator=comparator))), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.WARNING


@pytest.mark.parametrize(
    ("daily", "value", "fires"),
    [(19.9, "44.999", True), (20, "44.999", False), (20, "45", True), (60, "45", True), (20, "30", False)],
)
def test_the_high_dose_below_45_is_another_rules(daily, value, fires):
    assert (check(chart(therapy=going_on(daily), kidneys=kidneys(egfr=egfr(value))), KNOWLEDGE) is not None) == fires


@pytest.mark.parametrize("reading", [Absent(), NOT_SENT])
def test_silent_without_an_egfr(reading):
    assert check(chart(therapy=start(5), kidneys=kidneys(egfr=reading)), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(therapy=pump(), egfr=40), KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("value", "risk", "scaled"),
    [
        ("44.9", "1.23 %", "6 mg/day"),
        ("45", "0.42 %", "6 mg/day"),
        ("49.9", "0.42 %", "6 mg/day"),
        ("50", "0.42 %", "8 mg/day"),
    ],
)
def test_risk_and_scaling_follow_the_band(value, risk, scaled):
    on = chart(therapy=going_on(12), kidneys=kidneys(egfr=egfr(value)))
    detail = card_of(check(on, KNOWLEDGE), on).detail
    assert risk in detail
    assert f"12 mg/day comes to {scaled}" in detail


@pytest.mark.parametrize(
    ("signing", "value", "said"),
    [
        (at_least(going_on(15)), 40, True),
        (changed(start(15), total=None), 40, True),
        (at_least(going_on(15)), 50, False),
        (going_on(15), 40, False),
    ],
)
def test_a_dose_that_may_be_high_is_said(signing, value, said):
    on = chart(therapy=signing, egfr=value)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert ("renal_dose_may_be_high" in finding.notes) == said
    card_of(finding, on)


def test_start_names_the_starting_dose():
    on = chart(therapy=start(15), egfr=50)
    assert "7.5 mg/day at most" in card_of(check(on, KNOWLEDGE), on).summary


@pytest.mark.parametrize("signs", [Listing(), sign(3)])
def test_every_text_can_be_filled(signs):
    for signing in (start(15), going_on(15), unclear(15)):
        on = chart(therapy=signing, egfr=50, problems=signs)
        card_of(check(on, KNOWLEDGE), on)
