"""Cautions that a condition or an allergy on record raises."""

from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Indication
from cds.chart.reading import Absent, Known, Listing
from cds.rules.caution import (
    alcohol_use,
    autonomic_dysreflexia,
    baclofen_allergy,
    breastfeeding,
    epilepsy,
    peptic_ulcer,
    pregnancy,
    psychiatric_disorder,
    respiratory_risk,
    suicide_risk,
)
from cds.rules.finding import Measure
from tests.charts import TODAY, at_least, changed, chart
from tests.rules.caution.caution_cases import (
    NOT_SENT,
    NOTHING,
    PUMP,
    allergies,
    conditions,
    drugs,
    on_file,
    oral,
    stopped,
)
from tests.rules.said import level, said
from tests.speaking import card_of

BY_CONDITION = [
    (peptic_ulcer, "peptic_ulcer"),
    (epilepsy, "epilepsy"),
    (psychiatric_disorder, "schizophrenia_psychosis"),
    (psychiatric_disorder, "confusional_state"),
    (suicide_risk, "bipolar"),
    (suicide_risk, "depression_severe"),
    (suicide_risk, "suicidality"),
    (respiratory_risk, "sleep_apnoea"),
    (respiratory_risk, "respiratory_disease"),
    (autonomic_dysreflexia, "autonomic_dysreflexia"),
    (pregnancy, "pregnancy"),
    (breastfeeding, "breastfeeding"),
    (alcohol_use, "alcohol_use_disorder"),
]
PAST_COUNTS = {peptic_ulcer, autonomic_dysreflexia}


@pytest.mark.parametrize(("rule", "kind"), BY_CONDITION)
@pytest.mark.parametrize("signing", [oral(), PUMP])
def test_oral_and_intrathecal_orders(rule, kind, signing):
    finding = said(rule, chart(therapy=signing, problems=conditions(kind)))
    assert finding is not None
    assert f"Recorded {kind}" in card_of(finding, chart(therapy=signing)).detail.replace("\\", "")


@pytest.mark.parametrize(("rule", "kind"), BY_CONDITION)
def test_a_partial_list_proves_what_it_shows_and_no_more(rule, kind):
    assert said(rule, chart(therapy=oral(), problems=conditions(kind, missing=NOT_SENT))) is not None
    assert said(rule, chart(therapy=oral(), problems=Listing(missing=NOT_SENT))) is None
    assert said(rule, chart(therapy=oral(), problems=conditions("multiple_sclerosis"))) is None


@pytest.mark.parametrize(("rule", "kind"), BY_CONDITION)
def test_past_conditions(rule, kind):
    finding = said(rule, chart(therapy=oral(), problems=conditions(kind, active=False)))
    assert (finding is not None) == (rule in PAST_COUNTS)


@pytest.mark.parametrize(("rule", "kind"), BY_CONDITION)
def test_silent_where_no_baclofen_is_ordered(rule, kind):
    for signing in (NOTHING, on_file(oral())):
        assert said(rule, chart(therapy=signing, problems=conditions(kind))) is None


@pytest.mark.parametrize("signing", [oral(), PUMP])
def test_allergy_to_baclofen(signing):
    assert level(said(baclofen_allergy, chart(therapy=signing, allergies=allergies("baclofen_allergy")))) == (
        "critical",
        "on_record",
    )
    assert said(baclofen_allergy, chart(therapy=signing, allergies=allergies("wheat_allergy"))) is None


def test_allergy_to_baclofen_needs_an_order_and_an_entry():
    assert said(baclofen_allergy, chart(therapy=on_file(oral()), allergies=allergies("baclofen_allergy"))) is None
    assert said(baclofen_allergy, chart(therapy=oral(), allergies=Listing(missing=NOT_SENT))) is None
    cut_off = allergies("baclofen_allergy", missing=NOT_SENT)
    assert said(baclofen_allergy, chart(therapy=oral(), allergies=cut_off)) is not None


@pytest.mark.parametrize(
    ("country", "expected"),
    [("UK", ("critical", "contraindicated")), *((other, ("info", "precaution")) for other in ("US", "CA", "FR", "DE"))],
)
def test_peptic_ulcer_by_country(country, expected):
    on = chart(jurisdiction=country, therapy=oral(), problems=conditions("peptic_ulcer"))
    assert level(said(peptic_ulcer, on)) == expected


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("US", ("warning", "advised_against")),
        ("CA", ("warning", "advised_against")),
        *((other, ("info", "low_amounts")) for other in ("UK", "FR", "DE", "NZ")),
    ],
)
def test_breastfeeding_by_country(country, expected):
    on = chart(jurisdiction=country, therapy=oral(), problems=conditions("breastfeeding"))
    assert level(said(breastfeeding, on)) == expected


@pytest.mark.parametrize(
    ("daily", "expected"), [(79.9, "on_record"), (80, "on_record"), (80.1, "high_dose"), (200, "high_dose")]
)
def test_suicide_risk_by_dose(daily, expected):
    finding = said(suicide_risk, chart(therapy=oral(daily), problems=conditions("bipolar")))
    assert level(finding) == ("critical" if expected == "high_dose" else "warning", expected)
    assert finding.values["dailyDose"] == Measure(Fraction(str(daily)), "mg/d")
    assert not finding.notes


@pytest.mark.parametrize(("daily", "indicator"), [(80, "warning"), (81, "critical")])
def test_suicide_risk_at_a_lower_bound_of_the_dose(daily, indicator):
    finding = said(suicide_risk, chart(therapy=at_least(oral(daily)), problems=conditions("bipolar")))
    assert finding.indicator.code == indicator
    assert finding.notes == ("at_least",)


def test_suicide_risk_at_a_dose_that_cannot_be_told():
    unknown = changed(oral(), total=None)
    on = chart(therapy=unknown, problems=conditions("suicidality"))
    finding = said(suicide_risk, on)
    assert level(finding) == ("warning", "on_record")
    assert "dailyDose" not in finding.values
    assert "dose unknown" in card_of(finding, on).summary


def test_suicide_risk_names_every_condition_once():
    listed = Listing(conditions("bipolar").entries * 2 + conditions("suicidality").entries)
    finding = said(suicide_risk, chart(therapy=oral(), problems=listed))
    assert finding.facts["conditions"] == ("Recorded bipolar", "Recorded suicidality")


def test_suicide_risk_names_the_dose_of_a_pump():
    on = chart(therapy=PUMP, problems=conditions("bipolar"))
    finding = said(suicide_risk, on)
    assert finding.values["dailyDose"] == Measure(Fraction(300), "ug/d")
    assert "300 µg/day" in card_of(finding, on).summary


@pytest.mark.parametrize(
    ("daily", "others", "expected"),
    [
        (80, (), ("info", "on_record")),
        (80.1, (), ("warning", "high_dose")),
        (15, ("opioid",), ("warning", "opioid")),
        (100, ("opioid",), ("warning", "opioid")),
        (15, ("benzodiazepine",), ("info", "on_record")),
    ],
)
def test_respiratory_risk_by_dose_and_opioid(daily, others, expected):
    on = chart(therapy=oral(daily), problems=conditions("sleep_apnoea"), drugs=drugs(*others))
    finding = said(respiratory_risk, on)
    assert level(finding) == expected
    assert ("drugs" in finding.values) == (expected[1] == "opioid")


def test_an_opioid_ordered_for_a_patient_with_a_respiratory_disease_who_takes_baclofen():
    problems = conditions("respiratory_disease")
    ordered = drugs("opioid", drafted={"opioid"})
    taking = chart(therapy=on_file(oral()), problems=problems, drugs=ordered)
    assert level(said(respiratory_risk, taking)) == ("warning", "opioid")
    assert said(respiratory_risk, changed(taking, drugs=drugs("opioid"))) is None
    assert said(respiratory_risk, changed(taking, therapy=NOTHING)) is None
    assert said(respiratory_risk, changed(taking, problems=Listing())) is None


@pytest.mark.parametrize(
    ("signing", "expected"),
    [
        (oral(), ("info", "on_record")),
        (PUMP, ("warning", "intrathecal")),
        (stopped(oral()), ("warning", "stop")),
        (stopped(PUMP), ("warning", "stop")),
        (NOTHING, None),
    ],
)
@pytest.mark.parametrize("active", [True, False])
def test_autonomic_dysreflexia_by_order(signing, expected, active):
    on = chart(therapy=signing, problems=conditions("autonomic_dysreflexia", active=active))
    assert level(said(autonomic_dysreflexia, on)) == expected


@pytest.mark.parametrize(
    ("days", "fires"), [(-1, False), (0, True), (1, True), (314, True), (315, True), (316, False), (400, False)]
)
def test_pregnancy_by_onset(days, fires):
    problems = conditions("pregnancy", onset=TODAY - timedelta(days=days))
    assert (said(pregnancy, chart(therapy=oral(), problems=problems)) is not None) == fires


def test_pregnancy_without_an_onset():
    assert level(said(pregnancy, chart(therapy=oral(), problems=conditions("pregnancy")))) == ("warning", "current")


@pytest.mark.parametrize(
    ("reading", "fires"),
    [
        (Known(Fraction(0)), False),
        (Known(Fraction(1, 10)), True),
        (Known(Fraction(4)), True),
        (Absent(), False),
        (NOT_SENT, False),
    ],
)
def test_drinks_a_day(reading, fires):
    finding = said(alcohol_use, chart(therapy=oral(), alcohol_use=reading))
    assert level(finding) == (("info", "drinks") if fires else None)


@pytest.mark.parametrize(
    ("kinds", "source", "fires"),
    [
        ({"spasticity"}, "order", True),
        ({"spasticity"}, "problem list", True),
        ({"alcohol", "spasticity"}, "problem list", True),
        (set(), "unknown", True),
        ({"alcohol"}, "problem list", False),
        ({"alcohol"}, "order", False),
        ({"alcohol", "spasticity"}, "order", False),
    ],
)
def test_alcohol_as_the_indication_is_not_said_again(kinds, source, fires):
    base = chart(therapy=oral(), indication=Indication(frozenset(kinds), source))
    for on in (
        changed(base, problems=conditions("alcohol_use_disorder")),
        changed(base, alcohol_use=Known(Fraction(3))),
    ):
        assert (said(alcohol_use, on) is not None) == fires
