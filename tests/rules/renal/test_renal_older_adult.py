import pytest

from cds.chart.model import AgeRange
from cds.chart.reading import Absent, Unknown
from cds.rules.finding import Indicator, Measure
from cds.rules.renal import renal_older_adult
from tests.charts import KNOWLEDGE, chart
from tests.rules.renal.kidney_cases import NOT_SENT, egfr, going_on, kidneys, pump
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_older_adult.check)


@pytest.mark.parametrize(
    ("age", "value", "fires"),
    [(64, "52", False), (65, "52", True), (66, "52", True), (70, "59.999", True), (70, "60", False), (70, "20", True)],
)
def test_from_65_and_below_60(age, value, fires):
    on = chart(age=age, therapy=going_on(15), kidneys=kidneys(egfr=egfr(value)))
    finding = check(on, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.WARNING
        assert finding.values["age"] == Measure(age, "a")
        assert f"{age} years" in card_of(finding, on).summary


@pytest.mark.parametrize(("low", "high", "fires"), [(63, 64, False), (64, 65, True), (65, 66, True)])
def test_an_incomplete_birth_date_fires_at_either_end_and_says_so(low, high, fires):
    finding = check(chart(age=AgeRange(low, high), therapy=going_on(15), egfr=50), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert "partial_birth_date" in finding.notes


@pytest.mark.parametrize("age", [Absent(), Unknown("the patient's record was not sent")])
def test_silent_without_an_age(age):
    on = chart(therapy=going_on(15), egfr=50)
    assert check(chart(therapy=on.therapy, kidneys=on.kidneys, age=None), KNOWLEDGE) is None
    assert (
        check(type(on)(on.hook, on.evaluation_date, on.today, on.regime, age=age, therapy=on.therapy), KNOWLEDGE)
        is None
    )


@pytest.mark.parametrize("reading", [Absent(), NOT_SENT])
def test_silent_without_an_egfr(reading):
    assert check(chart(age=70, therapy=going_on(15), kidneys=kidneys(egfr=reading)), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(age=70, therapy=pump(), egfr=40), KNOWLEDGE) is None
