from dataclasses import replace
from fractions import Fraction

import pytest

from cds.pharmacology.dose import DosePhase, Problem, Span
from cds.pharmacology.product import Product
from cds.rules.dose import dose_not_computable, liquid_concentration, oral_as_needed, unit_mismatch
from cds.rules.finding import Measure
from tests.charts import TABLET, changed, chart, intrathecal, order, phase, therapy
from tests.rules.said import level, said

SOLUTION = Product("baclofen oral solution", baclofen="text", form="liquid")
STRONG = replace(SOLUTION, concentration_mg_per_ml=Fraction(5))
NO_CONCENTRATION = Problem("no-concentration", "The volume cannot be turned into mg.")
DISAGREE = Problem("amounts-disagree", "5 mL is 25 mg, not 10 mg.")
NO_STRENGTH = Problem("no-strength", "The strength of the tablet is not known.")
MICROGRAMS = Problem("micrograms-by-mouth", "The order is written in µg.")
UNTOLD = DosePhase()


def draft(*phases, problems=(), product=TABLET, **plan):
    return order(*phases, product=product, plan={"problems": tuple(problems), **plan})


def ordered(*orders, **changes):
    return chart(therapy=therapy(*orders, before=30), **changes)


class TestAsNeeded:
    @pytest.mark.parametrize(
        ("jurisdiction", "age", "maximum"),
        [("US", 40, 80), ("UK", 40, 100), ("DE", 40, 75), ("UK", 17, 60), ("UK", 7, 40), ("US", 15, 80), ("US", 7, 60)],
    )
    def test_its_own_limit_against_the_maximum(self, jurisdiction, age, maximum):
        def limited(limit):
            return ordered(draft(phase(5, as_needed=True, limit=limit)), jurisdiction=jurisdiction, age=age)

        assert said(oral_as_needed, limited(maximum - 0.1)) is None
        assert said(oral_as_needed, limited(maximum)) is None
        finding = said(oral_as_needed, limited(maximum + 0.1))
        assert level(finding) == ("warning", "limit_too_high")
        assert finding.values["maximum"] == Measure(maximum, "mg/d")

    def test_a_regime_without_a_first_figure_has_its_second(self):
        from datetime import date

        where = {"jurisdiction": "FR", "indications": frozenset({"alcohol"}), "on": date(2015, 1, 1)}
        assert said(oral_as_needed, ordered(draft(phase(20, as_needed=True, limit=300)), **where)) is None
        above = ordered(draft(phase(20, as_needed=True, limit=301)), **where)
        assert level(said(oral_as_needed, above)) == ("warning", "limit_too_high")

    def test_no_limit(self):
        finding = said(oral_as_needed, ordered(draft(phase(10, as_needed=True))))
        assert level(finding) == ("warning", "no_limit")
        assert finding.values["singleDose"] == Measure(10, "mg")

    @pytest.mark.parametrize(
        ("part", "expected", "values"),
        [
            (Span.of(5), ("warning", "no_limit"), {"singleDose": Measure(5, "mg")}),
            (None, ("warning", "limit_not_computable"), {}),
        ],
    )
    def test_beside_a_scheduled_dose_it_names_the_dose_as_needed(self, part, expected, values):
        finding = said(oral_as_needed, ordered(draft(replace(phase(20, 3), as_needed=True, as_needed_part=part))))
        assert (level(finding), finding.values) == (expected, values)

    def test_a_limited_order_does_not_hide_an_unlimited_one(self):
        patient = ordered(draft(phase(10, as_needed=True, limit=20)), draft(phase(5, as_needed=True)))
        assert level(said(oral_as_needed, patient)) == ("warning", "no_limit")

    def test_a_dose_that_cannot_be_told(self):
        untold = draft(DosePhase(as_needed=True, scheduled=False), problems=[NO_STRENGTH])
        assert level(said(oral_as_needed, ordered(untold))) == ("warning", "limit_not_computable")

    def test_scheduled_orders_are_not_its_business(self):
        assert said(oral_as_needed, ordered(draft(phase(50, 3)))) is None
        assert said(oral_as_needed, chart()) is None


class TestLiquid:
    def test_a_volume_without_a_concentration(self):
        unclear = draft(UNTOLD, problems=[NO_CONCENTRATION], product=SOLUTION, by_volume=True)
        assert level(said(liquid_concentration, ordered(unclear))) == ("warning", "no_concentration")
        assert said(dose_not_computable, ordered(unclear)) is None  # said once

    @pytest.mark.parametrize(
        ("daily", "expected"),
        [(80, ("warning", "no_concentration")), (80.1, ("critical", "no_concentration_above_maximum"))],
    )
    def test_beside_a_known_dose(self, daily, expected):
        unclear = draft(UNTOLD, problems=[NO_CONCENTRATION], product=SOLUTION, by_volume=True)
        assert level(said(liquid_concentration, ordered(unclear, draft(phase(daily))))) == expected

    @pytest.mark.parametrize(
        ("daily", "expected"),
        [
            (79.9, ("warning", "amounts_disagree")),
            (80, ("warning", "amounts_disagree")),
            (80.1, ("critical", "amounts_disagree_above_maximum")),
        ],
    )
    def test_mg_and_ml_that_disagree(self, daily, expected):
        finding = said(liquid_concentration, ordered(draft(phase(daily), problems=[DISAGREE], product=STRONG)))
        assert level(finding) == expected

    def test_mg_and_ml_that_disagree_for_a_child(self):
        patient = ordered(draft(phase(41), problems=[DISAGREE], product=STRONG), jurisdiction="UK", age=7)
        assert level(said(liquid_concentration, patient)) == ("critical", "amounts_disagree_above_maximum")

    def test_disagreeing_amounts_of_which_none_can_be_told(self):
        patient = ordered(draft(UNTOLD, problems=[DISAGREE], by_volume=True))
        assert level(said(liquid_concentration, patient)) == ("warning", "amounts_disagree")

    def test_tablets_and_plain_liquids_are_silent(self):
        assert said(liquid_concentration, ordered(draft(phase(10, 3), problems=[DISAGREE]))) is None
        assert said(liquid_concentration, ordered(draft(phase(10, 3), product=STRONG))) is None
        assert said(liquid_concentration, chart()) is None


class TestUnits:
    def test_micrograms_by_mouth(self):
        finding = said(unit_mismatch, ordered(draft(phase(0.01, 3), problems=[MICROGRAMS])))
        assert level(finding) == ("critical", "oral")
        assert finding.values["dailyDose"] == Measure(30, "ug/d")

    def test_micrograms_by_mouth_without_a_daily_dose(self):
        finding = said(unit_mismatch, ordered(draft(UNTOLD, problems=[MICROGRAMS])))
        assert level(finding) == ("critical", "oral")
        assert finding.values == {}

    @pytest.mark.parametrize(
        ("micrograms", "fires"),
        [
            (400, False),
            (2003, False),
            (2004, False),
            (11999, False),
            (12000, True),
            (12001, True),
            (500000, True),
            (3000000, True),
        ],
    )
    def test_intrathecal_from_12_mg_a_day(self, micrograms, fires):
        finding = said(unit_mismatch, chart(therapy=therapy(intrathecal(micrograms), total=None)))
        assert level(finding) == (("critical", "intrathecal") if fires else None)

    def test_the_micrograms_that_may_have_been_meant_are_named(self):
        finding = said(unit_mismatch, chart(therapy=therapy(intrathecal(500000), total=None)))
        assert finding.values["dailyDose"] == Measure(500000, "ug/d")
        assert finding.facts["meant"] == Measure(500, "ug/d")
        assert finding.facts["milligrams"] == Measure(500, "mg/d")

    def test_a_bolus_has_no_daily_dose(self):
        assert said(unit_mismatch, chart(therapy=therapy(intrathecal(bolus=50000), total=None))) is None

    def test_plain_orders_are_silent(self):
        assert said(unit_mismatch, chart()) is None
        assert said(unit_mismatch, ordered(draft(phase(10, 3)))) is None


class TestNotComputable:
    def test_why_and_what_was_not_checked(self):
        finding = said(dose_not_computable, ordered(draft(UNTOLD, problems=[NO_STRENGTH])))
        assert level(finding) == ("warning", "because")
        assert finding.facts["reasons"] == (NO_STRENGTH.text,)
        assert "oral daily dose against the maximum of its regime" in finding.facts["checks"]

    def test_without_a_reason(self):
        assert level(said(dose_not_computable, ordered(draft()))) == ("warning", "no_reason")

    @pytest.mark.parametrize(
        ("hook", "expected"), [("order-sign", "warning"), ("medication-refill", "warning"), ("order-select", "info")]
    )
    def test_only_signing_warns(self, hook, expected):
        finding = said(dose_not_computable, ordered(draft(UNTOLD, problems=[NO_STRENGTH]), hook=hook))
        assert finding.indicator.code == expected

    def test_an_order_being_chosen_may_have_no_dosage_yet(self):
        empty = replace(draft().plan, read_from="nothing")
        written = ordered(replace(draft(), plan=empty, text="as directed"), hook="order-select")
        assert level(said(dose_not_computable, written))[0] == "info"
        patient = ordered(replace(draft(), plan=empty), hook="order-select")
        assert said(dose_not_computable, patient) is None
        assert said(dose_not_computable, changed(patient, hook="order-sign")) is not None

    def test_as_needed_without_a_limit_is_said_by_its_own_rule(self):
        assert said(dose_not_computable, ordered(draft(phase(10, as_needed=True)))) is None
        beside = DosePhase(
            per_dose=Span.of(10), dosing_day=Span.of(30), as_needed=True, scheduled=True, as_needed_maximum=None
        )
        assert said(dose_not_computable, ordered(draft(beside))) is None
        untold = DosePhase(as_needed=True, scheduled=False)
        assert said(dose_not_computable, ordered(draft(untold))) is not None

    def test_intrathecal(self):
        finding = said(dose_not_computable, chart(therapy=therapy(intrathecal(), total=None)))
        assert finding.facts["checks"] == ("milligrams and micrograms",)
        assert said(dose_not_computable, chart(therapy=therapy(intrathecal(bolus=50), total=None))) is None

    def test_a_dose_that_can_be_told_and_other_routes_are_silent(self):
        assert said(dose_not_computable, ordered(draft(phase(10, 3)))) is None
        assert said(dose_not_computable, ordered(order(route="intravenous"))) is None
        assert said(dose_not_computable, chart()) is None
