from __future__ import annotations

import dataclasses
from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.orders import StopEvent
from cds.chart.reading import Known
from cds.remedies.tapers import slower_taper, taper_beside_pump, taper_instead_of_stop, taper_of_draft
from tests.charts import KNOWLEDGE, TABLET, TODAY, chart, intrathecal, order, phase, therapy


def levels(remedy) -> list[float]:
    return [float(stage.daily_dose) for stage in remedy.change.stages]


def length(remedy) -> int:
    return sum(stage.days or 0 for stage in remedy.change.stages)


def stopping(*, exposure: int | None = 100, **changes):
    running = order(phase(20, 3), reference="MedicationRequest/old", draft=False, status="active", **changes)
    return chart(therapy=dataclasses.replace(therapy(), stops=(StopEvent(running, "stop", exposure=exposure),)))


def test_a_stop_becomes_a_taper_from_today() -> None:
    remedy = taper_instead_of_stop(stopping(), KNOWLEDGE)
    assert remedy.mends == ("AbruptStop",)
    assert levels(remedy) == [50, 40, 30, 20, 10]
    assert remedy.change.stages[0].start == TODAY
    starts = [stage.start for stage in remedy.change.stages]
    assert starts == [TODAY + timedelta(days=3 * number) for number in range(5)]


@pytest.mark.parametrize(("exposure", "days"), [(59, 7), (60, 7), (61, 14), (None, 14)])
def test_long_or_unknown_exposure_takes_two_weeks(exposure: int | None, days: int) -> None:
    assert days <= length(taper_instead_of_stop(stopping(exposure=exposure), KNOWLEDGE)) < days + 5


@pytest.mark.parametrize("change", [{"toxicity": True}, {"taper_on_record": True}])
def test_no_taper_where_none_is_wanted(change: dict) -> None:
    patient = stopping()
    (stop,) = patient.therapy.stops
    stops = (dataclasses.replace(stop, **change),)
    assert taper_instead_of_stop(chart(therapy=dataclasses.replace(patient.therapy, stops=stops)), KNOWLEDGE) is None


def test_two_stops_are_not_tapered_side_by_side() -> None:
    patient = stopping()
    (stop,) = patient.therapy.stops
    doubled = dataclasses.replace(patient.therapy, stops=(stop, stop))
    assert taper_instead_of_stop(chart(therapy=doubled), KNOWLEDGE) is None


def test_a_pump_is_not_tapered_in_tablets() -> None:
    stops = (StopEvent(intrathecal(300, draft=False, status="active"), "stop", exposure=100),)
    assert taper_instead_of_stop(chart(therapy=dataclasses.replace(therapy(), stops=stops)), KNOWLEDGE) is None


def test_half_a_40_mg_tablet_is_more_than_a_step() -> None:
    assert (
        taper_instead_of_stop(stopping(product=dataclasses.replace(TABLET, strength_mg=Fraction(40))), KNOWLEDGE)
        is None
    )


@pytest.mark.parametrize(("dose", "planned"), [(300, True), (3000, False)])
def test_an_absurd_dose_is_not_planned(dose: int, planned: bool) -> None:
    running = order(phase(dose), reference="MedicationRequest/old", draft=False, status="active")
    stops = (StopEvent(running, "stop", exposure=100),)
    remedy = taper_instead_of_stop(chart(therapy=dataclasses.replace(therapy(), stops=stops)), KNOWLEDGE)
    assert (remedy is not None) is planned


def test_a_fast_taper_becomes_a_slower_one() -> None:
    patient = chart(therapy=therapy(order(phase(10, 3, days=1), phase(5, 1, days=1)), before=60, reaches_zero=True))
    remedy = slower_taper(patient, KNOWLEDGE)
    assert levels(remedy) == [50, 40, 30, 20, 10]
    assert remedy.change.to_zero


def test_a_sudden_drop_becomes_steps_to_the_same_dose() -> None:
    remedy = slower_taper(chart(therapy=therapy(order(phase(5, 3)), before=60)), KNOWLEDGE)
    assert levels(remedy)[-1] == 15
    assert not remedy.change.to_zero


def test_a_draft_that_carries_on_becomes_a_taper() -> None:
    remedy = taper_of_draft(chart(egfr=20, therapy=therapy(order(phase(20, 3)), before=60)), KNOWLEDGE)
    assert remedy.mends == ()
    assert levels(remedy) == [50, 40, 30, 20, 10]


def test_the_oral_order_beside_a_pump_is_tapered() -> None:
    running = order(phase(10, 3), reference="MedicationRequest/oral", draft=False, status="active")
    signing = dataclasses.replace(therapy(intrathecal(200)), oral=(running,), exposure=Known(100))
    remedy = taper_beside_pump(chart(therapy=signing), KNOWLEDGE)
    assert remedy.mends == ("IntrathecalWithOral",)
    assert levels(remedy)[0] < 30
    assert length(remedy) >= 14
