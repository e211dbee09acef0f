"""Why the rules of the French programme are silent beside their boundaries."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cds.chart.model import Absent, AgeRange, Egfr, Indication, Known, Listing, Problem, Unknown
from cds.phrases import Phrase
from cds.rules.rtu import (
    alcohol_minor,
    baclocur_suspended,
    fr_alcohol_product,
    rtu_collegial_opinion,
    rtu_contraindication,
    rtu_dose_ceiling,
    rtu_follow_up,
    rtu_patient_registration,
    rtu_prescriber_registration,
    rtu_prescription_mention,
    rtu_second_opinion,
)
from tests.charts import TABLET, at_least, changed, therapy
from tests.rules.renal.kidney_cases import kidneys
from tests.rules.rtu.french_cases import (
    AFTER,
    ALCOHOL,
    BEFORE,
    FIRST,
    IN_2014,
    LAST,
    OF_THE_PROGRAMME,
    baclocur,
    french,
    programme,
)
from tests.rules.silences import silence

LADDER = (rtu_collegial_opinion, rtu_dose_ceiling, rtu_second_opinion)
NOT_SENT = Unknown(Phrase("no problem list was sent"))
SUSPENDED = date(2020, 6, 18)


@pytest.mark.parametrize("rule", OF_THE_PROGRAMME, ids=lambda rule: rule.RULE)
@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ({"jurisdiction": "US"}, "Not in France: jurisdiction US."),
        ({"indications": frozenset({"spasticity"})}, "Baclofen is not ordered for alcohol use disorder."),
        ({"indications": frozenset()}, "What baclofen is ordered for is not known."),
        (
            {"indication": Indication(ALCOHOL | {"spasticity"}, "problem list")},
            (
                "The problem list names alcohol use disorder and spasticity, and no order says which of them baclofen is "
                "for."
            ),
        ),
        ({"therapy": therapy()}, "No baclofen by mouth is being ordered."),
    ],
)
def test_what_the_programme_is_not_about(rule, scope, sentence) -> None:
    assert silence(rule, french(320, age=16, rtu=False, **scope)) == sentence


@pytest.mark.parametrize(
    ("rule", "on", "sentence"),
    [
        *((rule, BEFORE, "The rule applies from 17 March 2014 on; this is 16 March 2014.") for rule in LADDER),
        (rtu_follow_up, BEFORE, "The rule applies from 17 March 2014 on; this is 16 March 2014."),
        (rtu_contraindication, AFTER, "The rule applied until 13 December 2020; this is 14 December 2020."),
        (rtu_prescription_mention, AFTER, "The rule applied until 13 December 2020; this is 14 December 2020."),
        (fr_alcohol_product, LAST, "The rule applies from 14 December 2020 on; this is 13 December 2020."),
    ],
)
def test_outside_of_its_period(rule, on, sentence) -> None:
    assert silence(rule, french(320, on=on, rtu=False)) == sentence


@pytest.mark.parametrize(
    ("rule", "daily", "sentence"),
    [
        (rtu_second_opinion, 119, "119 mg/day: below 120 mg/day."),
        (rtu_collegial_opinion, 119, "119 mg/day: below 120 mg/day."),
        (
            rtu_collegial_opinion,
            179,
            "179 mg/day: below 180 mg/day. 40 years: not above 65 years, beyond which 120 mg/day is the line.",
        ),
        (rtu_dose_ceiling, 300, "300 mg/day: not above 300 mg/day."),
    ],
)
def test_below_a_rung(rule, daily, sentence) -> None:
    assert silence(rule, french(daily, on=FIRST)) == sentence


def test_a_rung_and_an_age_that_nothing_tells() -> None:
    assert silence(rtu_collegial_opinion, changed(french(150), age=Absent())) == (
        "150 mg/day: below 180 mg/day. Whether the patient is above 65 years, beyond which 120 mg/day is the line, cannot "
        "be told: no birth date is on file."
    )
    partial = changed(french(150), age=Known(AgeRange(64, 65)))
    assert "64 or 65 years: not above 65 years" in silence(rtu_collegial_opinion, partial)


@pytest.mark.parametrize(("rule", "line"), [(rtu_second_opinion, 120), (rtu_collegial_opinion, 120)])
def test_a_dose_of_which_only_a_part_is_known(rule, line) -> None:
    patient = french(100)
    bounded = changed(patient, therapy=at_least(patient.therapy))
    assert silence(rule, bounded) == (
        f"What can be told of the dose, 100 mg/day, is below {line} mg/day; the rest cannot: the EHR sent no medication "
        "list."
    )
    untold = changed(patient, therapy=changed(patient.therapy, total=None))
    assert silence(rule, untold) == "No daily dose by mouth can be told."


def test_a_part_between_the_rungs() -> None:
    patient = french(150)
    assert silence(rtu_collegial_opinion, changed(patient, therapy=at_least(patient.therapy))) == (
        "What can be told of the dose, 150 mg/day, is below 180 mg/day; the rest cannot: the EHR sent no medication list."
    )


@pytest.mark.parametrize(
    ("problems", "reading", "sentence"),
    [
        (
            Listing(),
            Known(Egfr(Fraction(30), IN_2014)),
            (
                "No contraindication of the programme that counts is on the problem list. eGFR 30 of 10 May 2014: not below 30 "
                "mL/min/1.73 m²."
            ),
        ),
        (
            Listing((Problem("Depression", frozenset({"depression_severe"}), active=False),)),
            Absent(),
            (
                "No contraindication of the programme that counts is on the problem list. Renal function cannot be told: no eGFR or "
                "creatinine that still counts is on file."
            ),
        ),
        (
            Listing(missing=NOT_SENT),
            Known(Egfr(Fraction(30), IN_2014)),
            (
                "Whether a contraindication of the programme is on record cannot be told: no problem list was sent. eGFR "
                "30 of 10 May 2014: not below 30 mL/min/1.73 m²."
            ),
        ),
        (
            Listing(missing=NOT_SENT),
            Unknown(Phrase("no laboratory results were sent")),
            (
                "Whether a contraindication of the programme is on record cannot be told: no problem list was sent. Nor "
                "can renal function: no laboratory results were sent."
            ),
        ),
    ],
)
def test_no_contraindication(problems, reading, sentence) -> None:
    patient = changed(french(), problems=problems, kidneys=kidneys(egfr=reading))
    assert silence(rtu_contraindication, patient) == sentence


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (
            Known(date(2014, 4, 9)),
            "Last baclofen prescription 31 days ago, on 9 April 2014: not more than 31 days.",
        ),
        (
            Known(date(2014, 5, 9)),
            "Last baclofen prescription 1 day ago, on 9 May 2014: not more than 31 days.",
        ),
        (Absent(), "Neither an earlier prescription of baclofen nor a visit is on file."),
        (
            Unknown(Phrase("the medication list was not sent")),
            "When baclofen was last prescribed cannot be told: the medication list was not sent.",
        ),
    ],
)
def test_follow_up(last, sentence) -> None:
    assert silence(rtu_follow_up, french(programme=programme(last_prescription=last))) == sentence


@pytest.mark.parametrize(
    ("rule", "member"),
    [
        (rtu_patient_registration, "patient_registered"),
        (rtu_prescriber_registration, "prescriber_registered"),
    ],
)
def test_registration(rule, member) -> None:
    registered = french(programme=programme(**{member: Known("urn:registry")}))
    assert silence(rule, registered) == "An identifier shows the registration, of the system urn:registry."
    assert silence(rule, french(registration_policy="off")) == "CDS_RTU_REGISTRATION is off."
    assert silence(rule, french(on=AFTER, registration_policy="by-date")) == (
        "The rule applied until 13 December 2020; this is 14 December 2020."
    )


@pytest.mark.parametrize(
    ("product", "sentence"),
    [
        (TABLET, "No Baclocur is being ordered."),
        (baclocur(30), "Baclocur of 30 mg was never suspended."),
        (baclocur(None), "The strength cannot be told of Baclocur None mg."),
    ],
)
def test_products_that_were_not_suspended(product, sentence) -> None:
    assert silence(baclocur_suspended, french(40, on=SUSPENDED, product=product)) == sentence


def test_a_suspension_that_is_not_in_question() -> None:
    unsaid = {"on": SUSPENDED, "indications": frozenset()}
    assert silence(baclocur_suspended, french(therapy=therapy(), **unsaid)) == "No baclofen by mouth is being ordered."
    abroad = french(40, on=SUSPENDED, product=baclocur(20), jurisdiction="BE")
    assert silence(baclocur_suspended, abroad) == "Not in France: jurisdiction BE."
    assert silence(baclocur_suspended, french(40, on=LAST, product=baclocur(20))) == (
        "The rule applied until 24 November 2020; this is 13 December 2020."
    )


def test_products_that_are_authorised_and_those_without_a_french_code() -> None:
    assert silence(fr_alcohol_product, french(on=AFTER, product=baclocur(10))) == (
        "Authorised for alcohol use disorder: Baclocur 10 mg."
    )
    assert silence(fr_alcohol_product, french(on=AFTER, product=TABLET)) == (
        "Without a French product code its authorisation cannot be judged: Baclofen 10 MG Oral Tablet."
    )


def test_an_age_that_nothing_tells() -> None:
    assert silence(alcohol_minor, changed(french(), age=Absent())) == (
        "The age cannot be told: no birth date is on file."
    )
