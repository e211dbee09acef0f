"""What the pump is filled with, by which way, in whom and beside what."""

import dataclasses
from datetime import date
from fractions import Fraction

import pytest

from cds.chart.model import OrderedService, OtherDrug, Problem
from cds.chart.orders import StopEvent
from cds.chart.reading import Absent, Known, Listing
from cds.pharmacology.product import Product
from cds.rules.finding import Measure
from cds.rules.intrathecal import (
    intrathecal_brain_injury,
    intrathecal_concentration,
    intrathecal_infection,
    intrathecal_morphine,
    intrathecal_mri,
    intrathecal_route,
    intrathecal_with_oral,
)
from tests.charts import TODAY, changed, chart, intrathecal, order, phase, therapy
from tests.rules.intrathecal.pump_cases import NOT_SENT, NOTHING, PROMETRA, PUMP, bolus, infusion, pumped
from tests.rules.said import level, said
from tests.speaking import card_of

ON_FILE = intrathecal(200, status="active", draft=False, reference="MedicationRequest/old-pump")


def filled(concentration, *, compounded=False):
    one = infusion(200, concentration=None if concentration is None else Fraction(concentration))
    product = dataclasses.replace(one.order.product, compounded=compounded)
    return dataclasses.replace(one, order=dataclasses.replace(one.order, product=product))


class TestConcentration:
    @pytest.mark.parametrize(
        ("concentration", "compounded", "fires"),
        [
            (500, False, False),
            (1000, False, False),
            (2000, False, False),
            (50, False, True),
            (501, False, True),
            (4000, False, True),
            (4000, True, False),
            (None, False, False),
        ],
    )
    def test_usual_solutions(self, concentration, compounded, fires):
        patient = pumped(filled(concentration, compounded=compounded))
        assert level(said(intrathecal_concentration, patient)) == (("critical", "unusual") if fires else None)

    @pytest.mark.parametrize(("programmed", "fires"), [(2000, False), (500, True), (2001, True)])
    @pytest.mark.parametrize("compounded", [True, False])
    def test_unlike_the_pump(self, programmed, fires, compounded):
        patient = pumped(filled(2000, compounded=compounded), programmed_concentration=Known(Fraction(programmed)))
        assert level(said(intrathecal_concentration, patient)) == (("critical", "unlike_the_pump") if fires else None)

    def test_silent_for_a_bolus_and_for_readings_that_were_not_sent(self):
        assert said(intrathecal_concentration, pumped(bolus(50, concentration=50))) is None
        assert said(intrathecal_concentration, pumped(filled(2000), programmed_concentration=NOT_SENT)) is None


class TestRoute:
    @pytest.mark.parametrize(
        ("route", "form", "fires"),
        [
            ("intravenous", "injection", True),
            ("intramuscular", "injection", True),
            ("subcutaneous", "injection", True),
            ("epidural", "injection", True),
            ("intravenous", "unknown", True),
            ("oral", "injection", True),
            ("other", "injection", True),
            ("intrathecal", "injection", False),
            ("unknown", "injection", False),
            ("oral", "tablet", False),
            ("other", "tablet", False),
        ],
    )
    def test_routes(self, route, form, fires):
        one = order(phase(1), route=route, product=Product(name="baclofen", baclofen="code", form=form))
        finding = said(intrathecal_route, chart(therapy=therapy(one)))
        assert level(finding) == (("critical", "wrong_route") if fires else None)

    def test_silent_without_an_order(self):
        assert said(intrathecal_route, chart()) is None


def injury(onset, **changes):
    return (Problem("Concussion", frozenset({"brain_injury"}), onset=onset, **changes),)


class TestBrainInjury:
    @pytest.mark.parametrize(
        ("onset", "fires"),
        [
            (date(2025, 6, 1), False),
            (date(2025, 6, 2), True),
            (date(2024, 6, 1), False),
            (TODAY, True),
            (date(2026, 6, 2), False),
            (None, False),
        ],
    )
    def test_a_calendar_year(self, onset, fires):
        finding = said(intrathecal_brain_injury, pumped(infusion(100), problems=injury(onset)))
        assert level(finding) == (("warning", "recent") if fires else None)

    @pytest.mark.parametrize(("on", "fires"), [(date(2025, 2, 28), True), (date(2025, 3, 1), False)])
    def test_of_29_february(self, on, fires):
        patient = changed(pumped(infusion(100), problems=injury(date(2024, 2, 29))), evaluation_date=on)
        assert (said(intrathecal_brain_injury, patient) is not None) == fires

    def test_an_injury_that_is_over_on_the_list_counts(self):
        patient = pumped(infusion(100), problems=injury(date(2026, 1, 1), active=False))
        assert said(intrathecal_brain_injury, patient) is not None

    def test_silent_for_a_bolus_and_for_other_problems(self):
        assert said(intrathecal_brain_injury, pumped(bolus(50), problems=injury(date(2026, 1, 1)))) is None
        stroke = (Problem("Stroke", frozenset({"stroke"}), onset=date(2026, 1, 1)),)
        assert said(intrathecal_brain_injury, pumped(infusion(100), problems=stroke)) is None


IMPLANTATION = (OrderedService("Implantation", frozenset({"pump_implantation"})),)


class TestInfection:
    @pytest.mark.parametrize(
        ("active", "services", "fires"), [(True, IMPLANTATION, True), (False, IMPLANTATION, False), (True, (), False)]
    )
    def test_at_implantation(self, active, services, fires):
        infection = (Problem("Cellulitis", frozenset({"infection_active"}), active=active),)
        patient = pumped(infusion(100), problems=infection, chart={"services": services})
        assert level(said(intrathecal_infection, patient)) == (("critical", "active") if fires else None)

    def test_silent_without_any_baclofen_and_without_a_problem_list(self):
        infection = Listing((Problem("Cellulitis", frozenset({"infection_active"})),))
        assert said(intrathecal_infection, chart(services=IMPLANTATION, problems=infection)) is None
        patient = changed(pumped(infusion(100)), services=IMPLANTATION, problems=Listing(missing=NOT_SENT))
        assert said(intrathecal_infection, patient) is None


def drug(name, *classes, route="oral", draft=False):
    return OtherDrug(name, frozenset(classes), draft, route)


TIZANIDINE = drug("Tizanidine", "oral_antispasmodic")
TABLETS = order(phase(10, 3))
TAPER = order(phase(10, 2, days=4), phase(10, 1, days=4), plan={"sequenced": True})


def with_drugs(patient, *drugs):
    return changed(patient, drugs=Listing(drugs))


class TestWithOral:
    @pytest.mark.parametrize(
        ("route", "fires"), [("oral", True), ("unknown", True), ("intravenous", False), ("other", False)]
    )
    def test_an_infusion_beside_an_antispasmodic(self, route, fires):
        beside = drug("Diazepam", "oral_antispasmodic", route=route)
        assert (said(intrathecal_with_oral, with_drugs(pumped(infusion(100)), beside)) is not None) == fires

    def test_a_bolus_beside_one(self):
        assert said(intrathecal_with_oral, with_drugs(pumped(bolus(50)), TIZANIDINE)) is not None

    @pytest.mark.parametrize(("oral", "fires"), [(TABLETS, True), (TAPER, False)])
    def test_oral_baclofen_and_its_taper(self, oral, fires):
        patient = pumped(infusion(100), therapy={"oral": (oral,)})
        assert (said(intrathecal_with_oral, patient) is not None) == fires
        other_side = pumped(pump=PUMP, therapy={"checked": (oral,), "oral": (oral,)})
        assert (said(intrathecal_with_oral, other_side) is not None) == fires

    def test_reported_oral_baclofen(self):
        assert said(intrathecal_with_oral, pumped(infusion(100), reported_oral=(TABLETS,))) is not None

    @pytest.mark.parametrize("pump", [PUMP, Absent(), NOT_SENT])
    @pytest.mark.parametrize("draft", [True, False])
    def test_from_the_other_side(self, pump, draft):
        beside = drug("Tizanidine", "oral_antispasmodic", draft=draft)
        patient = with_drugs(chart(intrathecal=dataclasses.replace(NOTHING, pump=pump)), beside)
        assert (said(intrathecal_with_oral, patient) is not None) == (draft and pump is PUMP)

    def test_from_the_other_side_the_dose_on_file_is_named(self):
        beside = drug("Tizanidine", "oral_antispasmodic", draft=True)
        patient = with_drugs(pumped(therapy={"intrathecal": (ON_FILE,), "taken": (ON_FILE,)}), beside)
        finding = said(intrathecal_with_oral, patient)
        assert finding.values == {"drugs": ("Tizanidine",), "dailyDose": Measure(Fraction(200), "ug/d")}

    def test_oral_baclofen_that_bridges_a_stopped_pump(self):
        stops = (StopEvent(ON_FILE, "stop"),)
        patient = pumped(
            pump=PUMP, therapy={"checked": (TABLETS,), "oral": (TABLETS,), "taken": (ON_FILE,), "stops": stops}
        )
        assert said(intrathecal_with_oral, patient) is None

    def test_an_oral_drug_on_file_alone_is_silent(self):
        assert said(intrathecal_with_oral, with_drugs(pumped(pump=PUMP), TIZANIDINE)) is None


class TestMorphine:
    @pytest.mark.parametrize(
        ("route", "fires"),
        [("epidural", True), ("intrathecal", True), ("oral", False), ("intravenous", False), ("unknown", False)],
    )
    def test_routes(self, route, fires):
        patient = with_drugs(pumped(infusion(100)), drug("Morphine", "morphine", "opioid", route=route))
        assert level(said(intrathecal_morphine, patient)) == (("warning", "together") if fires else None)

    @pytest.mark.parametrize(
        ("draft", "on_file", "fires"), [(True, True, True), (False, True, False), (True, False, False)]
    )
    def test_from_the_other_side(self, draft, on_file, fires):
        orders = {"intrathecal": (ON_FILE,), "taken": (ON_FILE,)} if on_file else {}
        patient = with_drugs(
            pumped(pump=PUMP, therapy=orders), drug("Morphine", "morphine", route="epidural", draft=draft)
        )
        assert (said(intrathecal_morphine, patient) is not None) == fires

    def test_fentanyl_is_none(self):
        patient = with_drugs(pumped(infusion(100)), drug("Fentanyl", "opioid", route="epidural"))
        assert said(intrathecal_morphine, patient) is None


MRI = OrderedService("MRI of brain", frozenset({"mri"}))
HYPERBARIC = OrderedService("Hyperbaric oxygen", frozenset({"hyperbaric_oxygen"}))


class TestMri:
    @pytest.mark.parametrize(
        ("services", "pump", "expected"),
        [
            ((MRI,), PUMP, ("warning", "imaging")),
            ((MRI,), PROMETRA, ("critical", "opens_in_field")),
            ((HYPERBARIC,), PUMP, ("warning", "pressure")),
            ((HYPERBARIC,), PROMETRA, ("warning", "pressure")),
            ((HYPERBARIC, MRI), PROMETRA, ("critical", "opens_in_field")),
            ((MRI,), Absent(), None),
            ((MRI,), NOT_SENT, None),
            ((), PROMETRA, None),
            (IMPLANTATION, PROMETRA, None),
        ],
    )
    def test_without_any_baclofen_order(self, services, pump, expected):
        patient = chart(services=services, intrathecal=dataclasses.replace(NOTHING, pump=pump))
        assert level(said(intrathecal_mri, patient)) == expected

    def test_the_examination_is_named(self):
        patient = chart(services=(HYPERBARIC, MRI), intrathecal=dataclasses.replace(NOTHING, pump=PUMP))
        assert said(intrathecal_mri, patient).facts["examination"] == "MRI of brain"

    @pytest.mark.parametrize("pump", [PUMP, PROMETRA])
    def test_oxygen_is_named_beside_imaging(self, pump):
        patient = chart(services=(HYPERBARIC, MRI), intrathecal=dataclasses.replace(NOTHING, pump=pump))
        finding = said(intrathecal_mri, patient)
        assert finding.notes == ("pressure_too",)
        assert "Ordered as well: Hyperbaric oxygen." in card_of(finding, patient).detail

    @pytest.mark.parametrize("service", [MRI, HYPERBARIC])
    def test_one_alone_has_no_note(self, service):
        patient = chart(services=(service,), intrathecal=dataclasses.replace(NOTHING, pump=PUMP))
        assert said(intrathecal_mri, patient).notes == ()
