"""A sequence on file that goes on: what is over on the day of the signing is taken no more, what is to come counts."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.orders import DoseStep
from cds.chart.reading import Known
from tests.chart.signings import TWENTY, draft, filed, sign, total
from tests.charts import TODAY, phase

AS_NEEDED = draft(phase(5, as_needed=True, limit=5))
FALLING = (phase(25, 4, days=7), phase(20, 3, days=7), phase(10, 2, days=60))


class TestDailyDose:
    """D is what may be taken from the signing on."""

    @pytest.mark.parametrize(("days", "daily"), [(6, 105), (7, 65), (13, 65), (14, 25), (30, 25)])
    def test_a_phase_counts_until_its_last_day(self, days: int, daily: int) -> None:
        assert total(sign(AS_NEEDED, file=(filed(*FALLING, days=days),))) == daily

    def test_where_nothing_is_drafted(self) -> None:
        assert total(sign(file=(filed(*FALLING, days=30),))) == 20

    def test_a_heavier_phase_to_come_counts(self) -> None:
        rising = filed(phase(5, 3, days=7), phase(10, 3, days=7), phase(15, 3), days=8)
        assert total(sign(AS_NEEDED, file=(rising,))) == 50

    def test_a_sequence_without_a_day_counts_whole(self) -> None:
        assert total(sign(AS_NEEDED, file=(filed(*FALLING, start=None),))) == 105

    def test_after_a_phase_of_unknown_length_nothing_is_over(self) -> None:
        assert total(sign(AS_NEEDED, file=(filed(phase(25, 4), *FALLING[1:], days=30),))) == 105

    def test_the_last_phase_stays_where_the_sequence_has_run_out_without_a_taper(self) -> None:
        ran_out = filed(phase(10, 3, days=5), phase(20, 3, days=5), days=30)
        assert total(sign(AS_NEEDED, file=(ran_out,))) == 65

    def test_a_draft_counts_whole(self) -> None:
        begun = TODAY - timedelta(days=30)
        assert total(sign(draft(*FALLING, start=begun))) == 100


def test_a_taper_in_its_last_phase_is_still_a_taper() -> None:
    (left,) = sign(file=(filed(*FALLING, days=30),)).oral
    assert [phase.peak for phase in left.plan.phases] == [20]
    assert (left.falling, left.ends_at_zero, left.start) == (True, True, TODAY - timedelta(days=16))


class TestSteps:
    """What the signing changes is measured against the phases in force, on both sides."""

    def test_of_a_taper_on_file(self) -> None:
        therapy = sign(AS_NEEDED, file=(filed(*FALLING, days=30),))
        assert therapy.before == Known(Fraction(20))
        assert therapy.steps == (DoseStep(Fraction(20), Fraction(25), Fraction(16), first=True),)

    def test_a_rise_to_come_on_file_is_no_step_of_the_draft(self) -> None:
        rising = filed(phase(5, 3, days=30), phase(15, 3), days=8)
        assert sign(AS_NEEDED, file=(rising,)).steps == (DoseStep(Fraction(15), Fraction(20), Fraction(8), first=True),)


def test_an_order_that_goes_on_beside_a_stop_is_its_phase_in_force() -> None:
    kept = filed(*FALLING, days=30)
    stopped = filed(phase(20, 3), reference="MedicationRequest/b", product=TWENTY)
    therapy = sign(draft(phase(20, 3), reference="MedicationRequest/b", status="stopped"), file=(kept, stopped))
    assert [event.continues for event in therapy.stops] == [20]


def test_a_renewal_repeats_the_dose_that_is_left() -> None:
    on_file = filed(*FALLING, days=30)
    assert total(sign(draft(phase(10, 2)), file=(on_file,))) == 20
    assert total(sign(draft(phase(25, 4)), file=(on_file,))) == 120
