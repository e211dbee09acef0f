from dataclasses import replace
from datetime import date

import pytest

from cds.chart.model import Absent, AgeRange, Known, Listing, Problem, Reason, Unknown
from cds.chart.orders import Gap
from cds.rules.dose import oral_titration_gradual as gradual
from cds.rules.dose import oral_titration_step as rule
from cds.rules.finding import Measure
from tests.charts import KNOWLEDGE, TODAY, changed, chart, order, phase, therapy
from tests.rules.said import level, said

ALCOHOL = frozenset({"alcohol"})
PAIN = frozenset({"neuropathic"})


def raised(before, after, days, **changes):
    return chart(therapy=therapy(order(phase(after)), before=before, days=days), **changes)


def having(patient, *kinds, active=True):
    found = tuple(Problem(kind.replace("_", " "), frozenset({kind}), active=active) for kind in kinds)
    return changed(patient, problems=Listing(found))


@pytest.mark.parametrize(
    ("where", "step", "interval"),
    [
        ({"jurisdiction": "US"}, 15, 3),
        ({"jurisdiction": "UK"}, 15, 3),
        ({"jurisdiction": "DE"}, 15, 3),
        ({"jurisdiction": "FR"}, 15, 3),
        ({"jurisdiction": "US", "indications": PAIN}, 15, 7),
        ({"jurisdiction": "US", "indications": ALCOHOL}, 15, 3),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2014, 3, 16)}, 15, 3),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2014, 3, 17)}, 10, 2),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2017, 7, 24)}, 10, 2),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2020, 12, 14)}, 10, 3),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2021, 11, 18)}, 10, 3),
    ],
)
def test_step_and_interval_of_each_regime(where, step, interval):
    assert said(rule, raised(15, 15 + step, interval, **where)) is None
    assert said(rule, raised(15, 15 + step - 0.1, interval + 1, **where)) is None
    large = said(rule, raised(15, 15 + step + 0.1, interval, **where))
    assert level(large) == ("warning", "too_large")
    assert large.values["step"] == Measure(step, "mg/d")
    soon = said(rule, raised(15, 15 + step, interval - 1, **where))
    assert level(soon) == ("warning", "too_soon")
    assert soon.values["interval"] == Measure(interval, "d")
    assert level(said(rule, raised(15, 16 + step, interval - 1, **where))) == ("warning", "both")


def test_an_unknown_interval_is_said_and_only_the_step_is_judged():
    finding = said(rule, raised(15, 45, None))
    assert level(finding) == ("warning", "interval_unknown")
    assert "days" not in finding.values
    assert said(rule, raised(15, 30, None)) is None


def test_every_phase_of_a_sequence_is_a_step():
    fast = order(phase(15, days=2), phase(30, days=2), phase(45))
    finding = said(rule, chart(therapy=therapy(fast)))
    assert level(finding) == ("warning", "too_soon")
    assert finding.facts["before"] == Measure(15, "mg/d")
    slow = order(phase(15, days=3), phase(30, days=3), phase(45))
    assert said(rule, chart(therapy=therapy(slow))) is None


def test_a_start_and_a_decrease_are_no_step_up():
    assert said(rule, chart(therapy=therapy(order(phase(60))))) is None
    assert said(rule, raised(60, 30, 1)) is None
    assert said(rule, chart()) is None


@pytest.mark.parametrize("checked", [rule, gradual])
def test_an_earlier_dose_resumed_for_withdrawal_is_no_step(checked):
    gap = Known(Gap(4, TODAY, None, withdrawal="Baclofen withdrawal: hallucinations"))
    before, after = (15, 60) if checked is rule else (15, 30)
    patient = raised(before, after, 10, age=70)
    assert said(checked, patient) is not None
    assert said(checked, changed(patient, therapy=replace(patient.therapy, gap=gap))) is None
    calm = Known(Gap(4, TODAY, None))
    assert said(checked, changed(patient, therapy=replace(patient.therapy, gap=calm))) is not None
    tapering = replace(patient.therapy, running_taper=True)
    assert said(checked, changed(patient, therapy=tapering)) is not None
    assert said(checked, having(changed(patient, therapy=tapering), "baclofen_withdrawal")) is not None
    in_taper = replace(tapering, taper_withdrawal="Baclofen withdrawal: hallucinations")
    assert said(checked, changed(patient, therapy=in_taper)) is None


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (64, None),
        (65, ("info", "age")),
        (66, ("info", "age")),
        (AgeRange(64, 65), ("info", "age")),
        (AgeRange(63, 64), None),
        (None, None),
    ],
)
def test_gradual_by_age(age, expected):
    finding = said(gradual, raised(15, 30, 3, age=age))
    assert level(finding) == expected
    assert (finding is not None and "partial_birth_date" in finding.notes) == (age == AgeRange(64, 65))


def test_gradual_begins_at_the_full_step():
    assert said(gradual, raised(15, 29.9, 3, age=70)) is None
    assert said(gradual, raised(15, 30, 3, age=70)) is not None
    assert said(gradual, raised(15, 30, None, age=70)) is not None
    assert said(gradual, raised(15, 30.1, 3, age=70)) is None  # OralTitrationStep
    assert said(gradual, raised(15, 30, 2, age=70)) is None  # OralTitrationStep
    assert said(gradual, chart(age=70)) is None


@pytest.mark.parametrize(
    "name",
    ["230690007", "128188000", "52448006", "49049000", "84757009", "58214004", "13746004", "35489007", "127296001"],
)
def test_the_disorders_of_gradual_titration_by_code(name):
    """Stroke, cerebral palsy, dementia, Parkinson, epilepsy, schizophrenia, bipolar and depressive disorder, brain injury."""
    assert gradual.DISORDER in KNOWLEDGE.sets_of("http://snomed.info/sct", name)


MS = Reason("Multiple sclerosis", frozenset({"multiple_sclerosis"}))


@pytest.mark.parametrize("kind", [gradual.DISORDER])
def test_gradual_with_a_disorder_on_the_list_or_as_the_reason(kind):
    assert level(said(gradual, having(raised(15, 30, 3), kind))) == ("info", "disorder")
    assert said(gradual, having(raised(15, 30, 3), kind, active=False)) is None
    patient = raised(15, 30, 3)
    reason = replace(patient.indication, reasons=(Reason("Cerebral palsy", frozenset({kind})), MS))
    finding = said(gradual, changed(patient, indication=reason))
    assert finding.facts["disorder"] == "Cerebral palsy"


@pytest.mark.parametrize("kind", ["multiple_sclerosis", "alcohol_use_disorder"])
def test_gradual_leaves_out_what_the_label_was_written_for(kind):
    assert said(gradual, having(raised(15, 30, 3), kind)) is None


def test_gradual_says_nothing_where_disorders_and_age_are_unknown():
    patient = changed(raised(15, 30, 3), problems=Listing(missing=Unknown("no problem list was sent")))
    assert said(gradual, patient) is None
    assert said(gradual, changed(patient, age=Absent())) is None
    partly = Listing((Problem("stroke", frozenset({gradual.DISORDER})),), missing=Unknown("the list was cut off"))
    assert level(said(gradual, changed(patient, problems=partly))) == ("info", "disorder")
