from fractions import Fraction

import pytest

from cds.chart.model import AcuteInjury
from cds.chart.reading import Absent, Known, Listing, Unknown
from cds.rules.finding import Indicator, Measure
from cds.rules.registry import run_rules
from cds.rules.renal import renal_acute
from tests.charts import KNOWLEDGE, TODAY, chart
from tests.rules.renal.kidney_cases import acute, dialysis, egfr, going_on, kidneys, pump, sign, start, unclear
from tests.rules.said import asked
from tests.speaking import card_of, rules_on_cards

check = asked(renal_acute.check)

RISE = AcuteInjury(creatinine=Fraction(240), on=TODAY, earlier=Fraction(150), ratio=Fraction("1.6"), days=5)


@pytest.mark.parametrize("none", [Absent(), Unknown("the EHR sent no problem list")])
def test_silent_without_acute_injury_on_record(none):
    assert check(chart(therapy=start(20), kidneys=kidneys(acute=none)), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(therapy=pump(), kidneys=kidneys(acute=acute())), KNOWLEDGE) is None


def test_condition_on_the_problem_list():
    on = chart(therapy=going_on(30), kidneys=kidneys(acute=acute()))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.indicator == Indicator.CRITICAL
    assert finding.notes[0] == "acute_condition"
    assert "Acute kidney injury" in card_of(finding, on).detail


def test_rise_of_creatinine():
    on = chart(therapy=going_on(30), kidneys=kidneys(acute=Known(RISE)))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.values["creatinine"] == Measure(240, "umol/L")
    assert finding.values["days"] == Measure(5, "d")
    assert (
        "Creatinine 240 µmol/L of 1 June 2026 is 1.6 times the 150 µmol/L of 5 days before"
        in card_of(finding, on).detail
    )


@pytest.mark.parametrize(
    ("signing", "signs", "message"),
    [
        (start(20), Listing(), "start"),
        (going_on(20), Listing(), "taking"),
        (going_on(20), sign(None), "taking"),
        (going_on(20), sign(1), "toxic"),
        (unclear(20), Listing(), "unsure"),
    ],
)
def test_advice_depends_on_what_the_patient_takes(signing, signs, message):
    on = chart(therapy=signing, kidneys=kidneys(acute=acute(), egfr=egfr(40)), problems=signs)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.message == message
    assert "renal_scaled" not in finding.notes
    card_of(finding, on)


@pytest.mark.parametrize(("value", "daily"), [(20, 30), (40, 30), (50, 10)])
def test_leads_the_card_and_stands_for_the_bands(value, daily):
    on = chart(age=70, therapy=going_on(daily), kidneys=kidneys(acute=acute(), dialysis=dialysis(), egfr=egfr(value)))
    renal = [finding for finding in run_rules(on, KNOWLEDGE) if finding.rule.startswith("Renal")]
    assert rules_on_cards(renal, on) == ["RenalAcute", "RenalDialysis"]


@pytest.mark.parametrize(("value", "daily"), [(20, 30), (40, 30), (50, 10)])
def test_dialysis_stands_for_the_bands_and_beside_the_older_adult(value, daily):
    on = chart(age=70, therapy=going_on(daily), kidneys=kidneys(dialysis=dialysis(), egfr=egfr(value)))
    renal = [finding for finding in run_rules(on, KNOWLEDGE) if finding.rule.startswith("Renal")]
    assert rules_on_cards(renal, on) == ["RenalDialysis", "RenalOlderAdult"]
