from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Absent, AgeRange, Known, Unknown, Weight
from cds.pharmacology.product import Product
from cds.rules.age import pediatric_daily_maximum as ceiling
from cds.rules.age import pediatric_tablet as tablet
from cds.rules.age import pediatric_weight_dose as per_weight
from cds.rules.age import pediatric_weight_unknown as weight_unknown
from cds.rules.finding import Measure
from tests.charts import TODAY, at_least, changed, chart, order, phase, therapy
from tests.rules.said import level, said

NOT_SENT = Unknown("the EHR sent no weight")
SOLUTION = Product("baclofen oral solution", baclofen="text", form="liquid", concentration_mg_per_ml=Fraction(1))


def child(daily, age, **changes):
    return chart(therapy=therapy(order(phase(daily)), before=daily), age=age, **changes)


class TestCeiling:
    @pytest.mark.parametrize(
        ("jurisdiction", "age", "maximum"),
        [
            ("UK", 0, 40),
            ("UK", 7, 40),
            ("UK", 8, 60),
            ("UK", 17, 60),
            ("FR", 7, 40),
            ("FR", 8, 60),
            ("FR", 17, 60),
            ("US", 1, 40),
            ("US", 2, 60),
            ("US", 7, 60),
            ("US", 8, 80),
            ("US", 15, 80),
            ("CA", 15, 80),
            ("DE", 1, 40),
            ("NZ", 7, 60),
        ],
    )
    def test_each_band(self, jurisdiction, age, maximum):
        assert said(ceiling, child(maximum - 0.1, age, jurisdiction=jurisdiction)) is None
        assert said(ceiling, child(maximum, age, jurisdiction=jurisdiction)) is None
        finding = said(ceiling, child(maximum + 0.1, age, jurisdiction=jurisdiction))
        assert level(finding) == ("critical", "above_maximum")
        assert finding.values["maximum"] == Measure(maximum, "mg/d")

    @pytest.mark.parametrize(("jurisdiction", "age"), [("UK", 18), ("FR", 18), ("US", 16), ("DE", 16)])
    def test_no_band_above(self, jurisdiction, age):
        assert said(ceiling, child(500, age, jurisdiction=jurisdiction)) is None

    def test_of_an_incomplete_birth_date_the_younger_end_decides(self):
        finding = said(ceiling, child(50, AgeRange(7, 8), jurisdiction="UK"))
        assert level(finding) == ("critical", "above_maximum")
        assert finding.notes == ("partial_birth_date",)
        assert said(ceiling, child(81, AgeRange(15, 16))) is not None
        assert said(ceiling, child(81, AgeRange(16, 17))) is None

    def test_a_lower_bound_above_fires(self):
        patient = chart(therapy=at_least(therapy(order(phase(81)), before=81)), age=15)
        assert said(ceiling, patient).notes == ("at_least",)

    def test_unknown_ages_doses_and_no_orders(self):
        assert said(ceiling, child(500, None)) is None
        assert said(ceiling, changed(child(500, 7), age=Unknown("the patient's record was not sent"))) is None
        assert said(ceiling, chart(age=7, therapy=therapy(order()))) is None
        assert said(ceiling, chart(age=7)) is None


class TestPerWeight:
    @pytest.mark.parametrize(("daily", "fires"), [(49.9, False), (50, False), (50.1, True)])
    @pytest.mark.parametrize("jurisdiction", ["UK", "FR"])
    def test_two_milligrams_per_kilogram(self, jurisdiction, daily, fires):
        finding = said(per_weight, child(daily, 9, jurisdiction=jurisdiction, weight=25))
        assert level(finding) == (("warning", "above_maximum") if fires else None)

    def test_the_dose_per_kilogram_is_shown(self):
        finding = said(per_weight, child(55, 9, jurisdiction="UK", weight=25))
        assert finding.values["dosePerWeight"] == Measure(Fraction(11, 5), "mg/kg/d")
        assert finding.values["maximum"] == Measure(2, "mg/kg/d")

    @pytest.mark.parametrize(("daily", "fires"), [(5.9, False), (6, False), (6.1, True)])
    def test_three_tenths_at_a_start(self, daily, fires):
        patient = chart(therapy=therapy(order(phase(daily))), jurisdiction="UK", age=9, weight=20)
        assert level(said(per_weight, patient)) == (("warning", "above_start") if fires else None)
        assert said(per_weight, child(daily, 9, jurisdiction="UK", weight=20)) is None

    def test_of_a_sequence_the_first_phase_is_the_start(self):
        rising = order(phase(6, days=7), phase(12))
        patient = chart(therapy=therapy(rising), jurisdiction="UK", age=9, weight=20)
        assert said(per_weight, patient) is None

    @pytest.mark.parametrize(("age", "fires"), [(17, True), (18, False), (AgeRange(17, 18), True), (None, False)])
    def test_under_18(self, age, fires):
        assert (said(per_weight, child(59, age, jurisdiction="UK", weight=25)) is not None) == fires

    @pytest.mark.parametrize("jurisdiction", ["US", "CA", "DE", "NZ"])
    def test_other_labels_give_no_figure(self, jurisdiction):
        assert said(per_weight, child(79, 9, jurisdiction=jurisdiction, weight=20)) is None

    def test_needs_an_order_a_dose_and_a_fresh_weight(self):
        assert said(per_weight, chart(age=9, jurisdiction="UK")) is None
        assert said(per_weight, chart(age=9, jurisdiction="UK", therapy=therapy(order()))) is None
        assert said(per_weight, child(55, 9, jurisdiction="UK", weight=None)) is None
        old = Known(Weight(Fraction(25), TODAY - timedelta(days=91)))
        assert said(per_weight, changed(child(55, 9, jurisdiction="UK"), weight=old)) is None
        fresh = Known(Weight(Fraction(25), TODAY - timedelta(days=90)))
        assert said(per_weight, changed(child(55, 9, jurisdiction="UK"), weight=fresh)) is not None


class TestTablet:
    @pytest.mark.parametrize(("kg", "fires"), [(32.9, True), (33, False), (33.1, False)])
    @pytest.mark.parametrize("jurisdiction", ["UK", "FR"])
    def test_under_33_kg(self, jurisdiction, kg, fires):
        finding = said(tablet, child(30, 9, jurisdiction=jurisdiction, weight=kg))
        assert level(finding) == (("warning", "too_light") if fires else None)

    @pytest.mark.parametrize(("age", "fires"), [(17, True), (18, False), (AgeRange(17, 18), True), (None, False)])
    def test_under_18(self, age, fires):
        assert (said(tablet, child(30, age, jurisdiction="UK", weight=30)) is not None) == fires

    def test_only_tablets_where_the_label_says_so_and_the_weight_is_fresh(self):
        liquid = therapy(order(phase(30), product=SOLUTION), before=30)
        assert said(tablet, chart(therapy=liquid, age=9, jurisdiction="UK", weight=25)) is None
        assert said(tablet, child(30, 9, jurisdiction="US", weight=25)) is None
        assert said(tablet, child(30, 9, jurisdiction="UK", weight=None)) is None
        assert said(tablet, chart(age=9, jurisdiction="UK", weight=25)) is None


class TestWeightUnknown:
    @pytest.mark.parametrize(("days", "expected"), [(89, None), (90, None), (91, ("warning", "stale"))])
    def test_ninety_days(self, days, expected):
        old = Known(Weight(Fraction(30), TODAY - timedelta(days=days)))
        finding = said(weight_unknown, changed(child(15, 11), weight=old))
        assert level(finding) == expected

    @pytest.mark.parametrize(("reading", "message"), [(Absent(), "none"), (NOT_SENT, "unknown")])
    @pytest.mark.parametrize("jurisdiction", ["US", "UK", "FR", "DE"])
    def test_none_and_not_sent_in_every_country(self, jurisdiction, reading, message):
        patient = changed(child(15, 11, jurisdiction=jurisdiction), weight=reading)
        assert level(said(weight_unknown, patient)) == ("warning", message)

    @pytest.mark.parametrize(("age", "fires"), [(17, True), (18, False), (AgeRange(17, 18), True), (None, False)])
    def test_under_18(self, age, fires):
        assert (said(weight_unknown, child(15, age, weight=None)) is not None) == fires

    def test_a_known_weight_and_no_oral_order_are_silent(self):
        assert said(weight_unknown, child(15, 11)) is None
        assert said(weight_unknown, chart(age=11, weight=None)) is None
