"""The rungs of advice: 120, 180 (120 over 65 years), 300 mg/day."""

import pytest

from cds.chart.model import AgeRange
from cds.chart.reading import Unknown
from cds.rules.finding import Indicator, Measure
from cds.rules.registry import run_rules
from cds.rules.rtu import rtu_collegial_opinion, rtu_dose_ceiling, rtu_second_opinion
from tests.charts import KNOWLEDGE, at_least, changed
from tests.rules.rtu.french_cases import AFTER, BEFORE, FIRST, LAST, french, opinions
from tests.rules.said import asked
from tests.speaking import card_of, rules_on_cards

NOT_SENT = Unknown("service requests were not sent")


@pytest.mark.parametrize(("daily", "fires"), [(119.9, False), (120, True), (120.1, True)])
def test_second_opinion_from_120(daily, fires):
    finding = asked(rtu_second_opinion.check)(french(daily), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert (finding.indicator, finding.message) == (Indicator.WARNING, "missing")
        assert finding.values["maximum"] == Measure(120, "mg/d")


@pytest.mark.parametrize(
    ("record", "indicator", "message"),
    [
        (opinions(), Indicator.WARNING, "missing"),
        (opinions("second"), Indicator.INFO, "on_record"),
        (opinions("collegial"), Indicator.INFO, "on_record"),
        (opinions("second", missing=NOT_SENT), Indicator.INFO, "on_record"),
        (opinions(missing=NOT_SENT), Indicator.WARNING, "unknown"),
    ],
)
def test_either_opinion_answers_the_second(record, indicator, message):
    on = french(120, programme=record)
    finding = asked(rtu_second_opinion.check)(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (indicator, message)
    card_of(finding, on)


@pytest.mark.parametrize(("daily", "fires"), [(179.9, False), (180, True), (180.1, True)])
def test_collegial_opinion_from_180(daily, fires):
    finding = asked(rtu_collegial_opinion.check)(french(daily), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert (finding.indicator, finding.message) == (Indicator.CRITICAL, "missing")
        assert "age" not in finding.values


@pytest.mark.parametrize(
    ("age", "daily", "fires"),
    [(65, 179.9, False), (66, 119.9, False), (66, 120, True), (66, 120.1, True), (67, 120, True), (None, 120, False)],
)
def test_collegial_opinion_from_120_over_65_years(age, daily, fires):
    on = french(daily, age=age)
    finding = asked(rtu_collegial_opinion.check)(on, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.values["age"] == Measure(age, "a")
        assert finding.values["maximum"] == Measure(120, "mg/d")
        assert "asked for from 120 mg/day" in card_of(finding, on).detail


def test_at_180_the_age_does_not_matter():
    finding = asked(rtu_collegial_opinion.check)(french(180, age=70), KNOWLEDGE)
    assert finding is not None
    assert finding.values["maximum"] == Measure(180, "mg/d")
    assert "rtu_collegial_by_age" not in finding.notes


@pytest.mark.parametrize(("low", "high", "fires"), [(64, 65, False), (65, 66, True)])
def test_an_incomplete_birth_date_fires_at_its_older_end_and_says_so(low, high, fires):
    finding = asked(rtu_collegial_opinion.check)(french(120, age=AgeRange(low, high)), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert "partial_birth_date" in finding.notes


@pytest.mark.parametrize(
    ("record", "indicator", "message"),
    [
        (opinions(), Indicator.CRITICAL, "missing"),
        (opinions("second"), Indicator.CRITICAL, "missing"),
        (opinions("collegial"), Indicator.INFO, "on_record"),
        (opinions("second", missing=NOT_SENT), Indicator.CRITICAL, "unknown"),
    ],
)
@pytest.mark.parametrize(("age", "daily"), [(45, 180), (66, 120)])
def test_only_a_collegial_opinion_answers_the_collegial(age, daily, record, indicator, message):
    on = french(daily, age=age, programme=record)
    finding = asked(rtu_collegial_opinion.check)(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (indicator, message)
    card_of(finding, on)


@pytest.mark.parametrize(("daily", "fires"), [(299.9, False), (300, False), (300.1, True)])
def test_ceiling_above_300(daily, fires):
    on = french(daily, programme=opinions("collegial"))
    finding = asked(rtu_dose_ceiling.check)(on, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.CRITICAL


@pytest.mark.parametrize(("on", "message"), [(FIRST, "programme"), (LAST, "programme"), (AFTER, "after")])
def test_ceiling_says_what_holds_on_the_day(on, message):
    patient = french(310, on=on)
    finding = asked(rtu_dose_ceiling.check)(patient, KNOWLEDGE)
    assert finding is not None
    assert finding.message == message
    assert "300 mg/day" in card_of(finding, patient).summary


@pytest.mark.parametrize(
    ("rule", "daily"), [(rtu_second_opinion, 120), (rtu_collegial_opinion, 180), (rtu_dose_ceiling, 310)]
)
@pytest.mark.parametrize(("on", "fires"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, True)])
def test_the_ladder_begins_in_2014_and_never_lapses(rule, daily, on, fires):
    assert (asked(rule.check)(french(daily, on=on), KNOWLEDGE) is not None) == fires


@pytest.mark.parametrize(
    ("rule", "daily"), [(rtu_second_opinion, 120), (rtu_collegial_opinion, 180), (rtu_dose_ceiling, 310)]
)
def test_a_lower_bound_fires_and_no_dose_does_not(rule, daily):
    known = french(daily)
    bounded = changed(known, therapy=at_least(known.therapy))
    finding = asked(rule.check)(bounded, KNOWLEDGE)
    assert finding is not None
    assert "at_least" in finding.notes
    assert "at least" in card_of(finding, bounded).summary
    assert asked(rule.check)(changed(known, therapy=changed(known.therapy, total=None)), KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("daily", "age", "rung"),
    [
        (120, 45, "RtuSecondOpinion"),
        (120, 66, "RtuCollegialOpinion"),
        (180, 45, "RtuCollegialOpinion"),
        (310, 45, "RtuDoseCeiling"),
    ],
)
@pytest.mark.parametrize("record", [opinions(), opinions("collegial")])
def test_one_rung_stands(daily, age, rung, record):
    on = french(daily, age=age, programme=record)
    ladder = {"RtuSecondOpinion", "RtuCollegialOpinion", "RtuDoseCeiling"}
    assert [rule for rule in rules_on_cards(run_rules(on, KNOWLEDGE), on) if rule in ladder] == [rung]
