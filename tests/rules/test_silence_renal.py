"""Why the renal rules are silent beside their boundaries."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Absent, Egfr, ImplausibleCreatinine, LastOrder, MissingData, OtherDrug, Unknown
from cds.chart.reading import Known, Listing
from cds.phrases import Phrase
from cds.rules.renal import (
    renal_acute,
    renal_dialysis,
    renal_implausible,
    renal_intrathecal,
    renal_moderate,
    renal_moderate_high_dose,
    renal_nephrotoxic,
    renal_older_adult,
    renal_severe,
    renal_unknown,
)
from tests.charts import TODAY, at_least, changed, chart, order, phase, therapy
from tests.rules.renal.kidney_cases import acute, dialysis, egfr, going_on, kidneys, pump, start
from tests.rules.silences import silence

BY_MOUTH = (
    renal_acute,
    renal_dialysis,
    renal_implausible,
    renal_moderate,
    renal_moderate_high_dose,
    renal_older_adult,
    renal_severe,
    renal_unknown,
)
NOT_SENT = Unknown(Phrase("no laboratory results were sent"))
NO_PROBLEMS = Unknown(Phrase("no problem list was sent"))
IBUPROFEN = OtherDrug("Ibuprofen 400 mg", frozenset({"nsaid"}))
ON_FILE = order(phase(10, 3), status="active", draft=False, reference="MedicationRequest/old")


@pytest.mark.parametrize("rule", BY_MOUTH, ids=lambda rule: rule.RULE)
def test_nothing_by_mouth(rule) -> None:
    assert silence(rule, chart(age=70, therapy=pump(), egfr=20)) == "No baclofen by mouth is being ordered."


@pytest.mark.parametrize("rule", [renal_dialysis, renal_severe], ids=lambda rule: rule.RULE)
def test_a_record_that_is_opened_without_an_order(rule) -> None:
    opened = chart(hook="patient-view", egfr=20)
    assert silence(rule, opened) == "No running order of baclofen by mouth is on file."
    missing = (MissingData("medications", Phrase("the EHR's own query failed")),)
    assert silence(rule, changed(opened, missing=missing)) == (
        "Whether baclofen by mouth is on file cannot be told: the EHR's own query failed."
    )


@pytest.mark.parametrize(
    ("reading", "because"),
    [(Absent(), "no eGFR or creatinine that still counts is on file"), (NOT_SENT, NOT_SENT.because)],
)
def test_no_egfr(reading, because) -> None:
    patient = chart(age=70, therapy=going_on(30), kidneys=kidneys(egfr=reading))
    sentence = f"Renal function cannot be told: {because}."
    for rule in (renal_moderate, renal_moderate_high_dose, renal_older_adult, renal_severe):
        assert silence(rule, patient) == sentence
    assert silence(renal_intrathecal, changed(patient, therapy=pump())) == sentence


@pytest.mark.parametrize(
    ("value", "comparator", "shown"),
    [("60", None, "60"), ("60.049", None, "60"), ("60.09", None, "60"), ("95.5", None, "95.5"), ("60", ">", ">60")],
)
def test_the_egfr_is_shown_as_on_cards(value, comparator, shown) -> None:
    patient = chart(therapy=going_on(30), kidneys=kidneys(egfr=egfr(value, comparator=comparator)))
    assert silence(renal_moderate, patient).startswith(f"eGFR {shown} of ")
    assert silence(renal_moderate, patient).endswith(": not below 60 mL/min/1.73 m².")


@pytest.mark.parametrize("value", ["29.999", "5"])
def test_the_bands_below(value) -> None:
    patient = chart(therapy=going_on(30), kidneys=kidneys(egfr=Known(Egfr(Fraction(value), TODAY))))
    sentence = f"eGFR {value[:4]} of 1 June 2026: below 30 mL/min/1.73 m², where RenalSevere speaks."
    assert silence(renal_moderate, patient) == silence(renal_moderate_high_dose, patient) == sentence


@pytest.mark.parametrize(
    ("signing", "sentence"),
    [
        (going_on(19), "19 mg/day: below 20 mg/day."),
        (
            at_least(going_on(10)),
            (
                "What can be told of the dose, 10 mg/day, is below 20 mg/day; the rest cannot: the EHR sent no medication "
                "list."
            ),
        ),
        (changed(going_on(10), total=None), "No daily dose by mouth can be told."),
    ],
)
def test_a_dose_that_is_not_high(signing, sentence) -> None:
    assert silence(renal_moderate_high_dose, chart(therapy=signing, egfr=40)) == sentence


def test_a_dose_that_is_high() -> None:
    assert silence(renal_moderate, chart(therapy=going_on(20), egfr=44)) == (
        "eGFR 44 of 1 June 2026: below 45 mL/min/1.73 m². 20 mg/day: not below 20 mg/day. RenalModerateHighDose speaks."
    )


def test_an_injury_and_a_dialysis_that_cannot_be_excluded() -> None:
    function = kidneys(acute=NO_PROBLEMS, dialysis=NO_PROBLEMS)
    patient = chart(therapy=start(5), kidneys=function)
    assert silence(renal_acute, patient) == "Acute kidney injury cannot be excluded: no problem list was sent."
    assert silence(renal_dialysis, patient) == (
        "Whether the patient is on dialysis cannot be told: no problem list was sent."
    )


def test_intrathecal() -> None:
    assert silence(renal_intrathecal, chart(therapy=start(5))) == "No intrathecal baclofen is being ordered."
    function = kidneys(egfr=Known(Egfr(Fraction(30), TODAY)), dialysis=NO_PROBLEMS)
    assert silence(renal_intrathecal, chart(therapy=pump(), kidneys=function)) == (
        "eGFR 30 of 1 June 2026: not below 30 mL/min/1.73 m². Dialysis cannot be excluded: no problem list was sent."
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"dialysis": dialysis()}, "Dialysis is on file: RenalDialysis has more to say."),
        ({"acute": acute()}, "Acute kidney injury is on file: RenalAcute has more to say."),
        (
            {"implausible": (ImplausibleCreatinine(Fraction(21), "mg/dL", TODAY),)},
            "A creatinine cannot be in its unit: RenalImplausible has more to say.",
        ),
    ],
)
def test_rules_that_have_more_to_say(more, sentence) -> None:
    assert silence(renal_unknown, chart(therapy=start(5), kidneys=kidneys(egfr=Absent(), **more))) == sentence


def test_what_was_so_at_the_last_order() -> None:
    severe = Known(Egfr(Fraction(29), date(2026, 2, 1)))
    opened = chart(hook="patient-view", kidneys=kidneys(egfr=severe, dialysis=dialysis()))
    then = LastOrder(date(2026, 2, 2), kidneys(egfr=severe))
    assert silence(renal_severe, changed(opened, last_order=then)) == (
        "eGFR 29 of 1 February 2026, below 30 mL/min/1.73 m², was on file already at the last order, of 2 February 2026."
    )
    undated = changed(opened, last_order=LastOrder(date(2026, 2, 2), kidneys(dialysis=dialysis())))
    sentence = "Dialysis without a date counts as known at the last order, of 2 February 2026."
    assert silence(renal_severe, undated) == silence(renal_dialysis, undated) == sentence
    dated = Known(changed(dialysis().value, onset=TODAY - timedelta(days=900)))
    known = changed(opened, last_order=LastOrder(date(2026, 2, 2), kidneys(dialysis=dated)))
    assert silence(renal_dialysis, known) == "Dialysis was on file already at the last order, of 2 February 2026."


@pytest.mark.parametrize(
    ("age", "reading", "sentence"),
    [
        (
            64,
            Known(Egfr(Fraction(60), TODAY)),
            "eGFR 60 of 1 June 2026: not below 60 mL/min/1.73 m². 64 years: not 65 years or older.",
        ),
        (
            40,
            NOT_SENT,
            "40 years: not 65 years or older. Renal function cannot be told: no laboratory results were sent.",
        ),
        (
            None,
            Known(Egfr(Fraction(90), TODAY)),
            ("eGFR 90 of 1 June 2026: not below 60 mL/min/1.73 m². The age cannot be told: no birth date is on file."),
        ),
        (
            None,
            NOT_SENT,
            (
                "Renal function cannot be told: no laboratory results were sent. Nor can the age: no birth date is on "
                "file."
            ),
        ),
    ],
)
def test_a_pair_without_a_further_risk(age, reading, sentence) -> None:
    patient = chart(age=age, therapy=going_on(30), kidneys=kidneys(egfr=reading), drugs=Listing((IBUPROFEN,)))
    assert silence(renal_nephrotoxic, patient) == sentence


@pytest.mark.parametrize(
    ("signing", "drugs", "sentence"),
    [
        (
            going_on(30),
            Listing(),
            "No NSAID and no other drug that lowers renal clearance is current on file, and none is being ordered.",
        ),
        (
            going_on(30),
            Listing(missing=Unknown(Phrase("no medication list was sent"))),
            "Whether a drug that lowers renal clearance is taken cannot be told: no medication list was sent.",
        ),
        (
            therapy(taken=(ON_FILE,)),
            Listing((IBUPROFEN,)),
            (
                "Neither baclofen by mouth nor a drug that lowers renal clearance is being ordered; on file: Ibuprofen "
                "400 mg."
            ),
        ),
        (
            therapy(taken=(ON_FILE,), ending=frozenset({ON_FILE.reference})),
            Listing((changed(IBUPROFEN, draft=True),)),
            "No baclofen by mouth goes on or is ordered beside Ibuprofen 400 mg.",
        ),
        (
            therapy(),
            Listing((changed(IBUPROFEN, draft=True),), Unknown(Phrase("no medication list was sent"))),
            ("Whether baclofen by mouth goes on beside Ibuprofen 400 mg cannot be told: no medication list was sent."),
        ),
        (pump(), Listing((IBUPROFEN,)), "No baclofen by mouth goes on or is ordered beside Ibuprofen 400 mg."),
    ],
)
def test_no_pair(signing, drugs, sentence) -> None:
    assert silence(renal_nephrotoxic, chart(age=70, therapy=signing, drugs=drugs)) == sentence
