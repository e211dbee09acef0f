"""Why the rules of age are silent beside their boundaries."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Absent, AgeRange, Known, Unknown, Weight
from cds.pharmacology.product import Product
from cds.phrases import Phrase
from cds.rules.age import (
    age_intrathecal,
    age_older_adult,
    age_pediatric_oral,
    age_unknown,
    pediatric_daily_maximum,
    pediatric_tablet,
    pediatric_weight_dose,
    pediatric_weight_unknown,
)
from cds.rules.finding import Finding
from tests.charts import KNOWLEDGE, TODAY, at_least, changed, chart, intrathecal, order, phase, therapy
from tests.rules.silences import silence

BY_MOUTH = (
    age_older_adult,
    age_pediatric_oral,
    pediatric_daily_maximum,
    pediatric_tablet,
    pediatric_weight_dose,
    pediatric_weight_unknown,
)
STABLE = therapy(order(phase(5, 3)), before=15)


@pytest.mark.parametrize("rule", BY_MOUTH, ids=lambda rule: rule.RULE)
def test_nothing_by_mouth(rule) -> None:
    assert silence(rule, chart(age=5, therapy=therapy(intrathecal(100)))) == "No baclofen by mouth is being ordered."


def test_nothing_intrathecal_and_nothing_at_all() -> None:
    assert silence(age_intrathecal, chart(age=3, therapy=STABLE)) == "No intrathecal baclofen is being ordered."
    assert silence(age_unknown, chart(age=None)) == "No baclofen is being ordered."


@pytest.mark.parametrize(
    ("age", "because"),
    [
        (Absent(), "no birth date is on file"),
        (Unknown(Phrase("the birth date cannot be read")), "the birth date cannot be read"),
    ],
)
def test_an_age_that_nothing_tells(age, because) -> None:
    sentence = f"The age cannot be told: {because}."
    started = changed(chart(jurisdiction="FR", therapy=therapy(order(phase(5, 3)))), age=age)
    for rule in BY_MOUTH:
        assert silence(rule, started) == sentence
    assert silence(age_intrathecal, changed(chart(therapy=therapy(intrathecal(100))), age=age)) == sentence


@pytest.mark.parametrize("years", [65, 66, 90])
def test_an_older_adult_whose_start_or_increase_is_not_proven(years) -> None:
    because = Unknown(Phrase("the EHR sent only the first page"))
    unproven = changed(STABLE, before=Absent(), starts=because)
    assert silence(age_older_adult, chart(age=years, therapy=unproven)) == (
        "Whether this is a start cannot be told: the EHR sent only the first page."
    )
    assert silence(age_older_adult, chart(age=years, therapy=STABLE)) == (
        "The dose does not rise: 15 mg/day before, 15 mg/day now."
    )


def test_both_ends_of_an_incomplete_birth_date() -> None:
    patient = chart(age=AgeRange(63, 64), therapy=therapy(order(phase(5, 3))))
    assert silence(age_older_adult, patient) == "63 or 64 years: not 65 years or older."
    child = chart(age=AgeRange(12, 13), therapy=STABLE)
    assert silence(age_pediatric_oral, child) == "12 or 13 years: not younger than 12 years."
    assert silence(age_unknown, child) == "The age is known: 12 or 13 years."


@pytest.mark.parametrize("kilograms", ["33", "33.1", "60"])
def test_a_child_heavy_enough_for_tablets(kilograms) -> None:
    patient = chart(age=9, jurisdiction="UK", weight=kilograms, therapy=STABLE)
    assert silence(pediatric_tablet, patient) == f"{kilograms} kg: not below 33 kg."


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("liquid", "What is ordered by mouth are no tablets."),
        ("unknown", "Whether tablets are ordered cannot be told: a product does not tell its form."),
    ],
)
def test_no_tablets(form, sentence) -> None:
    product = Product(name="x", baclofen="code", form=form)
    signing = therapy(order(phase(5, 3), product=product), before=15)
    assert silence(pediatric_tablet, chart(age=9, jurisdiction="UK", weight=20, therapy=signing)) == sentence


@pytest.mark.parametrize(
    ("weight", "sentence"),
    [
        (Absent(), "No weight is on file, which PediatricWeightUnknown says."),
        (
            Unknown(Phrase("no weight was sent")),
            "The weight cannot be told: no weight was sent. PediatricWeightUnknown says so.",
        ),
        (
            Known(Weight(Fraction(20), TODAY - timedelta(days=91))),
            "The weight of 2 March 2026, 20 kg, is older than 90 days, which PediatricWeightUnknown says.",
        ),
    ],
)
def test_a_weight_that_cannot_be_used(weight, sentence) -> None:
    patient = changed(chart(age=9, jurisdiction="UK", therapy=STABLE), weight=weight)
    assert silence(pediatric_tablet, patient) == silence(pediatric_weight_dose, patient) == sentence
    assert isinstance(pediatric_weight_unknown.check(patient, KNOWLEDGE), Finding)


def test_elsewhere() -> None:
    patient = chart(age=9, jurisdiction="DE", weight=20, therapy=STABLE)
    sentence = "Only the British and French labels say so; jurisdiction: DE."
    assert silence(pediatric_tablet, patient) == silence(pediatric_weight_dose, patient) == sentence


def test_a_dose_by_weight_that_is_only_a_lower_bound() -> None:
    patient = chart(age=9, jurisdiction="UK", weight=30, therapy=at_least(therapy(order(phase(15, 4)), before=60)))
    assert silence(pediatric_weight_dose, patient) == (
        "What can be told of the dose, 60 mg/day for 30 kg, is not above 2 mg/kg/day. This is no start."
    )
    unproven = changed(patient.therapy, starts=Unknown(Phrase("no dispense was sent")))
    assert silence(pediatric_weight_dose, changed(patient, therapy=unproven)) == (
        "What can be told of the dose, 60 mg/day for 30 kg, is not above 2 mg/kg/day. Whether this is a start cannot be "
        "told."
    )
    start = chart(age=9, jurisdiction="UK", weight=40, therapy=therapy(order(phase(3, 4)), order(reference="x")))
    assert silence(pediatric_weight_dose, start) == (
        "What can be told of a start, 12 mg/day for 40 kg, is not above 0.3 mg/kg/day."
    )


def test_no_daily_dose() -> None:
    patient = chart(age=9, jurisdiction="UK", therapy=therapy(order(), before=15))
    sentence = "No daily dose by mouth can be told."
    assert silence(pediatric_daily_maximum, patient) == silence(pediatric_weight_dose, patient) == sentence
