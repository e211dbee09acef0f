from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Absent, Known, Problem, Unknown
from cds.chart.orders import Gap
from cds.rules.dose import oral_titration_step
from cds.rules.finding import Measure
from cds.rules.stop import restart_after_gap as after_gap
from cds.rules.stop import restart_withdrawal as withdrawal
from tests.chart.test_therapy import draft, filed, sign
from tests.charts import TODAY, changed, chart, intrathecal, order, phase, therapy
from tests.rules.said import level, said


def restarted(dose, *, days=3, earlier=60, symptoms=None, before=None):
    gap = Gap(days, TODAY - timedelta(days=days), None if earlier is None else Fraction(earlier), symptoms)
    return chart(therapy=therapy(order(phase(dose)), before=before, gap=Known(gap)))


class TestAfterGap:
    @pytest.mark.parametrize(("days", "expected"), [(1, None), (2, None), (3, ("warning", "full_dose"))])
    def test_more_than_two_days(self, days, expected):
        assert level(said(after_gap, restarted(60, days=days))) == expected

    @pytest.mark.parametrize(("dose", "fires"), [(53.9, False), (54, True), (60, True), (90, True)])
    def test_ninety_percent(self, dose, fires):
        finding = said(after_gap, restarted(dose))
        assert (finding is not None) == fires
        if finding is not None:
            assert finding.values["start"] == Measure(15, "mg/d")
            assert finding.facts["earlier"] == Measure(60, "mg/d")

    @pytest.mark.parametrize(("dose", "fires"), [(14.9, False), (15, False), (15.1, True)])
    def test_more_than_15_mg(self, dose, fires):
        assert (said(after_gap, restarted(dose, earlier=15)) is not None) == fires

    def test_silent_with_symptoms_without_a_dose_and_without_a_gap(self):
        assert said(after_gap, restarted(60, symptoms="Baclofen withdrawal")) is None
        assert said(after_gap, restarted(60, earlier=None)) is None
        for nothing in (Absent(), Unknown("no supply is on file")):
            patient = restarted(60)
            assert said(after_gap, changed(patient, therapy=replace(patient.therapy, gap=nothing))) is None

    def test_only_the_first_phase_counts(self):
        patient = restarted(60)
        rising = therapy(order(phase(15, days=3), phase(60)), gap=patient.therapy.gap)
        assert said(after_gap, changed(patient, therapy=rising)) is None


class TestWithdrawal:
    def test_symptoms_in_the_gap(self):
        finding = said(withdrawal, restarted(60, symptoms="Baclofen withdrawal: fever"))
        assert level(finding) == ("warning", "gap")
        assert finding.facts["symptoms"] == "Baclofen withdrawal: fever"
        assert finding.values["gap"] == Measure(3, "d")

    def test_a_dose_that_cannot_be_told(self):
        assert level(said(withdrawal, restarted(60, earlier=None, symptoms="Fever"))) == ("warning", "gap_dose_unknown")

    def test_silent_without_symptoms_and_without_an_oral_order(self):
        assert said(withdrawal, restarted(60)) is None
        pump = replace(restarted(60, symptoms="Fever").therapy, checked=(intrathecal(200),))
        assert said(withdrawal, chart(therapy=pump)) is None

    @pytest.mark.parametrize(
        ("onset", "fires"),
        [
            (TODAY - timedelta(days=5), False),
            (TODAY - timedelta(days=4), True),
            (TODAY, True),
            (None, True),
        ],
    )
    def test_symptoms_must_begin_in_the_taper(self, onset, fires):
        taper = filed(phase(40, days=4), phase(20, days=4), days=4)
        symptom = Problem("Baclofen withdrawal", frozenset({"baclofen_withdrawal"}), onset=onset)
        signing = sign(draft(phase(60), prior="MedicationRequest/old"), file=(taper,), problems=(symptom,))
        patient = chart(therapy=signing)
        assert level(said(withdrawal, patient)) == (("warning", "taper_dose_unknown") if fires else None)
        assert (said(oral_titration_step, patient) is None) == fires

    def test_symptoms_that_are_over_do_not_count(self):
        taper = filed(phase(40, days=4), phase(20, days=4), days=4)
        past = Problem("Baclofen withdrawal", frozenset({"baclofen_withdrawal"}), active=False, onset=TODAY)
        signing = sign(draft(phase(60), prior="MedicationRequest/old"), file=(taper,), problems=(past,))
        assert said(withdrawal, chart(therapy=signing)) is None
