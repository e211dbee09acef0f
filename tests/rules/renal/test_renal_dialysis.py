import pytest

from cds.chart.reading import Absent, Listing, Unknown
from cds.rules.finding import Indicator, Measure
from cds.rules.renal import renal_dialysis
from tests.charts import KNOWLEDGE, chart
from tests.rules.renal.kidney_cases import dialysis, going_on, kidneys, pump, sign, start, unclear
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_dialysis.check)


@pytest.mark.parametrize("none", [Absent(), Unknown("the EHR sent no problem list")])
def test_silent_without_dialysis_on_record(none):
    assert check(chart(therapy=start(20), kidneys=kidneys(dialysis=none)), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(therapy=pump(), kidneys=kidneys(dialysis=dialysis())), KNOWLEDGE) is None


def test_critical_at_any_dose_by_mouth():
    on = chart(therapy=going_on(5), kidneys=kidneys(dialysis=dialysis(), egfr=Absent()))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (Indicator.CRITICAL, "taking")
    assert finding.values == {"dailyDose": Measure(5, "mg/d")}
    card = card_of(finding, on)
    assert "taper" in card.summary
    assert "7.2 %" in card.detail
    assert "1 mg/day" in card.detail


@pytest.mark.parametrize(
    ("signing", "signs", "message", "said"),
    [
        (start(20), Listing(), "start", "5 mg/day"),
        (start(20), sign(2), "start", "do not start"),
        (going_on(20), Listing(), "taking", "not an abrupt stop"),
        (going_on(20), sign(2), "toxic", "haemodialysis"),
        (unclear(20), Listing(), "unsure", "at least 20 mg/day"),
    ],
)
def test_advice_depends_on_what_the_patient_takes(signing, signs, message, said):
    on = chart(therapy=signing, kidneys=kidneys(dialysis=dialysis()), problems=signs)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.message == message
    card = card_of(finding, on)
    assert said in card.summary + card.detail
