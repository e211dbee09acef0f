from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.reading import Absent, Known, Listing
from cds.rules.finding import Indicator, Measure
from cds.rules.renal import renal_severe
from tests.charts import KNOWLEDGE, TODAY, changed, chart
from tests.rules.renal.kidney_cases import NOT_SENT, egfr, going_on, kidneys, pump, sign, start, unclear
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_severe.check)


@pytest.mark.parametrize(
    ("value", "comparator", "fires"),
    [
        ("29.999", None, True),
        ("30", None, False),
        ("30.001", None, False),
        ("30", "<", True),
        ("60", ">", False),
    ],
)
def test_boundary_is_below_30(value, comparator, fires):
    finding = check(chart(therapy=start(5), kidneys=kidneys(egfr=egfr(value, comparator=comparator))), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.CRITICAL


@pytest.mark.parametrize("reading", [Absent(), NOT_SENT])
def test_silent_without_an_egfr(reading):
    assert check(chart(therapy=start(5), kidneys=kidneys(egfr=reading)), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(therapy=pump(), egfr=20), KNOWLEDGE) is None


def test_names_dose_egfr_method_and_clearance():
    function = kidneys(
        egfr=egfr("22.056", method="CKD-EPI 2021", creatinine=Fraction(200)),
        creatinine_clearance=Known(Fraction("24.349")),
    )
    on = chart(therapy=going_on(60), kidneys=function)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.values == {
        "dailyDose": Measure(60, "mg/d"),
        "eGFR": Measure(Fraction("22.056"), "mL/min/{1.73_m2}"),
        "creatinine": Measure(200, "umol/L"),
    }
    card = card_of(finding, on)
    assert card.summary == "Baclofen 60 mg/day with eGFR 22: avoid. Supervised taper, not an abrupt stop."
    for said in (
        "CKD-EPI 2021 from creatinine 200 µmol/L of 1 June 2026",
        "24.35 mL/min",
        "2.9 %",
        "60 mg/day comes to 20 mg/day",
    ):
        assert said in card.detail


def test_a_value_just_below_the_line_does_not_read_as_the_line():
    on = chart(therapy=start(5), kidneys=kidneys(egfr=egfr("29.996")))
    assert "eGFR 29.9:" in card_of(check(on, KNOWLEDGE), on).summary


def test_an_uncomputable_dose_still_warns():
    on = chart(therapy=changed(start(5), total=None), kidneys=kidneys(egfr=egfr(30, comparator="<")))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert "dailyDose" not in finding.values
    assert "dose unknown with eGFR <30" in card_of(finding, on).summary


@pytest.mark.parametrize(
    ("days_ago", "message"), [(0, "toxic"), (14, "toxic"), (15, "taking"), (-1, "taking"), (None, "taking")]
)
def test_signs_of_toxicity_count_for_two_weeks(days_ago, message):
    on = chart(therapy=going_on(20), egfr=25, problems=sign(days_ago))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.message == message
    assert ("toxicity_undated" in finding.notes) == (days_ago is None)
    assert "confusion" in card_of(finding, on).detail


def test_past_signs_and_undated_epilepsy_are_no_toxicity():
    (recent,) = sign(1).entries
    past = changed(recent, active=False)
    seizures = changed(recent, kinds=frozenset({"toxicity_signs", "epilepsy"}), onset=None)
    finding = check(chart(therapy=going_on(20), egfr=25, problems=Listing((past, seizures))), KNOWLEDGE)
    assert finding is not None
    assert finding.message == "taking"
    assert "toxicity_undated" not in finding.notes


def test_signs_with_an_unknown_history_are_toxicity():
    on = chart(therapy=unclear(20), egfr=25, problems=sign(1))
    assert "treat as poisoning" in card_of(check(on, KNOWLEDGE), on).summary


def test_an_unknown_history_gets_both_advices():
    on = chart(therapy=unclear(20), egfr=25, on=TODAY + timedelta(days=1))
    card = card_of(check(on, KNOWLEDGE), on)
    assert "If already taken: supervised taper" in card.summary
    assert "about 5 mg/day" in card.detail


def test_a_restart_is_neither_start_nor_therapy():
    finding = check(chart(therapy=changed(start(20), starts=Known(value=False)), egfr=25), KNOWLEDGE)
    assert finding is not None
    assert finding.message == "unsure"


def test_a_childs_egfr_names_its_formula():
    schwartz = egfr("28.5", method="bedside Schwartz", creatinine=Fraction(140))
    on = chart(age=10, therapy=start(5), kidneys=kidneys(egfr=schwartz))
    assert "bedside Schwartz formula from creatinine 140 µmol/L" in card_of(check(on, KNOWLEDGE), on).detail
