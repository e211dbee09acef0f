from datetime import date

import pytest

from cds.chart.model import AgeRange, Unknown
from cds.rules.dose import oral_daily_maximum as rule
from cds.rules.finding import Measure
from tests.charts import KNOWLEDGE, at_least, changed, chart, order, phase, therapy
from tests.rules.said import level, said

ALCOHOL = frozenset({"alcohol"})
PAIN = frozenset({"neuropathic"})
SPASTICITY = frozenset({"spasticity"})


def at(daily, **changes):
    return chart(therapy=therapy(order(phase(daily)), before=daily), **changes)


@pytest.mark.parametrize(
    ("where", "maximum", "critical"),
    [
        ({"jurisdiction": "US"}, 80, 150),
        ({"jurisdiction": "CA"}, 80, 150),
        ({"jurisdiction": "US", "indications": frozenset()}, 80, 150),
        ({"jurisdiction": "NZ"}, 80, 150),
        ({"jurisdiction": "UK"}, 100, 150),
        ({"jurisdiction": "DE"}, 75, 150),
        ({"jurisdiction": "FR"}, 80, 150),
        ({"jurisdiction": "FR", "setting": "inpatient"}, 120, 150),
        ({"jurisdiction": "UK", "indications": PAIN}, 80, 200),
        ({"jurisdiction": "US", "indications": ALCOHOL}, 80, 150),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2014, 3, 16)}, 80, 150),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2014, 3, 17)}, None, 300),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2017, 7, 23)}, None, 300),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2017, 7, 24)}, 80, 180),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2020, 12, 14)}, 80, 180),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2021, 11, 17)}, 80, 180),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2021, 11, 18)}, 80, 300),
    ],
)
def test_fires_above_each_figure_of_each_regime_and_not_at_it(where, maximum, critical):
    if maximum is not None:
        assert said(rule, at(maximum - 0.1, **where)) is None
        assert said(rule, at(maximum, **where)) is None
        warned = said(rule, at(maximum + 0.1, **where))
        assert warned.indicator.code == "warning"
        assert warned.values["maximum"] == Measure(maximum, "mg/d")
    below = said(rule, at(critical, **where))
    assert below is None if maximum is None else below.indicator.code == "warning"
    above = said(rule, at(critical + 0.1, **where))
    assert above.indicator.code == "critical"
    assert above.values["maximum"] == Measure(critical, "mg/d")


@pytest.mark.parametrize(
    ("on", "daily", "expected"),
    [
        (date(2014, 3, 17), 301, ("critical", "ceiling")),
        (date(2018, 1, 1), 181, ("critical", "graded")),
        (date(2021, 11, 17), 90, ("warning", "maximum")),
        (date(2021, 11, 18), 90, ("warning", "recommendation")),
        (date(2021, 11, 18), 301, ("critical", "advised_against")),
    ],
)
def test_words_follow_the_meaning_of_the_figure(on, daily, expected):
    assert level(said(rule, at(daily, jurisdiction="FR", indications=ALCOHOL, on=on))) == expected


def test_above_every_source_is_said_so():
    assert level(said(rule, at(151))) == ("critical", "highest_cited")


def test_no_text_of_the_present_french_regime_speaks_of_exceeding_a_maximum():

    for key in ("recommendation", "advised_against"):
        text = KNOWLEDGE.rule(rule.RULE).texts[key]
        assert "above the maximum" not in text.summary + text.detail
        assert "exceeds" not in text.summary + text.detail


def test_is_silent_without_an_oral_order():
    assert said(rule, chart()) is None
    assert said(rule, chart(therapy=therapy(order(phase(90000), route="intrathecal")))) is None


def test_is_silent_where_no_amount_can_be_told():
    assert said(rule, chart(therapy=therapy(order()))) is None


@pytest.mark.parametrize(
    ("age", "fires", "noted"),
    [
        (15, False, False),
        (16, True, False),
        (AgeRange(15, 16), True, True),
        (AgeRange(14, 15), False, False),
        (AgeRange(40, 41), True, False),
        (None, True, False),
    ],
)
def test_is_for_adults_and_for_ages_that_cannot_be_told(age, fires, noted):
    finding = said(rule, at(90, age=age))
    assert (finding is not None) == fires
    assert (finding is not None and "partial_birth_date" in finding.notes) == noted


def test_an_unknown_age_counts_as_an_adult():

    assert said(rule, changed(at(90), age=Unknown("the patient's record was not sent"))) is not None


def test_a_lower_bound_above_the_figure_fires_and_says_so():

    patient = chart(therapy=at_least(therapy(order(phase(90)), before=90)))
    finding = said(rule, patient)
    assert finding.notes == ("at_least",)


def test_a_lower_bound_below_the_figure_says_nothing():

    assert said(rule, chart(therapy=at_least(therapy(order(phase(60)), before=60)))) is None


def test_what_was_assumed_about_the_regime_is_noted():
    assert "indication_unknown" in said(rule, at(90, indications=frozenset())).notes
    assert "stricter_of_two" in said(rule, at(90, jurisdiction="UK", indications=SPASTICITY | ALCOHOL)).notes
    assert "jurisdiction_without_regime" in said(rule, at(90, jurisdiction="NZ")).notes
    assert "setting_unknown" in said(rule, at(90, jurisdiction="FR", setting=None)).notes


def test_a_renewal_taken_for_one_is_noted():
    draft = order(phase(90))
    patient = chart(therapy=therapy(draft, before=90, renewals=((draft, draft),)))
    assert said(rule, patient).notes == ("renewal",)


def test_rests_on_the_sources_of_the_regime():
    patient = at(90)
    finding = said(rule, patient)
    assert finding.references == patient.regime.references
    assert finding.values["dailyDose"] == Measure(90, "mg/d")
