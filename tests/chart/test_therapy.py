"""Which orders run after a signing, what they add up to, what changes and since when."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from cds.chart.build.therapy import Histories, Signing, therapy_of
from cds.chart.model import Problem
from cds.chart.orders import Order, SupplyEnd
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.pharmacology.dose import DosePhase
from tests.chart.signings import NOT_SENT, TWENTY, draft, filed, sign, total
from tests.charts import TODAY, phase


class TestNothingDrafted:
    """What is on file stands for the therapy: a card from the other side names its dose."""

    def test_the_running_orders(self) -> None:
        therapy = sign(file=(filed(phase(20, 3)), filed(phase(5), reference="MedicationRequest/b")))
        assert total(therapy) == 65
        assert len(therapy.oral) == len(therapy.taken) == 2
        assert therapy.checked == ()

    def test_reported_medication_where_no_order_runs(self) -> None:
        reported = filed(phase(10, 3), reference="MedicationStatement/s")
        therapy = sign(statements=(reported,))
        assert (therapy.oral, therapy.taken, total(therapy)) == ((reported,), (reported,), Fraction(30))
        beside = sign(file=(filed(phase(20, 3)),), statements=(reported,))
        assert total(beside) == 60

    def test_reported_medication_does_not_count_beside_a_draft(self) -> None:
        assert total(sign(draft(phase(5, 3)), statements=(filed(phase(10, 3)),))) == 15

    @pytest.mark.parametrize(("days", "runs"), [(1, False), (0, True)])
    def test_what_has_ended_is_not_taken(self, days: int, runs: bool) -> None:
        ended = filed(phase(10, 3), reference="MedicationStatement/s", end=TODAY - timedelta(days=days))
        assert bool(sign(statements=(ended,)).taken) == runs

    def test_every_trace_of_baclofen_is_a_hint(self) -> None:
        assert not sign().hinted
        assert sign(file=(filed(phase(10), status="completed"),)).hinted
        assert sign(statements=(filed(phase(10)),)).hinted
        assert sign(supplied=True).hinted


class TestDailyDose:
    def test_a_draft_alone(self) -> None:
        therapy = sign(draft(phase(20, 3)))
        assert total(therapy) == 60
        assert therapy.total is not None
        assert not therapy.total.at_least

    def test_without_the_medication_list_it_is_at_least(self) -> None:
        therapy = sign(draft(phase(20, 3)), current_missing=NOT_SENT)
        assert therapy.total is not None
        assert therapy.total.at_least
        assert therapy.total.because == NOT_SENT.because

    def test_an_active_order_that_is_not_replaced_adds_up_and_is_a_duplicate(self) -> None:
        therapy = sign(draft(phase(20, 3), product=TWENTY), file=(filed(phase(20, 3)),))
        assert total(therapy) == 120
        assert len(therapy.duplicates) == 2

    @pytest.mark.parametrize("link", [{"prior": "MedicationRequest/old"}, {"reference": "MedicationRequest/old"}])
    def test_a_replaced_order_does_not_count(self, link: dict[str, str]) -> None:
        therapy = sign(draft(phase(15, 4), **link), file=(filed(phase(20, 3)),))
        assert total(therapy) == 60
        assert therapy.duplicates == ()
        assert therapy.before == Known(Fraction(60))
        assert therapy.steps == ()

    def test_an_order_stopped_in_the_same_bundle_does_not_count(self) -> None:
        stop = draft(phase(20, 3), reference="MedicationRequest/old", status="stopped")
        therapy = sign(draft(phase(20, 3), product=TWENTY), stop, file=(filed(phase(20, 3)),))
        assert total(therapy) == 60
        assert therapy.stops == ()

    def test_the_same_product_and_dose_without_a_link_is_a_renewal(self) -> None:
        therapy = sign(draft(phase(15, 4)), file=(filed(phase(20, 3)),))
        assert total(therapy) == 60
        assert len(therapy.renewals) == 1
        assert therapy.duplicates == ()

    def test_another_dose_without_a_link_runs_beside(self) -> None:
        assert total(sign(draft(phase(5, 3)), file=(filed(phase(20, 3)),))) == 75

    def test_an_as_needed_order_beside_a_scheduled_one_is_one_regimen(self) -> None:
        therapy = sign(draft(phase(5, as_needed=True, limit=5)), file=(filed(phase(20, 3)),))
        assert total(therapy) == 65
        assert therapy.duplicates == ()

    def test_orders_of_one_group_are_one_regimen(self) -> None:
        group = ("urn:x", "g")
        therapy = sign(
            draft(phase(10, 3), group=group),
            draft(phase(5, 3), group=group, reference="MedicationRequest/b", product=TWENTY),
        )
        assert total(therapy) == 45
        assert therapy.duplicates == ()

    def test_an_as_needed_order_without_a_limit_counts_at_least_the_rest(self) -> None:
        therapy = sign(draft(phase(5, as_needed=True)), file=(filed(phase(20, 3)),))
        assert therapy.total is not None
        assert (therapy.total.value, therapy.total.at_least) == (60, True)

    def test_a_dose_that_cannot_be_told_alone_has_no_total(self) -> None:
        assert sign(draft(DosePhase())).total is None

    def test_finished_stopped_and_future_orders_do_not_run(self) -> None:
        past = filed(phase(20, 3), end=TODAY - timedelta(days=1))
        stopped = filed(phase(20, 3), status="stopped", reference="MedicationRequest/s")
        future = filed(phase(20, 3), days=-5, reference="MedicationRequest/f")
        assert total(sign(draft(phase(10, 3)), file=(past, stopped, future))) == 30

    def test_an_order_that_ends_today_still_runs(self) -> None:
        assert total(sign(draft(phase(10, 3)), file=(filed(phase(20, 3), end=TODAY),))) == 90

    def test_cart_counts_and_is_not_checked(self) -> None:
        signing = Signing(checked=(draft(phase(10, 3)),), cart=(draft(phase(20, 3), reference="MedicationRequest/b"),))
        therapy = therapy_of(signing, Histories(), Listing(), TODAY, TODAY)
        assert total(therapy) == 90
        assert len(therapy.checked) == 1


class TestStart:
    def test_nothing_on_file_is_a_start(self) -> None:
        assert sign(draft(phase(5, 3))).is_start

    @pytest.mark.parametrize(
        "histories",
        [
            {"file": (filed(phase(5, 3), status="completed"),)},
            {"statements": (filed(phase(5, 3)),)},
            {"supplied": True},
        ],
    )
    def test_any_earlier_baclofen_is_no_start(self, histories: dict[str, Any]) -> None:
        assert sign(draft(phase(5, 3)), **histories).starts == Known(False)

    def test_a_missing_list_leaves_it_open(self) -> None:
        assert sign(draft(phase(5, 3)), history_missing=NOT_SENT).starts == NOT_SENT


class TestSteps:
    def test_an_increase_and_how_long_the_dose_before_was_in_effect(self) -> None:
        (step,) = sign(draft(phase(10, 3), prior="MedicationRequest/old"), file=(filed(phase(5, 3), days=3),)).steps
        assert (step.before, step.after, step.days, step.first) == (15, 30, 3, True)

    def test_a_dose_in_effect_through_renewals_counts_from_the_first(self) -> None:
        first = filed(phase(5, 3), days=40, status="completed", reference="MedicationRequest/first")
        again = filed(phase(5, 3), days=1, prior="MedicationRequest/first")
        (step,) = sign(draft(phase(10, 3), prior="MedicationRequest/old"), file=(first, again)).steps
        assert step.days == 40

    def test_an_earlier_order_at_another_dose_does_not_lengthen_it(self) -> None:
        first = filed(phase(10, 2), days=40, status="completed", reference="MedicationRequest/first")
        again = filed(phase(5, 3), days=1, prior="MedicationRequest/first")
        (step,) = sign(draft(phase(10, 3), prior="MedicationRequest/old"), file=(first, again)).steps
        assert step.days == 1

    def test_the_dose_before_is_that_of_the_phase_in_force(self) -> None:
        rising = filed(phase(5, 3, days=3), phase(10, 3), days=5)
        (step,) = sign(draft(phase(15, 3), prior="MedicationRequest/old"), file=(rising,)).steps
        assert (step.before, step.days) == (30, 2)

    def test_phases_of_one_daily_dose_are_in_effect_together(self) -> None:
        level = filed(phase(5, 3, days=3), phase(10, 3, days=3), phase(15, 2), days=10)
        (step,) = sign(draft(phase(15, 3), prior="MedicationRequest/old"), file=(level,)).steps
        assert (step.before, step.days) == (30, 7)

    def test_a_plateau_is_one_step_of_a_sequence(self) -> None:
        taper = draft(phase(20, 1, days=1), phase(10, 2, days=2), phase(5, 2, days=4), prior="MedicationRequest/old")
        therapy = sign(taper, file=(filed(phase(10, 3)),))
        assert [(step.after, step.days) for step in therapy.steps] == [(20, 100), (10, 3), (0, 4)]
        assert taper.falling
        assert therapy.reaches_zero

    def test_a_sequence_steps_from_phase_to_phase(self) -> None:
        therapy = sign(draft(phase(5, 3, days=2), phase(10, 3, days=2), phase(15, 3)))
        assert [(step.before, step.after, step.days) for step in therapy.steps] == [(15, 30, 2), (30, 45, 2)]
        assert not therapy.reaches_zero
        assert total(therapy) == 45

    def test_a_taper_ends_at_zero(self) -> None:
        taper = draft(phase(10, 4, days=2), phase(10, 2, days=2), prior="MedicationRequest/old")
        therapy = sign(taper, file=(filed(phase(20, 3)),))
        assert [(step.before, step.after, step.days) for step in therapy.steps] == [
            (60, 40, 100),
            (40, 20, 2),
            (20, 0, 2),
        ]
        assert therapy.reaches_zero
        assert therapy.is_taper

    def test_a_statement_is_the_dose_before_where_no_order_is_on_file(self) -> None:
        therapy = sign(draft(phase(15, 3)), statements=(filed(phase(5, 3), reference="MedicationStatement/s"),))
        assert therapy.before == Known(Fraction(15))
        assert therapy.duplicates == ()
        assert total(therapy) == 45

    @pytest.mark.parametrize(("days", "before"), [(0, Known(Fraction(60))), (1, Absent())])
    def test_reported_baclofen_that_has_ended_was_not_in_effect(self, days: int, before: Reading[Fraction]) -> None:
        ended = filed(phase(20, 3), reference="MedicationStatement/s", end=TODAY - timedelta(days=days))
        therapy = sign(draft(phase(10, 2)), statements=(ended,))
        assert therapy.before == before
        assert bool(therapy.decreases) == bool(therapy.exposure != Absent()) == (days == 0)
        assert therapy.starts == Known(value=False)


class TestStops:
    def stop(self, **changes: Any) -> Order:
        return draft(phase(20, 3), **({"reference": "MedicationRequest/old", "status": "stopped"} | changes))

    def test_a_stop_and_its_exposure(self) -> None:
        (event,) = sign(self.stop(), file=(filed(phase(20, 3), days=61),)).stops
        assert (event.kind, event.exposure, event.taper_on_record) == ("stop", 61, False)

    @pytest.mark.parametrize(("status", "kind"), [("cancelled", "cancel"), ("on-hold", "hold")])
    def test_cancel_and_hold(self, status: str, kind: str) -> None:
        assert sign(self.stop(status=status), file=(filed(phase(20, 3)),)).stops[0].kind == kind

    def test_an_order_that_is_not_on_file_is_nothing_to_stop(self) -> None:
        assert sign(self.stop()).stops == ()

    def test_unless_the_list_is_missing(self) -> None:
        (event,) = sign(self.stop(), current_missing=NOT_SENT).stops
        assert event.exposure is None

    def test_as_needed_alone_is_no_stop(self) -> None:
        prn = filed(phase(10, as_needed=True, limit=30))
        assert sign(self.stop(), file=(prn,)).stops == ()

    def test_an_order_that_carries_on_at_another_dose_is_no_stop(self) -> None:
        assert (
            sign(
                self.stop(),
                draft(phase(5, 2), reference="MedicationRequest/n", prior="MedicationRequest/old"),
                file=(filed(phase(20, 3)),),
            ).stops
            == ()
        )

    @pytest.mark.parametrize(("dose", "stops"), [(30, 0), (29, 1)])
    def test_an_unlinked_order_carries_on_at_half_the_dose(self, dose: int, stops: int) -> None:
        therapy = sign(
            self.stop(),
            draft(phase(dose), reference="MedicationRequest/n", product=TWENTY),
            file=(filed(phase(20, 3)),),
        )
        assert len(therapy.stops) == stops

    def test_a_taper_in_the_same_signing_is_on_record(self) -> None:
        taper = draft(phase(10, 3, days=4), phase(10, 1, days=4), reference="MedicationRequest/t")
        events = sign(self.stop(), taper, file=(filed(phase(20, 3)),)).stops
        assert all(event.taper_on_record for event in events)

    def test_a_taper_that_has_run_its_course_is_on_record(self) -> None:
        taper = filed(phase(10, 3, days=4), phase(10, 1, days=4), days=8)
        (event,) = sign(self.stop(), file=(taper,)).stops
        assert event.taper_on_record

    def test_a_taper_stopped_half_way_is_not(self) -> None:
        taper = filed(phase(10, 3, days=4), phase(10, 1, days=4), days=7)
        (event,) = sign(self.stop(), file=(taper,)).stops
        assert not event.taper_on_record

    @pytest.mark.parametrize(("ordered", "on_record"), [(21, True), (20, True), (19, False)])
    def test_an_old_taper_from_before_the_order_that_ends_is_not(self, ordered: int, on_record: bool) -> None:
        phases = (phase(10, 3, days=4), phase(10, 1, days=4))
        old = filed(*phases, days=20, status="completed", reference="MedicationRequest/taper")
        (event,) = sign(self.stop(), file=(old, filed(phase(20, 3), days=ordered))).stops
        assert event.taper_on_record == on_record

    @pytest.mark.parametrize(("begun", "on_record"), [(7, True), (8, False)])
    def test_a_taper_beside_the_order_counts_until_it_has_run_its_course(self, begun: int, on_record: bool) -> None:
        taper = filed(phase(10, 3, days=4), phase(10, 1, days=4), days=begun, reference="MedicationRequest/taper")
        (event,) = sign(self.stop(), file=(taper, filed(phase(20, 3), days=5))).stops
        assert event.taper_on_record == on_record

    @pytest.mark.parametrize(("pause", "exposure"), [(7, 207), (8, 100)])
    def test_a_pause_of_seven_days_does_not_end_exposure(self, pause: int, exposure: int) -> None:
        end = TODAY - timedelta(days=100 + pause)
        first = filed(phase(20, 3), days=207, end=end, status="completed", reference="MedicationRequest/first")
        (event,) = sign(self.stop(), file=(first, filed(phase(20, 3), prior="MedicationRequest/first"))).stops
        assert event.exposure == exposure


class TestGap:
    def gap(self, days: int, *problems: Problem) -> Any:
        old = filed(phase(20, 3))
        ends = {old.reference: SupplyEnd(old, TODAY - timedelta(days=days))}
        return sign(draft(phase(20, 3), prior=old.reference), file=(old,), supply=ends, problems=problems).gap

    def test_days_without_supply(self) -> None:
        found = self.gap(3)
        assert isinstance(found, Known)
        assert (found.value.days, found.value.dose, found.value.withdrawal) == (3, 60, None)

    def test_supply_that_ends_today_is_no_gap(self) -> None:
        assert self.gap(0) == Absent()

    def test_withdrawal_symptoms_in_the_gap(self) -> None:
        def problem(onset: date) -> Problem:
            return Problem("Baclofen withdrawal", frozenset({"baclofen_withdrawal"}), onset=onset)

        assert self.gap(4, problem(TODAY - timedelta(days=2))).value.withdrawal == "Baclofen withdrawal"
        assert self.gap(4, problem(TODAY - timedelta(days=20))).value.withdrawal is None

    def test_without_supply_data_it_is_unknown(self) -> None:
        therapy = sign(draft(phase(20, 3), prior="MedicationRequest/old"), file=(filed(phase(20, 3)),))
        assert isinstance(therapy.gap, Unknown)


class TestOrdersThatBeginLater:
    """An order on file dated after the day: nothing was taken of it, which is 0 days and never a number below."""

    LATER = filed(phase(20, 3), days=-1)

    def test_its_stop(self) -> None:
        stop = draft(phase(20, 3), reference="MedicationRequest/old", status="stopped")
        assert [event.exposure for event in sign(stop, file=(self.LATER,)).stops] == [0]

    def test_one_that_replaces_it(self) -> None:
        therapy = sign(draft(phase(25, 3), prior="MedicationRequest/old"), file=(self.LATER,))
        assert therapy.exposure == Known(0)
        assert [step.days for step in therapy.steps] == [0]
