"""Pump orders and test doses: from the request to `Chart.intrathecal`."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from cds.chart.intrathecal import Moment, PumpStep, Response
from cds.chart.model import Absent, Known, Unknown
from fhir_fixtures.codes import concept, quantity
from tests.chart.pump_requests import DRAFT, FILED, drafted, moment, pump_of


class TestOrders:
    def test_a_bolus_at_its_event(self) -> None:
        case = {"drafts": [{"bolus": 75, "drug": "it-50", "at": "2026-06-01T09:30:40Z"}]}
        (bolus,) = pump_of(case).boluses
        assert (bolus.bolus, bolus.at, bolus.concentration, bolus.daily) == (75, moment(2026, 6, 1, 9, 30), 50, None)

    def test_boluses_stand_in_the_order_of_their_time(self) -> None:
        late = {"id": "late", "bolus": 75, "drug": "it-50", "at": "2026-06-02T09:00:00Z"}
        early = {"id": "early", "bolus": 50, "drug": "it-50", "at": "2026-06-01T09:00:00Z"}
        assert [one.bolus for one in pump_of({"drafts": [late, early]}).boluses] == [50, 75]

    def test_a_bolus_without_an_event_is_any_minute_of_its_day(self) -> None:
        (bolus,) = pump_of({"drafts": [{"bolus": 75, "drug": "it-50"}]}, _once).boluses
        assert bolus.at == Moment(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 23, 59, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("rate", "daily"),
        [
            ({"rateQuantity": quantity(300, "ug/d")}, 300),
            ({"rateQuantity": quantity(0.3, "mg/d")}, 300),
            ({"rateQuantity": quantity(12.5, "ug/h")}, 300),
            ({"rateRatio": {"numerator": quantity(0.5, "mg"), "denominator": quantity(24, "h")}}, 500),
        ],
    )
    def test_an_infusion_in_micrograms_a_day(self, rate: dict[str, Any], daily: int) -> None:
        def written(request: dict[str, Any]) -> None:
            drafted(request)["dosageInstruction"][0]["doseAndRate"] = [rate]

        (infusion,) = pump_of({}, written).infusions
        assert (infusion.daily, infusion.concentration, infusion.refill) == (daily, 2000, False)

    @pytest.mark.parametrize(("amount", "refill"), [(quantity(20, "mL"), True), (quantity(1, "{vial}"), False)])
    def test_a_refill_brings_a_volume(self, amount: dict[str, Any], refill: bool) -> None:
        def dispensed(request: dict[str, Any]) -> None:
            drafted(request)["dispenseRequest"] = {"quantity": amount}

        pump = pump_of({}, dispensed)
        assert pump.infusions[0].refill == refill
        assert bool(pump.refills) == refill

    def test_a_draft_left_in_the_cart_is_not_checked(self) -> None:
        def unselected(request: dict[str, Any]) -> None:
            request["context"]["selections"] = ["MedicationRequest/one"]

        bolus = {"bolus": 50, "drug": "it-50", "at": "2026-06-01T09:00:00Z"}
        drafts = [{**bolus, "id": "one"}, {**bolus, "id": "two"}]
        pump = pump_of({"hook": "order-select", "drafts": drafts}, unselected)
        assert (len(pump.boluses), len(pump.in_cart)) == (1, 1)

    def test_a_strength_of_nothing_is_none(self) -> None:
        def nothing(request: dict[str, Any]) -> None:
            drafted(request)["medicationCodeableConcept"] = {"text": "baclofen 0 mcg/mL intrathecal solution"}

        assert pump_of({"programmed": 2000}, nothing).infusions[0].concentration is None

    def test_an_order_without_a_dosage_is_neither(self) -> None:
        pump = pump_of({"hook": "order-select", "drafts": [{"drug": "intrathecal"}]})
        assert (pump.boluses, pump.infusions) == ((), ())

    def test_a_stop_is_no_infusion(self) -> None:
        pump = pump_of({"drafts": [{**FILED, "id": "old", "status": "stopped"}], "file": [FILED]})
        assert pump.infusions == ()


def _once(request: dict[str, Any]) -> None:
    drafted(request)["dosageInstruction"][0]["timing"] = {"code": {"text": "once"}}


class TestDoseBefore:
    def test_the_newest_earlier_infusion(self) -> None:
        file = [
            {**FILED, "id": "a", "rate": 100, "authored": "-60d", "status": "completed"},
            {**FILED, "id": "b", "rate": 200, "authored": "-30d", "status": "stopped"},
            {**FILED, "id": "c", "rate": 300, "authored": "-30d", "status": "cancelled"},
            {"id": "d", "bolus": 50, "drug": "it-50", "authored": "-20d", "at": "2026-05-12T09:00:00Z"},
            {"id": "e", "mg": 10, "times": 3},
            {**FILED, "id": "f", "rate": 400, "authored": "+1d"},
        ]
        pump = pump_of({"file": file})
        assert [one.daily for one in pump.earlier.entries] == [200, 100]
        assert pump.steps == (PumpStep(Fraction(200), Fraction(260), pump.steps[0].hours, exact=False),)

    def test_the_interval_to_the_minute(self) -> None:
        draft = {**DRAFT, "start": "2026-06-01T08:59:59Z"}
        filed = {**FILED, "authored": "-1d", "start": "2026-05-31T11:00:30+02:00"}
        (step,) = pump_of({"drafts": [draft], "file": [filed]}).steps
        assert (step.hours, step.exact) == (Fraction(1439, 60), True)

    def test_a_day_alone_counts_at_its_longest(self) -> None:
        (step,) = pump_of({"file": [{**FILED, "authored": "-1d"}]}).steps
        assert (step.hours, step.exact) == (Fraction(47 * 60 + 59, 60), False)

    def test_the_minute_of_authored_on_where_the_bounds_give_the_same_day(self) -> None:
        def to_the_minute(request: dict[str, Any]) -> None:
            drafted(request)["authoredOn"] = "2026-06-01T08:00:00Z"

        assert pump_of({"drafts": [{**DRAFT, "start": "2026-06-01"}]}, to_the_minute).infusions[0].at == moment(
            2026, 6, 1, 8, 0
        )

    def test_the_order_on_file_that_a_draft_revises(self) -> None:
        (step,) = pump_of({"drafts": [{**DRAFT, "id": "old"}], "file": [FILED]}).steps
        assert (step.before, step.after) == (200, 260)

    def test_no_step_for_the_same_dose(self) -> None:
        assert pump_of({"drafts": [FILED], "file": [FILED]}).steps == ()

    def test_steps_of_a_sequence(self) -> None:
        phases = [{"rate": rate, "days": days} for rate, days in ((220, 2), (240, 3), (250, 4))]
        pump = pump_of({"drafts": [{"drug": "intrathecal", "phases": phases}], "file": [FILED]})
        assert [(step.before, step.after) for step in pump.steps] == [(200, 220), (220, 240), (240, 250)]
        assert [step.hours for step in pump.steps[1:]] == [48, 72]

    def test_reported_infusions_where_no_order_is_on_file(self) -> None:
        (step,) = pump_of({"reported": [FILED]}).steps
        assert step.before == 200

    @pytest.mark.parametrize(
        ("case", "begins"),
        [
            ({}, True),
            ({"file": [FILED]}, False),
            ({"faults": {"medicationRequests": "null"}}, False),
            ({"faults": {"medicationRequests": "cut"}}, False),
        ],
    )
    def test_whether_it_is_the_first(self, case: dict[str, Any], begins: bool) -> None:
        assert pump_of(case).begins == begins


class TestTestDoses:
    DOSES = (
        {"ug": 75, "at": "2026-05-21T09:00:00Z", "response": 0},
        {"ug": 50, "at": "2026-05-20T09:00:00Z", "response": 6},
    )

    def test_the_oldest_first_each_with_its_response(self) -> None:
        doses = pump_of({"tests": [*self.DOSES, {"ug": 100, "at": "2026-05-22"}]}).test_doses
        assert doses.complete
        assert [dose.amount for dose in doses.entries] == [50, 75, 100]
        responses = [dose.response for dose in doses.entries]
        assert [one.value if isinstance(one, Known) else one for one in responses] == [
            Response(Fraction(6)),
            Response(Fraction(0)),
            Absent(),
        ]
        assert not doses.entries[2].at.exact

    def test_what_does_not_count(self) -> None:
        def changed(request: dict[str, Any]) -> None:
            entries = [entry["resource"] for entry in request["prefetch"]["medicationAdministrations"]["entry"]]
            entries[0]["status"] = "not-done"
            entries[1]["dosage"]["route"] = concept("http://snomed.info/sct", "26643006", "Oral")
            entries[2]["medicationCodeableConcept"] = {"text": "morphine"}
            entries[3]["dosage"]["dose"] = quantity(20, "mL")

        day = {"ug": 50, "at": "2026-05-20"}
        assert pump_of({"tests": [day] * 4}, changed).test_doses.entries == ()

    def test_a_dose_without_a_date_leaves_the_list_open(self) -> None:
        def undated(request: dict[str, Any]) -> None:
            del request["prefetch"]["medicationAdministrations"]["entry"][0]["resource"]["effectiveDateTime"]

        assert not pump_of({"tests": [{"ug": 50, "at": "2026-05-20"}]}, undated).test_doses.complete

    def test_the_effective_one_is_the_last_with_a_response(self) -> None:
        effective = pump_of({"tests": list(self.DOSES)}).effective_test_dose
        assert isinstance(effective, Known)
        assert effective.value.amount == 50

    @pytest.mark.parametrize(
        ("tests", "faults", "kind"),
        [
            ([], {}, Absent),
            (DOSES[:1], {}, Absent),
            ([], {"medicationAdministrations": "null"}, Unknown),
            (DOSES, {"pumpReadings": "null"}, Unknown),
            (DOSES, {"pumpReadings": "cut"}, Known),
        ],
    )
    def test_none_or_unknown(self, tests: Any, faults: dict[str, str], kind: type) -> None:
        assert isinstance(pump_of({"tests": list(tests), "faults": faults}).effective_test_dose, kind)
