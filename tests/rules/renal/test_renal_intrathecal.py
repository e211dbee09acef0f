import pytest

from cds.chart.reading import Absent
from cds.rules.finding import Indicator
from cds.rules.renal import renal_intrathecal
from tests.charts import KNOWLEDGE, at_least, changed, chart
from tests.rules.renal.kidney_cases import NOT_SENT, dialysis, egfr, going_on, kidneys, pump
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_intrathecal.check)


@pytest.mark.parametrize(("value", "fires"), [("29.999", True), ("30", False), ("30.001", False)])
def test_below_30(value, fires):
    on = chart(therapy=pump(), kidneys=kidneys(egfr=egfr(value)))
    finding = check(on, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert (finding.indicator, finding.message) == (Indicator.WARNING, "severe")
        assert "never stop the pump" in card_of(finding, on).summary


@pytest.mark.parametrize("reading", [Absent(), NOT_SENT, egfr(95)])
def test_on_dialysis_whatever_the_egfr(reading):
    on = chart(therapy=pump(), kidneys=kidneys(egfr=reading, dialysis=dialysis()))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.message == "dialysis"
    assert "never stop the pump" in card_of(finding, on).summary


@pytest.mark.parametrize("reading", [Absent(), NOT_SENT])
def test_silent_without_an_egfr(reading):
    assert check(chart(therapy=pump(), kidneys=kidneys(egfr=reading)), KNOWLEDGE) is None


def test_silent_for_oral_orders():
    assert check(chart(therapy=going_on(20), egfr=20), KNOWLEDGE) is None


def test_the_oral_dose_is_none_of_its_figures():
    both = changed(at_least(going_on(20)), checked=pump().checked)
    finding = check(chart(therapy=both, egfr=20), KNOWLEDGE)
    assert finding is not None
    assert set(finding.values) == {"eGFR"}
    assert "at_least" not in finding.notes
