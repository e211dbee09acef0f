"""Why the rules of the oral dose are silent: the figure that was compared, and the line it was held against."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cds.chart.model import Absent, AgeRange, Indication, Known, Listing, MissingData, Unknown
from cds.chart.orders import DoseStep, Gap
from cds.pharmacology.dose import Problem
from cds.pharmacology.product import Product
from cds.phrases import Phrase
from cds.rules.dose import (
    dose_not_computable,
    duplicate_orders,
    indication_not_recommended,
    liquid_concentration,
    oral_as_needed,
    oral_daily_maximum,
    oral_doses_per_day,
    oral_single_dose,
    oral_starting_dose,
    oral_titration_gradual,
    oral_titration_step,
    unit_mismatch,
)
from tests.charts import TODAY, at_least, changed, chart, intrathecal, order, phase, therapy
from tests.rules.silences import silence

NOTHING = "No baclofen by mouth is being ordered."
NOT_SENT = Unknown(Phrase("the medication list was not sent"))
BY_MOUTH = (
    duplicate_orders,
    indication_not_recommended,
    liquid_concentration,
    oral_as_needed,
    oral_daily_maximum,
    oral_doses_per_day,
    oral_single_dose,
    oral_starting_dose,
    oral_titration_gradual,
    oral_titration_step,
)


@pytest.mark.parametrize("rule", BY_MOUTH, ids=lambda rule: rule.RULE)
def test_nothing_by_mouth(rule) -> None:
    assert silence(rule, chart(therapy=therapy(intrathecal(100)))) == NOTHING


@pytest.mark.parametrize("amount", ["0.1", "79.9", "80"])
def test_the_daily_dose_as_it_is(amount) -> None:
    patient = chart(therapy=therapy(order(phase(Fraction(amount))), before=60))
    assert silence(oral_daily_maximum, patient) == f"{amount} mg/day: not above 80 mg/day."


def test_a_daily_dose_that_is_only_a_lower_bound() -> None:
    patient = chart(therapy=at_least(therapy(order(phase(20, 3)), before=60)))
    assert silence(oral_daily_maximum, patient) == (
        "What can be told of the dose, 60 mg/day, is not above 80 mg/day; the rest cannot: the EHR sent no medication list."
    )


def test_no_daily_dose_and_a_child() -> None:
    untold = chart(therapy=changed(therapy(order())))
    assert silence(oral_daily_maximum, untold) == "No daily dose by mouth can be told."
    child = chart(age=15, therapy=therapy(order(phase(20, 5)), before=60))
    assert silence(oral_daily_maximum, child) == (
        "The patient is younger than 16 years: PediatricDailyMaximum stands instead."
    )


def test_a_start_is_no_increase() -> None:
    patient = chart(therapy=therapy(order(phase(5, 3))))
    sentence = "Baclofen by mouth is started: there is no dose before that could rise."
    assert silence(oral_titration_step, patient) == silence(oral_titration_gradual, patient) == sentence


@pytest.mark.parametrize(
    ("signing", "sentence"),
    [
        (
            therapy(order(phase(20, 3)), before=60),
            "The dose does not rise: 60 mg/day before, 60 mg/day now.",
        ),
        (
            therapy(order(phase(10, 3)), before=60),
            "The dose does not rise: 60 mg/day before, 30 mg/day now.",
        ),
        (
            at_least(therapy(order(phase(20, 3)), before=60)),
            "Whether the dose rises cannot be told: the EHR sent no medication list.",
        ),
        (
            changed(therapy(order()), before=Known(Fraction(60)), starts=Known(value=False)),
            "Whether the dose rises cannot be told: the dose of one order cannot be told.",
        ),
        (
            changed(therapy(order(phase(20, 3))), before=NOT_SENT, starts=NOT_SENT),
            "Whether the dose rises cannot be told: the medication list was not sent.",
        ),
        (
            changed(therapy(order(phase(20, 3))), before=Absent(), starts=Known(value=False)),
            "No baclofen by mouth was in effect whose dose could rise.",
        ),
    ],
)
def test_no_increase(signing, sentence) -> None:
    patient = chart(therapy=signing)
    assert silence(oral_titration_step, patient) == silence(oral_titration_gradual, patient) == sentence


def test_an_increase_whose_interval_is_not_on_record() -> None:
    undated = chart(therapy=therapy(order(phase(10, 3)), before=15, days=None))
    assert silence(oral_titration_step, undated) == (
        "Largest known increase 15 mg/day: not above 15 mg/day. How long the dose before was in effect is not on record."
    )
    steps = (
        DoseStep(Fraction(15), Fraction(25), None, first=True),
        DoseStep(Fraction(25), Fraction(30), Fraction(4)),
    )
    partly = chart(therapy=changed(therapy(order(phase(10, 3)), before=15), steps=steps))
    assert silence(oral_titration_step, partly) == (
        "Largest known increase 10 mg/day: not above 15 mg/day. Shortest known interval 4 days: not below 3 days; another "
        "one cannot be told."
    )


def test_an_increase_that_another_rule_speaks_of() -> None:
    signing = therapy(order(phase(20, 3)), before=15, days=10)
    assert silence(oral_titration_gradual, chart(therapy=signing)) == (
        "The increase to 60 mg/day is too large or too soon, which OralTitrationStep says."
    )
    gap = Known(Gap(5, TODAY, Fraction(60), withdrawal="Hallucinations"))
    resuming = chart(therapy=changed(signing, gap=gap))
    sentence = "Withdrawal symptoms on record call for the earlier dose: Hallucinations."
    assert silence(oral_titration_step, resuming) == silence(oral_titration_gradual, resuming) == sentence


@pytest.mark.parametrize(
    ("age", "listed", "sentence"),
    [
        (
            Known(AgeRange(63, 64)),
            True,
            "63 or 64 years: not 65 years or older. No psychiatric or brain disorder is active on the problem list.",
        ),
        (
            Known(AgeRange(64, 64)),
            False,
            (
                "64 years: not 65 years or older. Whether a psychiatric or brain disorder is on record cannot be told: "
                "no problem list was sent."
            ),
        ),
        (
            Absent(),
            True,
            (
                "No psychiatric or brain disorder is active on the problem list. Whether the patient is 65 years or older cannot be "
                "told: no birth date is on file."
            ),
        ),
        (
            Unknown(Phrase("the birth date cannot be read")),
            False,
            (
                "Whether the patient is 65 years or older cannot be told: the birth date cannot be read. Nor can a psychiatric "
                "or brain disorder: no problem list was sent."
            ),
        ),
    ],
)
def test_a_full_step_of_a_patient_who_need_not_go_more_slowly(age, listed, sentence) -> None:
    patient = chart(therapy=therapy(order(phase(10, 3)), before=15))
    problems = Listing() if listed else Listing(missing=Unknown(Phrase("no problem list was sent")))
    assert silence(oral_titration_gradual, changed(patient, age=age, problems=problems)) == sentence


@pytest.mark.parametrize(
    ("patient", "sentence"),
    [
        (
            chart(therapy=therapy(order(phase(10, as_needed=True, limit=30)), before=30)),
            "By mouth, only doses as needed are ordered.",
        ),
        (
            chart(therapy=therapy(order(), before=30)),
            "How many doses a day are ordered by mouth cannot be told.",
        ),
        (
            chart(
                therapy=therapy(order(phase(10, 1)), order(phase(10, 3), reference="MedicationRequest/b"), before=30)
            ),
            "4 times a day together: not fewer than 2. 3 times a day by one order: not more than 4.",
        ),
        (
            chart(therapy=therapy(order(phase(20, 1, days=7), phase(15, 1, days=7)), before=20)),
            "The dose is lowered step by step, so that this number of doses a day passes.",
        ),
        (
            chart(age=17, therapy=therapy(order(phase(20, 1)), before=20)),
            "The patient is younger than 18 years: the number of doses a day is not judged.",
        ),
    ],
)
def test_the_number_of_doses_a_day(patient, sentence) -> None:
    assert silence(oral_doses_per_day, patient) == sentence


def test_doses_a_day_of_which_some_are_not_told() -> None:
    untold = Product(name="x", baclofen="code", form="tablet")
    other = order(changed(phase(10, 2), doses_per_day=None), reference="MedicationRequest/b", product=untold)
    patient = chart(therapy=therapy(order(phase(10, 3)), other, before=30))
    assert silence(oral_doses_per_day, patient) == (
        "3 times a day by one order: not more than 4. How many are taken together cannot be told."
    )


def test_single_doses() -> None:
    patient = chart(therapy=therapy(order(), before=30))
    assert silence(oral_single_dose, patient) == "No single dose by mouth can be told."
    partly = chart(therapy=therapy(order(phase(10, 3)), order(reference="MedicationRequest/b"), before=30))
    assert silence(oral_single_dose, partly) == (
        "What can be told of single doses, 10 mg, is not above 20 mg; the rest cannot."
    )
    bounded = chart(therapy=at_least(therapy(order(phase(25, 3)), before=75)))
    assert silence(oral_single_dose, bounded) == (
        "25 mg: below 150 mg. Above 20 mg, but whether the day stays within 80 mg/day cannot be told."
    )
    by_opinion = changed(bounded, regime=changed(bounded.regime, warn=None))
    assert silence(oral_single_dose, by_opinion) == (
        "25 mg: below 150 mg. 20 mg at a time is no line where opinions take the place of a daily maximum."
    )


def test_a_start_that_is_only_known_in_part() -> None:
    patient = chart(therapy=therapy(order(phase(5, 2)), order(reference="MedicationRequest/b")))
    assert silence(oral_starting_dose, patient) == (
        "What can be told of the dose, 10 mg/day, is not above 15 mg/day; the rest cannot: a part of the first dose "
        "cannot be told."
    )


def test_other_orders() -> None:
    patient = chart(therapy=therapy(order(phase(10, 3)), before=30))
    missing = (MissingData("medications", Phrase("the EHR sent only the first page")),)
    assert silence(duplicate_orders, changed(patient, missing=missing)) == (
        "Whether another order by mouth is on file cannot be told: the EHR sent only the first page."
    )


def test_no_reason_on_the_order() -> None:
    patient = chart(therapy=therapy(order(phase(10, 3))), indication=Indication())
    assert silence(indication_not_recommended, patient) == "No reason for baclofen stands on the order."


def test_tablets_and_orders_that_cannot_be_read() -> None:
    patient = chart(therapy=therapy(order(phase(10, 3))))
    assert silence(liquid_concentration, patient) == "No liquid by mouth is ordered, as far as the products tell."
    assert silence(oral_as_needed, patient) == "Nothing by mouth is ordered as needed."
    assert silence(oral_as_needed, chart(therapy=therapy(order()))) == (
        "Whether a dose by mouth is ordered as needed cannot be told: a dosage cannot be read."
    )


@pytest.mark.parametrize(
    ("signing", "sentence"),
    [
        (therapy(), "No baclofen is being ordered."),
        (
            therapy(order(phase(10, 3), route="intravenous")),
            "Baclofen is ordered by another route than by mouth or into the spinal canal.",
        ),
        (
            therapy(order(phase(10, as_needed=True)), order(phase(10, 3))),
            "The dose cannot be told for want of a limit on as-needed use, which OralAsNeeded says.",
        ),
        (
            therapy(order(plan={"problems": (Problem("no-concentration", Phrase("x")),)}), order(phase(10, 3))),
            "The dose cannot be told for want of a concentration, which LiquidConcentration says.",
        ),
    ],
)
def test_a_dose_that_need_not_be_said_to_be_unknown(signing, sentence) -> None:
    assert silence(dose_not_computable, chart(therapy=signing)) == sentence


@pytest.mark.parametrize(
    ("signing", "sentence"),
    [
        (
            therapy(order(phase(10, 3), route="intravenous")),
            "No baclofen by mouth or into the spinal canal is being ordered.",
        ),
        (
            therapy(intrathecal(bolus=50)),
            "Into the spinal canal only single doses are ordered, which have no daily dose.",
        ),
        (therapy(intrathecal()), "The intrathecal daily dose cannot be told."),
        (therapy(order(phase(10, 3))), "No dose by mouth that can be read is in micrograms."),
    ],
)
def test_units(signing, sentence) -> None:
    assert silence(unit_mismatch, chart(therapy=signing)) == sentence
