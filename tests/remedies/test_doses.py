from __future__ import annotations

import dataclasses
from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Kidneys, Unknown
from cds.chart.orders import Gap
from cds.chart.reading import Absent, Known
from cds.pharmacology.product import Product
from cds.remedies.doses import as_needed_limit, fitting_dose, renal_dose, with_remedy
from tests.charts import KNOWLEDGE, TABLET, TODAY, at_least, chart, order, phase, therapy


def dose(remedy) -> float | None:
    """mg/day of the suggested dose, of its last stage where there are several."""
    return None if remedy is None else float(remedy.change.stages[-1].daily_dose)


def intakes(remedy) -> list[float]:
    return [float(amount) for amount in remedy.change.stages[-1].intakes]


@pytest.mark.parametrize(("single", "suggested"), [(20, None), (25, 80), (30, 80)])
def test_above_the_maximum_the_maximum(single: float, suggested: float | None) -> None:
    """20 mg four times a day keeps to 80; the patient took as much before."""
    patient = chart(therapy=therapy(order(phase(single, 4)), before=80))
    assert dose(fitting_dose(patient, KNOWLEDGE)) == suggested


def test_a_start_begins_low() -> None:
    remedy = fitting_dose(chart(therapy=therapy(order(phase(20, 4)))), KNOWLEDGE)
    assert intakes(remedy) == [5, 5, 5]


@pytest.mark.parametrize(("before", "suggested"), [(80, 80), (95, 80), (95.1, None), (120, None)])
def test_a_dose_is_not_offered_that_would_be_more_than_one_step_of_a_taper(
    before: float, suggested: float | None
) -> None:
    patient = chart(therapy=therapy(order(phase(40, 4)), before=before))
    assert dose(fitting_dose(patient, KNOWLEDGE)) == suggested


def test_what_was_taken_before_must_be_known() -> None:
    signing = dataclasses.replace(therapy(order(phase(30, 4)), before=80), before=Unknown("no list"))
    assert fitting_dose(chart(therapy=at_least(signing)), KNOWLEDGE) is None


@pytest.mark.parametrize(("days", "suggested"), [(2, 30), (3, 45), (None, 45)])
def test_an_increase_takes_one_step_and_waits_for_its_time(days: int | None, suggested: float) -> None:
    """From 30 to 60: one step of 15 after three days; before that, what is taken now."""
    patient = chart(therapy=therapy(order(phase(20, 3)), before=30, days=days))
    assert dose(fitting_dose(patient, KNOWLEDGE)) == suggested


def test_single_doses_stay_within_the_usual_one() -> None:
    """80 mg/day is 20 mg four times, not 25 mg three times with 5 mg to spare."""
    remedy = fitting_dose(chart(therapy=therapy(order(phase(30, 3)), before=80)), KNOWLEDGE)
    assert intakes(remedy) == [20, 20, 20, 20]


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        (TABLET, 15),
        (dataclasses.replace(TABLET, strength_mg=Fraction(20)), 10),
        (Product(name="baclofen granules", baclofen="code", strength_mg=Fraction(5), form="granules"), 15),
        (Product(name="baclofen", baclofen="code", form="liquid", concentration_mg_per_ml=Fraction(5)), 15),
        (Product(name="baclofen", baclofen="code"), 15),
    ],
)
def test_only_amounts_that_can_be_taken(product: Product, expected: float) -> None:
    """Half a 20 mg tablet is 10 mg: one intake of it is the most that a start of 15 mg leaves."""
    patient = chart(therapy=therapy(order(phase(20, 4), product=product)))
    assert dose(fitting_dose(patient, KNOWLEDGE)) == expected


def test_the_smallest_tablet_may_be_too_large() -> None:
    tablet = dataclasses.replace(TABLET, strength_mg=Fraction(40))
    assert fitting_dose(chart(therapy=therapy(order(phase(40, 2), product=tablet))), KNOWLEDGE) is None


def test_orders_beside_it_leave_less() -> None:
    """60 mg on file leave 20 of 80."""
    draft = order(phase(10, 4))
    other = order(phase(20, 3), reference="MedicationRequest/other", draft=False, status="active")
    signing = dataclasses.replace(
        therapy(draft, before=60),
        oral=(draft, other),
        total=dataclasses.replace(therapy(draft).total, value=Fraction(100)),
        steps=(),
    )
    assert dose(fitting_dose(chart(therapy=signing), KNOWLEDGE)) == 20


@pytest.mark.parametrize(
    "signing",
    [
        therapy(order(phase(30, 4)), order(phase(30, 4), reference="MedicationRequest/two"), before=80),
        therapy(order(phase(30, 4), draft=False), before=80),
        therapy(order(phase(30, 2), phase(60, 2)), before=80),
        therapy(order(phase(30, as_needed=True, limit=120)), before=80),
        therapy(),
    ],
)
def test_only_one_plain_draft_is_changed(signing) -> None:
    assert fitting_dose(chart(therapy=signing), KNOWLEDGE) is None


def test_a_child_starts_by_weight() -> None:
    """FR, 20 kg: 0.3 mg/kg is 6 mg/day; half a 10 mg tablet once is what fits."""
    patient = chart(age=7, weight=20, jurisdiction="FR", therapy=therapy(order(phase(10, 3))))
    assert intakes(fitting_dose(patient, KNOWLEDGE)) == [5]


def test_after_a_gap_the_start() -> None:
    signing = therapy(order(phase(20, 3)), before=60, gap=Known(Gap(3, TODAY - timedelta(days=3), Fraction(60))))
    assert dose(fitting_dose(chart(therapy=signing), KNOWLEDGE)) == 15


@pytest.mark.parametrize(("egfr", "suggested"), [(60, None), (59, 5), (30, 5), (29.9, None)])
def test_a_start_with_impaired_kidneys(egfr: float, suggested: float | None) -> None:
    """At 30 to 59 at most 7.5 mg/day, which is 5 mg in half tablets; below 30 no dose is offered; from 60 none is needed."""
    patient = chart(egfr=egfr, therapy=therapy(order(phase(5, 3))))
    assert dose(renal_dose(patient, KNOWLEDGE)) == suggested


def test_a_stable_dose_comes_down_in_steps() -> None:
    patient = chart(egfr=40, therapy=therapy(order(phase(20, 3)), before=60))
    remedy = renal_dose(patient, KNOWLEDGE)
    assert remedy.key == "renal_steps"
    assert [float(stage.daily_dose) for stage in remedy.change.stages] == [45, 30, 15]
    assert remedy.change.stages[-1].days is None


def test_a_small_reduction_is_made_at_once() -> None:
    remedy = renal_dose(chart(egfr=50, therapy=therapy(order(phase(10, 3)), before=30)), KNOWLEDGE)
    assert remedy.key == "renal_dose"
    assert dose(remedy) == 20


def test_no_dose_for_kidneys_that_cannot_be_told() -> None:
    patient = chart(therapy=therapy(order(phase(5, 3))), kidneys=Kidneys(egfr=Absent()))
    assert renal_dose(patient, KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("limit", "single", "expected"), [(None, 20, 80), (120, 20, 80), (None, 30, 60), (None, 90, None)]
)
def test_as_needed_gets_a_maximum_in_whole_doses(limit, single, expected) -> None:
    patient = chart(therapy=therapy(order(phase(single, as_needed=True, limit=limit)), before=80))
    remedy = as_needed_limit(patient, KNOWLEDGE)
    assert (None if remedy is None else float(remedy.change.daily_maximum)) == expected


def test_the_chart_with_a_remedy_has_the_new_dose() -> None:
    patient = chart(therapy=therapy(order(phase(30, 4)), before=80))
    changed = with_remedy(patient, fitting_dose(patient, KNOWLEDGE))
    assert changed.therapy.total.value == 80
    assert changed.therapy.steps == ()
    assert changed.therapy.checked[0].peak == 80
